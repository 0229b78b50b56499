import { constants, createHash, privateDecrypt, publicEncrypt, randomBytes, verify, type KeyObject } from 'node:crypto';
import { toBytes, type Bytes } from '@causeway/message-model';
import { MODULUS_BYTES, type TokenKey } from './token-key.js';

/**
 * RSABSSA-SHA384-PSS-Deterministic (RFC 9474). Every operation with a private key and every check of a signature is OpenSSL's; only the
 * blinding, whose secret serves once and for one caller, is done in big integers.
 */

export const HASH = 'sha384';
export const SALT_BYTES = 48;
const HASH_BYTES = 48;
const TRAILER = 0xbc;

/** What the asker keeps until the answer comes. */
export interface Blinding {
  /** For the issuer; says nothing of the message. */
  readonly blinded: Bytes;
  readonly inverse: bigint;
}

/** Randomness that a test vector fixes. */
export interface BlindingChoice {
  readonly salt: Uint8Array;
  readonly factor: bigint;
}

/** Blinds a message (RFC 9474, section 4.2). */
export function blind(key: TokenKey, message: Uint8Array, choice: BlindingChoice = randomChoice(key)): Blinding {
  const { modulus } = key;
  const encoded = numberOf(encodePss(message, choice.salt));
  const inverse = inverseOf(choice.factor, modulus);
  // whoever meets such a number has factored the modulus; the next one will do
  if (inverse === undefined) return blind(key, message);
  const masked = (encoded * numberOf(publicRsa(key.rsa, bytesOf(choice.factor)))) % modulus;
  return { blinded: bytesOf(masked), inverse };
}

/** Signs what is blinded (section 4.3). Undefined for what is no number below the modulus, or when the computation went wrong. */
export function blindSign(privateKey: KeyObject, key: TokenKey, blinded: Uint8Array): Bytes | undefined {
  if (blinded.length !== MODULUS_BYTES || numberOf(blinded) >= key.modulus) return undefined;
  const signed = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, Buffer.from(blinded));
  // one faulty signature gives the key away
  return publicRsa(key.rsa, signed).equals(Buffer.from(blinded)) ? toBytes(signed) : undefined;
}

/** Takes the blinding off (section 4.4). Undefined when the issuer did not sign what it was asked to. */
export function finalize(
  key: TokenKey,
  message: Uint8Array,
  { signature, inverse }: { readonly signature: Uint8Array; readonly inverse: bigint },
): Bytes | undefined {
  if (signature.length !== MODULUS_BYTES) return undefined;
  const bare = bytesOf((numberOf(signature) * inverse) % key.modulus);
  return isSigned(key, message, bare) ? bare : undefined;
}

/** Whether the issuer's key signed this message (section 4.5). */
export function isSigned(key: TokenKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== MODULUS_BYTES) return false;
  return verify(
    HASH,
    message,
    { key: key.pss, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: SALT_BYTES },
    signature,
  );
}

/** EMSA-PSS-ENCODE for a modulus of 2048 bits (RFC 8017, section 9.1.1): one bit less than the modulus, so the first bit is nought. */
function encodePss(message: Uint8Array, salt: Uint8Array): Bytes {
  const digest = createHash(HASH)
    .update(new Uint8Array(8))
    .update(createHash(HASH).update(message).digest())
    .update(salt)
    .digest();
  const encoded = new Uint8Array(MODULUS_BYTES);
  const maskedBytes = MODULUS_BYTES - HASH_BYTES - 1;
  encoded[maskedBytes - SALT_BYTES - 1] = 1;
  encoded.set(salt, maskedBytes - SALT_BYTES);
  const mask = mgf1(digest, maskedBytes);
  for (let at = 0; at < maskedBytes; at += 1) encoded[at] = (encoded[at] ?? 0) ^ (mask[at] ?? 0);
  encoded[0] = (encoded[0] ?? 0) & 0x7f;
  encoded.set(digest, maskedBytes);
  encoded[MODULUS_BYTES - 1] = TRAILER;
  return encoded;
}

function mgf1(seed: Uint8Array, sizeBytes: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(sizeBytes / HASH_BYTES) }, (_, counter) => {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    return createHash(HASH).update(seed).update(suffix).digest();
  });
  return Buffer.concat(blocks).subarray(0, sizeBytes);
}

const publicRsa = (key: KeyObject, bytes: Uint8Array): Buffer =>
  publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, Buffer.from(bytes));

function randomChoice({ modulus }: TokenKey): BlindingChoice {
  for (;;) {
    const factor = numberOf(randomBytes(MODULUS_BYTES));
    if (factor > 0n && factor < modulus) return { salt: randomBytes(SALT_BYTES), factor };
  }
}

/** By the extended Euclidean algorithm; undefined when there is none. */
function inverseOf(value: bigint, modulus: bigint): bigint | undefined {
  let [low, high] = [value, modulus];
  let [ofLow, ofHigh] = [1n, 0n];
  while (low > 0n) {
    const times = high / low;
    [low, high] = [high - times * low, low];
    [ofLow, ofHigh] = [ofHigh - times * ofLow, ofLow];
  }
  if (high !== 1n) return undefined;
  return ((ofHigh % modulus) + modulus) % modulus;
}

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

const bytesOf = (value: bigint): Bytes =>
  toBytes(Buffer.from(value.toString(16).padStart(MODULUS_BYTES * 2, '0'), 'hex'));
