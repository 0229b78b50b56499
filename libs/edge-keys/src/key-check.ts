import { createHash, createHmac } from 'node:crypto';
import type { KeyState } from './key-state.js';

/** By which a copy of a key could be told, and by which the key cannot be found. */
export interface KeyCheck {
  readonly track: string;
  readonly keyId: string;
  /** 8 bytes, hexadecimal. */
  readonly keyCheck: string;
}

const LABEL = 'causeway-key-check-v1';
const DIGITS = 16;

/** Of every key that will be destroyed one day: a digest of the public half where there is one, else of a keyed text. */
export const keyChecksOf = (state: KeyState): readonly KeyCheck[] => [
  ...state.legKeys.map(({ track, keyId, publicKey }) => ({ track, keyId, keyCheck: ofPublicKey(publicKey) })),
  ...state.addressKeys.map(({ keyId, secret }) => ({ track: 'address', keyId, keyCheck: ofSecret(secret) })),
  ...state.numberKeys.map(({ purpose, version, secret }) => ({
    track: 'number',
    keyId: `number-${purpose}-${version}`,
    keyCheck: ofSecret(secret),
  })),
];

const ofPublicKey = (key: Uint8Array): string =>
  createHash('sha256').update(LABEL).update(key).digest('hex').slice(0, DIGITS);
const ofSecret = (secret: Uint8Array): string =>
  createHmac('sha256', secret).update(LABEL).digest('hex').slice(0, DIGITS);
