import { randomBytes, type KeyObject } from 'node:crypto';
import { concatBytes, toBytes, type Bytes } from '@causeway/message-model';
import { blind, blindSign, finalize, type BlindingChoice } from './blind-rsa.js';
import { uint16 } from './token-challenge.js';
import { MODULUS_BYTES, TOKEN_TYPE, type TokenKey } from './token-key.js';
import { challengeDigestOf, encodeToken, encodeTokenInput } from './token.js';

/** Of requests and answers (RFC 9578, sections 6.1 and 6.2). */
export const TOKEN_REQUEST_MEDIA_TYPE = 'application/private-token-request';
export const TOKEN_RESPONSE_MEDIA_TYPE = 'application/private-token-response';
export const TOKEN_REQUEST_BYTES = 3 + MODULUS_BYTES;

const NONCE_BYTES = 32;

/** A token that is being asked for. */
export interface PendingToken {
  /** For the issuer, who learns nothing from it but that somebody wants a token. */
  readonly request: Bytes;
  /** The token, from the issuer's answer; undefined when that is no signature over what was asked. */
  finish(response: Uint8Array): Bytes | undefined;
}

/** Asks for a token that answers `challenge`, from the issuer of `key`. */
export function requestToken(
  challenge: Uint8Array,
  key: TokenKey,
  fixed?: { readonly nonce: Bytes; readonly choice: BlindingChoice },
): PendingToken {
  const input = {
    nonce: fixed?.nonce ?? toBytes(randomBytes(NONCE_BYTES)),
    challengeDigest: challengeDigestOf(challenge),
    keyId: key.id,
  };
  const message = encodeTokenInput(input);
  const { blinded, inverse } = blind(key, message, fixed?.choice);
  return {
    request: concatBytes(uint16(TOKEN_TYPE), Uint8Array.of(shortIdOf(key)), blinded),
    finish(response) {
      const authenticator = finalize(key, message, { signature: response, inverse });
      return authenticator && encodeToken({ ...input, authenticator });
    },
  };
}

/** The issuer's answer; undefined for a request of another form or for another key. */
export function issueToken(privateKey: KeyObject, key: TokenKey, request: Uint8Array): Bytes | undefined {
  const isForUs =
    request.length === TOKEN_REQUEST_BYTES &&
    request[0] === 0 &&
    request[1] === TOKEN_TYPE &&
    request[2] === shortIdOf(key);
  return isForUs ? blindSign(privateKey, key, request.subarray(3)) : undefined;
}

/** The last byte of a key's name. */
const shortIdOf = ({ id }: TokenKey): number => id.at(-1) ?? 0;
