import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeExactCbor, encodeCbor, equalBytes, fromBase64Url, toBase64Url, toBytes } from './bytes.js';

describe('base64url', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(toBytes(bytes));
      }),
    );
  });

  it('never lets two texts stand for the same bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ABab01-_=+/ '.split('')), maxLength: 12 }), (text) => {
        const bytes = fromBase64Url(text);
        if (bytes !== undefined) expect(toBase64Url(bytes)).toBe(text);
      }),
    );
    expect(fromBase64Url('AB')).toBeUndefined();
    expect(fromBase64Url('AA==')).toBeUndefined();
  });
});

describe('CBOR that must encode again', () => {
  it('has one encoding for each value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        let value: unknown;
        try {
          value = decodeExactCbor(bytes);
        } catch {
          return;
        }
        expect(equalBytes(encodeCbor(value), bytes)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps a key that every object inherits as a key like any other', () => {
    const bytes = encodeCbor(new Map([['__proto__', 1]]));
    expect(decodeExactCbor(bytes)).toEqual(new Map([['__proto__', 1]]));
  });
});
