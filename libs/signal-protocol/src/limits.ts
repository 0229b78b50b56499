/** What a decoded field may measure, so that nobody's bytes make us allocate, loop or store without bound. */
export const LIMITS = {
  /** Content of one message: with Signal's 2 KiB and ours it stays below the 80 KiB the gateway takes as one box. */
  contentBytes: 72 * 1024,
  signalMessageBytes: 76 * 1024,
  /** Any box or signed document before it is decoded. A list of 127 devices takes 11 KiB. */
  documentBytes: 128 * 1024,
  devices: 127,
  networks: 8,
  /** Current and next key of two tracks are four; the rest is room for a longer overlap. */
  legKeys: 16,
  nameCharacters: 128,
  uriCharacters: 512,
  keyId: 0xffffff,
  registrationId: 0x3fff,
} as const;
