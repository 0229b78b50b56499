import { describe, expect, it } from '@jest/globals';
import { concatBytes, utf8 } from '@causeway/message-model';
import fc from 'fast-check';
import { generateKeyPair, generateRegistrationId, isPublicKey, sign, verify } from './key-pair.js';

const LOW_ORDER_POINTS = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

describe('key pairs', () => {
  it('verify what they signed and nothing else', () => {
    const pair = generateKeyPair();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (message, position) => {
        const signature = sign(pair.privateKey, message);
        expect(verify(pair.publicKey, message, signature)).toBe(true);
        const other = signature.slice();
        other.set([(other.at(position % 64) ?? 0) ^ 1], position % 64);
        expect(verify(pair.publicKey, message, other)).toBe(false);
        expect(verify(pair.publicKey, concatBytes(message, utf8('x')), signature)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('answer false, and do not throw, for what is no key or no signature', () => {
    const { publicKey, privateKey } = generateKeyPair();
    const signature = sign(privateKey, utf8('x'));
    expect(verify(publicKey, utf8('x'), signature.slice(1))).toBe(false);
    expect(verify(publicKey.slice(1), utf8('x'), signature)).toBe(false);
    expect(verify(new Uint8Array(0), utf8('x'), new Uint8Array(0))).toBe(false);
  });

  it.each(LOW_ORDER_POINTS)('refuse the point of low order %s', (point) => {
    expect(isPublicKey(Buffer.from(`05${point}`, 'hex'))).toBe(false);
  });

  it('refuse a public key with bytes behind it, which libsignal would ignore', () => {
    expect(isPublicKey(concatBytes(generateKeyPair().publicKey, new Uint8Array(1)))).toBe(false);
  });

  it('have registration ids of 14 bits that are not zero', () => {
    const ids = Array.from({ length: 2000 }, generateRegistrationId);
    expect(ids.every((id) => Number.isInteger(id) && id >= 1 && id <= 0x3fff)).toBe(true);
  });
});
