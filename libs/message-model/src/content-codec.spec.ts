import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CborTag, concatBytes, encodeCbor, toBytes, utf8 } from './bytes.js';
import { textContent } from './build-content.js';
import { CausewayError } from './causeway-error.js';
import { CONTENT_LIMITS, DISPOSITION, MEDIA_TYPE, type MimiContent, type NestedPart } from './content.js';
import { decodeContent, decodeStoredContent, encodeContent } from './content-codec.js';
import { anyContent, ARBITRARY_NOW_MS } from './testing/index.js';

const NOW_MS = ARBITRARY_NOW_MS;
const NOW_SECONDS = NOW_MS / 1000;
const YEAR = CONTENT_LIMITS.expirySeconds;
const SALT = toBytes(Uint8Array.from({ length: 16 }, (_, index) => index));
const NO_BYTES = new Uint8Array(0);
const HELLO: readonly unknown[] = [1, '', 1, 'text/plain;charset=utf-8', utf8('hi')];

/** The seven fields of a message, some of them replaced. */
const fields = (changes: Readonly<Record<number, unknown>> = {}): readonly unknown[] =>
  [SALT, null, NO_BYTES, null, null, new Map(), HELLO].map((field: unknown, index) =>
    index in changes ? changes[index] : field,
  );

const decode = (value: unknown): MimiContent => decodeContent(encodeCbor(value), NOW_MS);
const accepts = (changes: Readonly<Record<number, unknown>>): void => {
  expect(encodeContent(decode(fields(changes)))).toEqual(encodeCbor(fields(changes)));
};
const refuses = (changes: Readonly<Record<number, unknown>>, rule: RegExp): void => {
  expect(() => decode(fields(changes))).toThrow(rule);
  expect(() => decode(fields(changes))).toThrow(CausewayError);
};

const nested = (levels: number): unknown => (levels === 1 ? HELLO : [1, '', 3, 2, [nested(levels - 1), HELLO]]);
const list = (length: number): unknown => [1, '', 3, 2, Array.from({ length }, () => [1, '', 0])];
const wrapped = (levels: number): unknown => (levels === 0 ? 7 : [wrapped(levels - 1)]);
const external = (changes: Readonly<Record<number, unknown>> = {}): readonly unknown[] =>
  [6, 'en', 2, 'image/png', 'https://files.example/1', 0, 9, 1, NO_BYTES, NO_BYTES, NO_BYTES, 1, NO_BYTES, '', ''].map(
    (field: unknown, index) => (index in changes ? changes[index] : field),
  );

describe('the content codec', () => {
  it('writes the positional form of the draft', () => {
    const content = textContent({
      text: 'hi',
      senderUri: 'mimi://a.example/u/ada',
      roomUri: 'mimi://a.example/r/1',
      salt: SALT,
    });
    const expected =
      '8750000102030405060708090a0b0c0d0e0ff640f6f6a201' +
      '76' +
      Buffer.from('mimi://a.example/u/ada').toString('hex') +
      '02' +
      '74' +
      Buffer.from('mimi://a.example/r/1').toString('hex') +
      '85016001' +
      '7818' +
      Buffer.from('text/plain;charset=utf-8').toString('hex') +
      '426869';
    expect(Buffer.from(encodeContent(content)).toString('hex')).toBe(expected);
  });

  it('reads back what it wrote, byte for byte', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        const encoded = encodeContent(content);
        const decoded = decodeContent(encoded, NOW_MS);
        expect(encodeContent(decoded)).toEqual(encoded);
        expect(decoded.part).toEqual(content.part);
        expect(decoded.expires).toEqual(content.expires);
        expect([decoded.replaces, decoded.inReplyTo]).toEqual([content.replaces, content.inReplyTo]);
      }),
    );
  });

  it('refuses arbitrary bytes with the one error and nothing else', () => {
    const garbage = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ maxLength: 80 }).map((tail) => concatBytes(Uint8Array.of(0x87, 0x50), SALT, tail)),
    );
    fc.assert(
      fc.property(garbage, (bytes) => {
        expect(() => decodeContent(bytes, NOW_MS)).toThrow(CausewayError);
      }),
    );
  });

  it('never reads a damaged message as another encoding of something', () => {
    fc.assert(
      fc.property(anyContent, fc.nat(), fc.integer({ min: 1, max: 255 }), (content, position, flip) => {
        const bytes = encodeContent(content);
        const at = position % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        try {
          expect(encodeContent(decodeContent(bytes, NOW_MS))).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CausewayError);
        }
      }),
    );
  });

  it('accepts a Node Buffer as input', () => {
    expect(decodeContent(Buffer.from(encodeCbor(fields())), NOW_MS).salt).toEqual(SALT);
  });

  it('names the rule and the field, and repeats nothing of the content', () => {
    const secret = 'nobody may read this';
    try {
      decode(fields({ 0: utf8(secret) }));
    } catch (error) {
      expect(error).toMatchObject({ code: 'malformed-content', details: { pointer: '/salt' } });
      expect(JSON.stringify(error)).not.toContain(secret);
      return;
    }
    throw new Error('the salt was accepted');
  });

  it.each([
    ['an indefinite length', '9f50'],
    ['a longer form of a length', '875810'],
    ['nothing at all', ''],
    ['a huge array that never comes', '9affffffff'],
  ])('refuses %s', (_, hex) => {
    expect(() => decodeContent(Buffer.from(hex, 'hex'), NOW_MS)).toThrow(/deterministic/);
  });

  it('refuses trailing bytes and a cut-off message', () => {
    const whole = encodeCbor(fields());
    expect(() => decodeContent(concatBytes(whole, Uint8Array.of(0)), NOW_MS)).toThrow(/deterministic/);
    expect(() => decodeContent(whole.subarray(0, -1), NOW_MS)).toThrow(/deterministic/);
  });

  it('refuses a NaN with a payload, a float that is a whole number, and text that is not UTF-8', () => {
    const withValue = (hex: string): Uint8Array =>
      Buffer.from(`8750${'00'.repeat(16)}f640f6f6a120${hex}83016000`, 'hex');
    expect(() => decodeContent(withValue('f97e00'), NOW_MS)).not.toThrow();
    expect(() => decodeContent(withValue('f97e01'), NOW_MS)).toThrow(/deterministic/);
    expect(() => decodeContent(withValue('f93c00'), NOW_MS)).toThrow(/deterministic/);
    expect(() => decodeContent(withValue('62c328'), NOW_MS)).toThrow(/deterministic/);
  });

  it('wants seven fields', () => {
    expect(() => decode(fields().slice(0, 6))).toThrow(/seven/);
    expect(() => decode([...fields(), null])).toThrow(/seven/);
    expect(() => decode(new Map())).toThrow(/seven/);
  });

  it('wants a salt of exactly 16 bytes', () => {
    refuses({ 0: new Uint8Array(15) }, /salt/);
    refuses({ 0: new Uint8Array(17) }, /salt/);
    refuses({ 0: 'sixteen letters!' }, /salt/);
  });

  it('wants message ids of 32 bytes that say sha-256', () => {
    const id = Uint8Array.of(1, ...new Uint8Array(31));
    accepts({ 1: id, 4: id });
    refuses({ 1: new Uint8Array(31) }, /message id/);
    refuses({ 4: new Uint8Array(33) }, /message id/);
    refuses({ 1: new Uint8Array(32) }, /message id/);
  });

  it('takes a topic id of up to 4096 bytes', () => {
    accepts({ 2: new Uint8Array(4096) });
    refuses({ 2: new Uint8Array(4097) }, /topic/);
  });

  it('takes an absolute expiry within a year of now, on both sides', () => {
    accepts({ 3: [false, NOW_SECONDS + YEAR] });
    accepts({ 3: [false, NOW_SECONDS - YEAR] });
    refuses({ 3: [false, NOW_SECONDS + YEAR + 1] }, /year/);
    refuses({ 3: [false, NOW_SECONDS - YEAR - 1] }, /year/);
  });

  it('reads a message again that was accepted long ago', () => {
    const old = encodeCbor(fields({ 3: [false, 1] }));
    expect(decodeStoredContent(old).expires).toEqual({ relative: false, timeSeconds: 1 });
    expect(() => decodeContent(old, NOW_MS)).toThrow(/year/);
    expect(() => decodeStoredContent(encodeCbor(fields({ 0: NO_BYTES })))).toThrow(CausewayError);
  });

  it('takes a relative expiry of up to a year', () => {
    accepts({ 3: [true, YEAR] });
    refuses({ 3: [true, YEAR + 1] }, /year/);
  });

  it('refuses an expiry that is not a pair of bool and uint32', () => {
    refuses({ 3: [1, 5] }, /relative/);
    refuses({ 3: [true] }, /pair/);
    refuses({ 3: [true, -1] }, /uint32/);
    refuses({ 3: [false, 2 ** 32] }, /uint32/);
  });

  it('takes extension keys that are non-zero integers or text of 1 to 255 bytes', () => {
    accepts({
      5: new Map<unknown, unknown>([
        [-1, 1],
        [300, 'x'],
        ['é'.repeat(127), NO_BYTES],
      ]),
    });
    refuses({ 5: new Map([[0, 1]]) }, /extension key/);
    refuses({ 5: new Map([['', 1]]) }, /extension key/);
    refuses({ 5: new Map([['é'.repeat(128), 1]]) }, /extension key/);
    refuses({ 5: new Map([[0.5, 1]]) }, /extension key/);
    refuses({ 5: new Map([[NO_BYTES, 1]]) }, /extension key/);
    refuses({ 5: [] }, /map/);
  });

  it('wants senderUri and roomUri to be text', () => {
    refuses({ 5: new Map([[1, 5]]) }, /senderUri/);
    refuses({ 5: new Map([[2, NO_BYTES]]) }, /senderUri/);
  });

  it('takes an extension value of up to four levels', () => {
    accepts({ 5: new Map([[-1, wrapped(4)]]) });
    accepts({ 5: new Map([[-1, new CborTag(9, new CborTag(9, new Map([['k', [1]]])))]]) });
    refuses({ 5: new Map([[-1, wrapped(5)]]) }, /4 levels/);
    refuses({ 5: new Map([[-1, new CborTag(9, new CborTag(9, new Map([['k', [[1]]]])))]]) }, /4 levels/);
  });

  it('keeps integers within 2^53-1', () => {
    accepts({ 5: new Map([[-1, Number.MAX_SAFE_INTEGER]]) });
    refuses({ 5: new Map([[-1, 2n ** 53n]]) }, /not a CBOR value/);
    // the one integer that a double still holds, and would write as a float
    refuses({ 5: new Map([[-1, -(2n ** 53n)]]) }, /deterministic/);
    refuses({ 6: external({ 6: 2n ** 53n }) }, /range/);
  });

  it('allows only integers, text and bytes as keys inside an extension', () => {
    accepts({
      5: new Map([
        [
          -1,
          new Map<unknown, unknown>([
            [1, 1],
            ['a', 2],
            [utf8('b'), 3],
          ]),
        ],
      ]),
    });
    refuses({ 5: new Map([[-1, new Map([[null, 1]])]]) }, /keys inside/);
  });

  it('takes parts of up to four levels', () => {
    accepts({ 6: nested(4) });
    refuses({ 6: nested(5) }, /4 levels/);
  });

  it('takes up to 1024 parts, those that hold others included', () => {
    accepts({ 6: list(1023) });
    refuses({ 6: list(1024) }, /1024/);
  });

  it('refuses unknown part semantics, a multipart of one, and an unknown cardinality', () => {
    refuses({ 6: [1, '', 3, 3, [HELLO, HELLO]] }, /semantics/);
    refuses({ 6: [1, '', 3, 'chooseOne', [HELLO, HELLO]] }, /semantics/);
    refuses({ 6: [1, '', 3, 0, [HELLO]] }, /two parts/);
    refuses({ 6: [1, '', 4] }, /cardinality/);
  });

  it('refuses a part with a field too many or too few', () => {
    refuses({ 6: [1, '', 0, null] }, /fields/);
    refuses({ 6: [1, '', 1, 'text/plain'] }, /fields/);
    refuses({ 6: external().slice(0, 14) }, /fields/);
    refuses({ 6: 'text' }, /array/);
  });

  it('accepts a disposition, a content type and a language it does not know', () => {
    accepts({ 6: [9, 'tlh', 1, 'application/x-unheard-of', utf8('?')] });
    accepts({ 6: [255, '', 0] });
    refuses({ 6: [256, '', 0] }, /range/);
    refuses({ 6: [-1, '', 0] }, /range/);
  });

  it('wants an external part that is not encrypted to carry no key', () => {
    accepts({ 6: external({ 7: 0 }) });
    refuses({ 6: external({ 7: 0, 8: new Uint8Array(16) }) }, /not encrypted/);
    refuses({ 6: external({ 7: 65_536 }) }, /range/);
    refuses({ 6: external({ 5: 2 ** 32 }) }, /range/);
  });

  it('does not encode what a receiver would refuse', () => {
    const content: MimiContent = decode(fields());
    const hello: NestedPart = {
      kind: 'single',
      disposition: DISPOSITION.render,
      language: '',
      contentType: MEDIA_TYPE.plain,
      content: SALT,
    };
    const multi = (parts: readonly NestedPart[]): NestedPart => ({
      kind: 'multi',
      disposition: 1,
      language: '',
      semantics: 'processAll',
      parts,
    });
    const bad: readonly Partial<MimiContent>[] = [
      { salt: toBytes(new Uint8Array(15)) },
      { topicId: toBytes(new Uint8Array(4097)) },
      { expires: { relative: true, timeSeconds: YEAR + 1 } },
      { expires: { relative: false, timeSeconds: 1.5 } },
      { extensions: new Map([[0, 'zero']]) },
      { extensions: new Map([[-1, 'half a pair: \ud83d']]) },
      { extensions: new Map([[-1, Buffer.from('a Node buffer')]]) },
      {
        extensions: new Map([
          [
            -1,
            new Map([
              [utf8('k'), 1],
              [utf8('k'), 2],
            ]),
          ],
        ]),
      },
      { extensions: new Map([[-1, { plain: 'object' }]]) },
      { part: { ...hello, language: '\udc00' } },
      { part: { ...hello, disposition: 256 } },
      { part: multi([hello]) },
      { part: multi([hello, multi([hello, multi([hello, multi([hello, hello])])])]) },
    ];
    for (const change of bad) expect(() => encodeContent({ ...content, ...change })).toThrow(CausewayError);
  });
});
