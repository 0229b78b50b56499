import { createPublicKey, createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { concatBytes, equalBytes, toBytes, type Bytes } from '@causeway/message-model';

/** The only type spoken here: RSABSSA-SHA384-PSS-Deterministic with 2048 bits (RFC 9578, section 6). */
export const TOKEN_TYPE = 2;
export const MODULUS_BYTES = 256;

/**
 * What a token key begins with: SubjectPublicKeyInfo of RSASSA-PSS with SHA-384, MGF1 on SHA-384 and 48 bytes of salt, up to the RSA key of
 * 2048 bits itself. RFC 9578, section 6.5, leaves no other form.
 */
const SPKI_PREFIX = toBytes(
  Buffer.from(
    '30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a864886f70d010108300b0609608648016503040202a2030201300382010f00',
    'hex',
  ),
);
/** RSAPublicKey of 2048 bits up to its modulus, and the exponent 65537 behind it. */
const MODULUS_PREFIX = toBytes(Buffer.from('3082010a0282010100', 'hex'));
const EXPONENT = toBytes(Buffer.from('0203010001', 'hex'));

/** A public key of an issuer. */
export interface TokenKey {
  /** DER as it is published. */
  readonly spki: Bytes;
  /** SHA-256 of {@link spki}: names the key in a token. */
  readonly id: Bytes;
  readonly modulus: bigint;
  /** For the bare RSA operation. */
  readonly rsa: KeyObject;
  /** For checking a signature. */
  readonly pss: KeyObject;
}

/** Undefined for anything but a key of 2048 bits with exponent 65537 in the published form. */
export function readTokenKey(spki: Uint8Array): TokenKey | undefined {
  const head = concatBytes(SPKI_PREFIX, MODULUS_PREFIX);
  const size = head.length + MODULUS_BYTES + EXPONENT.length;
  const modulus = spki.subarray(head.length, head.length + MODULUS_BYTES);
  const isForm =
    spki.length === size &&
    equalBytes(spki.subarray(0, head.length), head) &&
    equalBytes(spki.subarray(size - EXPONENT.length), EXPONENT) &&
    ((modulus[0] ?? 0) & 0x80) !== 0 &&
    ((modulus.at(-1) ?? 0) & 1) === 1;
  if (!isForm) return undefined;
  return {
    spki: toBytes(spki),
    id: toBytes(createHash('sha256').update(spki).digest()),
    modulus: BigInt(`0x${Buffer.from(modulus).toString('hex')}`),
    rsa: createPublicKey({ key: Buffer.from(spki.subarray(SPKI_PREFIX.length)), format: 'der', type: 'pkcs1' }),
    pss: createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }),
  };
}

/** The public half of an issuer's key. Throws for a key of another size or exponent: it was not made here. */
export function tokenKeyOf(privateKey: KeyObject): TokenKey {
  const rsa = createPublicKey(privateKey).export({ format: 'der', type: 'pkcs1' });
  const key = readTokenKey(concatBytes(SPKI_PREFIX, rsa));
  if (!key) throw new Error('an issuer needs an RSA key of 2048 bits with the exponent 65537');
  return key;
}

/** A new private key of an issuer. Takes about a tenth of a second. */
export const makeIssuerKey = (): KeyObject =>
  generateKeyPairSync('rsa', { modulusLength: MODULUS_BYTES * 8 }).privateKey;
