import { toBytes, type Bytes } from '@causeway/message-model';
import { PrivateKey } from '@signalapp/libsignal-client';
import { parsePublicKey } from './key-pair.js';
import { LIMITS } from './limits.js';

/** HPKE (RFC 9180) base mode as libsignal fixes it: X25519, HKDF-SHA256, AES-256-GCM; one type byte first, 49 bytes more than the plaintext. */
export interface Sealing {
  /** Names the purpose; no two purposes share one. */
  readonly info: string;
  readonly aad: Bytes;
}

/** Throws on a key that `isPublicKey` refuses: whoever seals has read the key from a document that was checked. */
export function seal(publicKey: Uint8Array, plaintext: Bytes, { info, aad }: Sealing): Bytes {
  const key = parsePublicKey(publicKey);
  if (!key) throw new TypeError('not a public key one can seal to');
  return key.seal(plaintext, info, aad);
}

/** `undefined` when any byte of key, info, AAD or box is not the one it was sealed with. */
export function open(privateKey: Uint8Array, box: Uint8Array, { info, aad }: Sealing): Bytes | undefined {
  if (box.length > LIMITS.documentBytes) return undefined;
  try {
    return PrivateKey.deserialize(toBytes(privateKey)).open(toBytes(box), info, aad);
  } catch {
    return undefined;
  }
}
