import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toBytes, type Bytes } from '@causeway/message-model';
import { readWwwAuthenticate, wwwAuthenticateOf } from './auth-scheme.js';
import { issueToken, requestToken } from './issuance.js';
import { issuerDirectory, readIssuerDirectory } from './issuer-directory.js';
import { RFC9578_VECTOR } from './testing/rfc9578-vector.js';
import { decodeChallenge, encodeChallenge } from './token-challenge.js';
import { makeIssuerKey, readTokenKey, tokenKeyOf, type TokenKey } from './token-key.js';
import { decodeToken, encodeToken, flawOf, type Token } from './token.js';

const must = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error('there should be one');
  return value;
};
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the vector of RFC 9578', () => {
  const { tokenKey, challenge, nonce, blind, salt, request, response, token } = RFC9578_VECTOR;
  const key = must(readTokenKey(tokenKey));
  const choice = { salt, factor: BigInt(`0x${hexOf(blind)}`) };

  it('asks as it asks, and makes of its answer its token', () => {
    const pending = requestToken(challenge, key, { nonce, choice });
    expect(hexOf(pending.request)).toBe(hexOf(request));
    expect(hexOf(must(pending.finish(response)))).toBe(hexOf(token));
  });

  it('is a token that answers its challenge and no other', () => {
    const read = must(decodeToken(token));
    expect(flawOf(read, { key, challenges: [challenge] })).toBeUndefined();
    expect(flawOf(read, { key, challenges: [challenge.subarray(1)] })).toBe('other-challenge');
    expect(must(decodeChallenge(challenge))).toMatchObject({
      issuerName: 'issuer.example',
      originInfo: 'origin.example',
    });
  });
});

describe('tokens of our own issuer', () => {
  const privateKey = makeIssuerKey();
  let key: TokenKey;
  let challenge: Bytes;
  let token: Token;
  beforeAll(() => {
    key = tokenKeyOf(privateKey);
    challenge = encodeChallenge({
      issuerName: 'causeway.local',
      redemptionContext: toBytes(new Uint8Array(32).fill(7)),
      originInfo: 'causeway.local',
    });
    const pending = requestToken(challenge, key);
    token = must(decodeToken(must(pending.finish(must(issueToken(privateKey, key, pending.request))))));
  });

  it('answer what they were asked for', () => {
    expect(flawOf(token, { key, challenges: [toBytes(new Uint8Array(5)), challenge] })).toBeUndefined();
  });

  it('show the issuer nothing of themselves: the same token asked for twice looks unlike', () => {
    const [one, other] = [requestToken(challenge, key), requestToken(challenge, key)];
    expect(hexOf(one.request)).not.toBe(hexOf(other.request));
    expect(hexOf(one.request)).not.toContain(hexOf(token.nonce));
  });

  it('are forged when any byte of them is another', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: encodeToken(token).length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, by) => {
          const bytes = encodeToken(token);
          bytes[at] = (bytes[at] ?? 0) ^ by;
          expect(flawOf(must(decodeToken(bytes)), { key, challenges: [challenge] })).toBe('forged');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are forged when another issuer signed them', () => {
    const otherKey = makeIssuerKey();
    const other = tokenKeyOf(otherKey);
    const pending = requestToken(challenge, other);
    const foreign = must(decodeToken(must(pending.finish(must(issueToken(otherKey, other, pending.request))))));
    expect(flawOf(foreign, { key, challenges: [challenge] })).toBe('forged');
    expect(flawOf({ ...foreign, keyId: key.id }, { key, challenges: [challenge] })).toBe('forged');
  });

  it('are not made of an answer that signs something else', () => {
    const pending = requestToken(challenge, key);
    const other = must(issueToken(privateKey, key, requestToken(challenge, key).request));
    expect(pending.finish(other)).toBeUndefined();
    expect(pending.finish(other.subarray(1))).toBeUndefined();
  });

  it('are not issued for what is no request to this key', () => {
    const { request } = requestToken(challenge, key);
    const changed = (at: number, to: number): Bytes => {
      const bytes = toBytes(request);
      bytes[at] = to;
      return bytes;
    };
    for (const wrong of [changed(1, 1), changed(2, (request[2] ?? 0) ^ 1), request.subarray(1), new Uint8Array(0)])
      expect(issueToken(privateKey, key, wrong)).toBeUndefined();
    const beyond = toBytes(request).fill(0xff, 3);
    expect(issueToken(privateKey, key, beyond)).toBeUndefined();
  });
});

describe('forms', () => {
  const name = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });

  it('of a challenge are read as they were written, and nothing else is', () => {
    fc.assert(
      fc.property(name, name, fc.constantFrom(0, 32), (issuerName, originInfo, size) => {
        const challenge = { issuerName, originInfo, redemptionContext: toBytes(new Uint8Array(size).fill(3)) };
        const bytes = encodeChallenge(challenge);
        expect(decodeChallenge(bytes)).toEqual(challenge);
        expect(decodeChallenge(bytes.subarray(0, -1))).toBeUndefined();
        expect(decodeChallenge(Uint8Array.of(...bytes, 0))).toBeUndefined();
      }),
    );
  });

  it('of anything at all never make a reader throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.string(), fc.json(), (bytes, text, json) => {
        decodeChallenge(bytes);
        decodeToken(bytes);
        readTokenKey(bytes);
        readWwwAuthenticate(`PrivateToken ${text}`);
        readIssuerDirectory(JSON.parse(json));
      }),
    );
  });

  it('of the header and of the directory are read as they were written', () => {
    const key = tokenKeyOf(makeIssuerKey());
    const offer = { challenge: toBytes(new Uint8Array(70).fill(1)), tokenKey: key.spki, maxAgeSeconds: 600 };
    expect(readWwwAuthenticate(wwwAuthenticateOf(offer))).toEqual(offer);
    expect(readIssuerDirectory(issuerDirectory('/request', key))).toEqual({
      requestUri: '/request',
      tokenKeys: [key.spki],
    });
  });
});
