import { describe, expect, it } from '@jest/globals';
import { cdeDecodeOptions, cdeEncodeOptions, decode, encode } from 'cbor2';
import fc from 'fast-check';
import { toBytes } from './bytes.js';
import { decodePlainCbor } from './plain-cbor-decoder.js';
import { encodePlainCbor } from './plain-cbor-encoder.js';

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 300 });
const leaf = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, -(2 ** 32) - 1, null, true, false),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }).map(toBytes),
);
const { plain } = fc.letrec((tie) => ({
  plain: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('plain'), { maxLength: 30 }),
    fc
      .array(fc.tuple(fc.oneof(ascii, fc.maxSafeInteger()), tie('plain')), { maxLength: 30 })
      .map((rows) => new Map(rows)),
    fc.dictionary(ascii, tie('plain'), { maxKeys: 30, noNullPrototype: true }),
  ),
}));

const full = {
  encode: (value: unknown) => toBytes(encode(value, cdeEncodeOptions)),
  decode: (bytes: Uint8Array): unknown => decode(toBytes(bytes), cdeDecodeOptions),
  decodeExact: (bytes: Uint8Array): unknown =>
    decode(toBytes(bytes), { ...cdeDecodeOptions, preferMap: true, ignoreGlobalTags: true }),
};

describe('the fast CBOR', () => {
  it('writes the bytes that the full encoder writes', () => {
    fc.assert(fc.property(plain, (value) => expect(encodePlainCbor(value)).toEqual(full.encode(value))));
  });

  it('reads what the full decoder reads, as the same value', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const bytes = full.encode(value);
        const read = decodePlainCbor(bytes, { maps: 'unread' });
        if (read) expect(read.value).toEqual(full.decode(bytes));
        expect(decodePlainCbor(bytes, { maps: 'as-map' })?.value).toEqual(full.decodeExact(bytes));
      }),
    );
  });

  it('accepts no bytes that the full decoder refuses', () => {
    const start = fc.constantFrom(
      0x18,
      0x19,
      0x1a,
      0x1b,
      0x38,
      0x58,
      0x5f,
      0x78,
      0x82,
      0x98,
      0xa2,
      0xa1,
      0xb8,
      0xc2,
      0xf6,
      0xf9,
    );
    fc.assert(
      fc.property(fc.tuple(start, fc.uint8Array({ maxLength: 12 })), ([head, rest]) => {
        const bytes = toBytes(Buffer.from([head, ...rest]));
        for (const maps of ['unread', 'as-map'] as const) {
          const read = decodePlainCbor(bytes, { maps });
          const judge = maps === 'unread' ? full.decode : full.decodeExact;
          if (read) expect(read.value).toEqual(judge(bytes));
          if (read) expect(encodePlainCbor(read.value)).toEqual(bytes);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('leaves to the full one what is not plain', () => {
    const values = [
      1.5,
      -0,
      Number.NaN,
      2n ** 70n,
      undefined,
      new Date(0),
      { ä: 1 },
      { a: undefined },
      Buffer.from('x'),
    ];
    for (const value of values) expect(encodePlainCbor([value])).toBeUndefined();
    // a float, a tag, an indefinite length, a longer form than needed, keys out of order, a byte too many
    for (const hex of ['f93e00', 'c000', '9fff', '1801', 'a2616201616102', '0000', '6161ff', '62c328', '63efbbbf'])
      expect(decodePlainCbor(Buffer.from(hex, 'hex'), { maps: 'as-map' })).toBeUndefined();
  });
});
