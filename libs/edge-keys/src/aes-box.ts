import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { concatBytes, toBytes, type Bytes } from '@causeway/message-model';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM as nonce, ciphertext, tag. A random nonce: stay well below 2^32 boxes per key. */
export function sealAes(key: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Bytes {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  return concatBytes(nonce, ciphertext, cipher.final(), cipher.getAuthTag());
}

export function openAes(key: Uint8Array, box: Uint8Array, aad: Uint8Array): Bytes | undefined {
  if (box.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const tagStart = box.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, box.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(box.subarray(tagStart));
  const plaintext = decipher.update(box.subarray(NONCE_BYTES, tagStart));
  try {
    return toBytes(Buffer.concat([plaintext, decipher.final()]));
  } catch {
    return undefined;
  }
}
