/**
 * The default alphabet of 3GPP TS 23.038, section 6.2.1, in the order of its codes; the escape (0x1B) is no character.
 * A character that is in neither table turns the whole message into UCS-2: `Ç` is in it, `ç` is not.
 */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ' +
    ' !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** Section 6.2.1.1: each costs the escape and one more septet. */
const EXTENDED = new Set('\f^{}\\[~]|€');

/** Septets the character takes; `undefined` when the alphabet does not have it. */
export function septetsOf(character: string): 1 | 2 | undefined {
  if (BASIC.has(character)) return 1;
  return EXTENDED.has(character) ? 2 : undefined;
}
