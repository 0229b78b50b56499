import { createHash } from 'node:crypto';
import { concatBytes, equalBytes, toBytes, type Bytes } from '@causeway/message-model';
import { isSigned } from './blind-rsa.js';
import { uint16 } from './token-challenge.js';
import { MODULUS_BYTES, TOKEN_TYPE, type TokenKey } from './token-key.js';

const PART_BYTES = 32;
const INPUT_BYTES = 2 + 3 * PART_BYTES;
/** Size of a token of type 2. */
export const TOKEN_BYTES_TYPE_2 = INPUT_BYTES + MODULUS_BYTES;

/** What an issuer signs without seeing it (RFC 9577, section 2.2). */
export interface TokenInput {
  readonly nonce: Bytes;
  /** SHA-256 of the challenge. */
  readonly challengeDigest: Bytes;
  readonly keyId: Bytes;
}

export interface Token extends TokenInput {
  /** The signature over the rest. */
  readonly authenticator: Bytes;
}

export const challengeDigestOf = (challenge: Uint8Array): Bytes =>
  toBytes(createHash('sha256').update(challenge).digest());

export const encodeTokenInput = ({ nonce, challengeDigest, keyId }: TokenInput): Bytes =>
  concatBytes(uint16(TOKEN_TYPE), nonce, challengeDigest, keyId);

export const encodeToken = (token: Token): Bytes => concatBytes(encodeTokenInput(token), token.authenticator);

/** Undefined for another type and another size. */
export function decodeToken(bytes: Uint8Array): Token | undefined {
  if (bytes.length !== TOKEN_BYTES_TYPE_2 || bytes[0] !== 0 || bytes[1] !== TOKEN_TYPE) return undefined;
  const part = (index: number): Bytes => toBytes(bytes.subarray(2 + index * PART_BYTES, 2 + (index + 1) * PART_BYTES));
  return {
    nonce: part(0),
    challengeDigest: part(1),
    keyId: part(2),
    authenticator: toBytes(bytes.subarray(INPUT_BYTES)),
  };
}

/** Why a token is not taken: signed by another or by nobody, or for another occasion. */
export type TokenFlaw = 'forged' | 'other-challenge';

/** Undefined when the token answers one of the challenges. That it is spent once is for whoever takes it. */
export function flawOf(
  token: Token,
  asked: { readonly key: TokenKey; readonly challenges: readonly Uint8Array[] },
): TokenFlaw | undefined {
  const { key, challenges } = asked;
  if (!equalBytes(token.keyId, key.id) || !isSigned(key, encodeTokenInput(token), token.authenticator)) return 'forged';
  const isAsked = challenges.some((challenge) => equalBytes(challengeDigestOf(challenge), token.challengeDigest));
  return isAsked ? undefined : 'other-challenge';
}
