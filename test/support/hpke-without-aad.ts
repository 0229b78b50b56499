import {
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto';

const X25519_PRIVATE = Buffer.from('302e020100300506032b656e04220420', 'hex');
const X25519_PUBLIC = Buffer.from('302a300506032b656e032100', 'hex');
/** libsignal puts one byte for the suite before the encapsulated key. */
const SUITE_BYTES = 1;
const ENCAPSULATED_BYTES = 32;
const TAG_BYTES = 16;

/** DHKEM(X25519, HKDF-SHA256), and with HKDF-SHA256 and AES-256-GCM: RFC 9180 section 7. */
const KEM = Buffer.from('4b454d0020', 'hex');
const HPKE = Buffer.from('48504b45002000010002', 'hex');
const NOTHING = Buffer.alloc(0);

const extract = (suite: Buffer, salt: Buffer, label: string, ikm: Buffer): Buffer =>
  createHmac('sha256', salt)
    .update(Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), ikm]))
    .digest();

/** One block of HKDF-Expand, which is all that is needed here. */
const expand = (suite: Buffer, prk: Buffer, label: string, info: Buffer, sizeBytes: number): Buffer =>
  createHmac('sha256', prk)
    .update(
      Buffer.concat([
        Buffer.from([0, sizeBytes]),
        Buffer.from('HPKE-v1'),
        suite,
        Buffer.from(label),
        info,
        Buffer.from([1]),
      ]),
    )
    .digest()
    .subarray(0, sizeBytes);

/** A private key of 32 bytes and its public half. */
export interface TrialKey {
  readonly privateKey: KeyObject;
  readonly publicBytes: Buffer;
}

export function trialKey(raw: Uint8Array): TrialKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([X25519_PRIVATE, raw]), format: 'der', type: 'pkcs8' });
  const publicBytes = createPublicKey(privateKey)
    .export({ format: 'der', type: 'spki' })
    .subarray(X25519_PUBLIC.length);
  return { privateKey, publicBytes };
}

/**
 * What a box says under a key, whatever it was bound to: RFC 9180 base mode with the tag left unchecked, so that no wrong guess at the
 * associated data can hide a box that the key would open. Under a wrong key the answer is noise.
 */
export function openWithoutAad(key: TrialKey, infos: readonly string[], box: Buffer): Buffer[] {
  const encapsulated = box.subarray(SUITE_BYTES, SUITE_BYTES + ENCAPSULATED_BYTES);
  const words = box.subarray(SUITE_BYTES + ENCAPSULATED_BYTES, -TAG_BYTES);
  if (words.length === 0) return [];
  const secret = sharedSecret(key, encapsulated);
  return secret ? infos.map((info) => decrypt(secret, Buffer.from(info), words)) : [];
}

function sharedSecret({ privateKey, publicBytes }: TrialKey, encapsulated: Buffer): Buffer | undefined {
  const publicKey = createPublicKey({ key: Buffer.concat([X25519_PUBLIC, encapsulated]), format: 'der', type: 'spki' });
  let agreed: Buffer;
  try {
    agreed = diffieHellman({ privateKey, publicKey });
  } catch {
    return undefined; // a point of small order: nobody sealed to that
  }
  const prk = extract(KEM, NOTHING, 'eae_prk', agreed);
  return expand(KEM, prk, 'shared_secret', Buffer.concat([encapsulated, publicBytes]), 32);
}

function decrypt(shared: Buffer, info: Buffer, words: Buffer): Buffer {
  const schedule = Buffer.concat([
    Buffer.from([0]),
    extract(HPKE, NOTHING, 'psk_id_hash', NOTHING),
    extract(HPKE, NOTHING, 'info_hash', info),
  ]);
  const secret = extract(HPKE, shared, 'secret', NOTHING);
  const nonce = expand(HPKE, secret, 'base_nonce', schedule, 12);
  const counter = Buffer.concat([nonce, Buffer.from([0, 0, 0, 2])]);
  const decipher = createDecipheriv('aes-256-ctr', expand(HPKE, secret, 'key', schedule, 32), counter);
  return Buffer.concat([decipher.update(words), decipher.final()]);
}
