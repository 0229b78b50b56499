import { randomInt } from 'node:crypto';
import { toBytes, type Bytes } from '@causeway/message-model';
import { PrivateKey, PublicKey } from '@signalapp/libsignal-client';
import { keyOfBytes, Recent } from './recent.js';

/** A Curve25519 key pair in libsignal's serialisation: 33 bytes public (type byte 0x05 first), 32 bytes private. */
export interface KeyPair {
  readonly publicKey: Bytes;
  readonly privateKey: Bytes;
}

const PUBLIC_KEY_BYTES = 33;
const SIGNATURE_BYTES = 64;
/** Keys that passed; the trial agreement costs as much as what follows it. */
const parsed = new Recent<PublicKey>(1024);
const probe = PrivateKey.generate();

/** One key pair for any purpose that signs (XEdDSA), agrees or opens boxes (HPKE). Never use one pair for two purposes. */
export function generateKeyPair(): KeyPair {
  const privateKey = PrivateKey.generate();
  return { publicKey: privateKey.getPublicKey().serialize(), privateKey: privateKey.serialize() };
}

/** XEdDSA signature of 64 bytes. Sign only deterministic CBOR that starts with a label of its own. */
export function sign(privateKey: Uint8Array, message: Uint8Array): Bytes {
  return PrivateKey.deserialize(toBytes(privateKey)).sign(toBytes(message));
}

/** False for a wrong signature and for a key or signature that is no such thing; never throws. */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  return parsePublicKey(publicKey)?.verify(toBytes(message), toBytes(signature)) ?? false;
}

/** Whether the bytes are a public key that is safe to verify with, agree with and seal to. */
export function isPublicKey(bytes: Uint8Array): boolean {
  return parsePublicKey(bytes) !== undefined;
}

/**
 * libsignal ignores bytes after the 33rd, and panics when it seals to a point of low order; such a point also makes a
 * signature that holds for every message. A trial agreement throws for it.
 */
export function parsePublicKey(bytes: Uint8Array): PublicKey | undefined {
  if (bytes.length !== PUBLIC_KEY_BYTES) return undefined;
  const name = keyOfBytes(bytes);
  const known = parsed.get(name);
  if (known) return known;
  try {
    const key = PublicKey.deserialize(toBytes(bytes));
    probe.agree(key);
    parsed.set(name, key);
    return key;
  } catch {
    return undefined;
  }
}

/** A random registration id, 1 to 0x3FFF: two installations of one device id are told apart by it. */
export function generateRegistrationId(): number {
  return randomInt(1, 0x4000);
}
