/** Keywords of the RBM guides, the whole message in any case: English, Spanish, Portuguese, French. */
const WORDS = new Map<string, 'opt-out' | 'opt-in' | 'help'>([
  ...['STOP', 'BAJA', 'PARAR'].map((word) => [word, 'opt-out'] as const),
  ...['START', 'ALTA', 'COMEÇAR', 'DÉMARRER'].map((word) => [word, 'opt-in'] as const),
  ...['HELP', 'INFO'].map((word) => [word, 'help'] as const),
]);

/** `undefined` when the text is an ordinary message. */
export const readConsentWord = (text: string): 'opt-out' | 'opt-in' | 'help' | undefined =>
  WORDS.get(text.trim().normalize('NFC').toUpperCase());
