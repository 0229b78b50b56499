import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countSegments, splitSegments } from './segments.js';

const a = (times: number): string => 'a'.repeat(times);

describe('SMS segments', () => {
  it.each([
    ['', 'gsm-7', 1, 0],
    [a(160), 'gsm-7', 1, 160],
    [a(161), 'gsm-7', 2, 161],
    [a(306), 'gsm-7', 2, 306],
    [a(307), 'gsm-7', 3, 307],
    ['€'.repeat(80), 'gsm-7', 1, 160],
    ['€'.repeat(81), 'gsm-7', 2, 162],
    ['Ç'.repeat(160), 'gsm-7', 1, 160],
    ['ç'.repeat(70), 'ucs-2', 1, 70],
    ['ç'.repeat(71), 'ucs-2', 2, 71],
    ['ç'.repeat(134), 'ucs-2', 2, 134],
    ['ç'.repeat(135), 'ucs-2', 3, 135],
    [`${a(159)}\``, 'ucs-2', 3, 160],
    ['😀'.repeat(35), 'ucs-2', 1, 70],
    ['😀'.repeat(36), 'ucs-2', 2, 72],
  ] as const)('counts %j', (text, encoding, segments, units) => {
    expect(countSegments(text)).toEqual({ encoding, segments, units });
  });

  it('moves an escape that would be cut to the next part', () => {
    expect(splitSegments(`${a(152)}€${a(20)}`)).toEqual([a(152), `€${a(20)}`]);
  });

  it('moves a surrogate pair that would be cut to the next part', () => {
    expect(splitSegments(`${'ç'.repeat(66)}😀${'ç'.repeat(10)}`)).toEqual(['ç'.repeat(66), `😀${'ç'.repeat(10)}`]);
  });

  it('counts one part more when room is lost to characters that may not be cut', () => {
    // 306 septets would fill two parts exactly, were it not for the escape on the border
    expect(countSegments(`${a(152)}€${a(152)}`)).toEqual({ encoding: 'gsm-7', segments: 3, units: 306 });
  });

  it('splits into parts that fit and make the text again', () => {
    const unit = fc.constantFrom('a', 'é', '€', '[', '\n', 'ç', '你', '😀', '\ud83d');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 600 }), (text) => {
        const parts = splitSegments(text);
        const { encoding, segments } = countSegments(text);
        expect(parts.join('')).toBe(text);
        expect(parts).toHaveLength(segments);
        const single = encoding === 'gsm-7' ? 160 : 70;
        const several = encoding === 'gsm-7' ? 153 : 67;
        for (const part of parts) {
          // a part alone may fall back to a cheaper alphabet, so it is measured in the units of the whole
          const units = encoding === 'gsm-7' ? countSegments(part).units : part.length;
          expect(units).toBeLessThanOrEqual(segments === 1 ? single : several);
        }
      }),
    );
  });

  it('gives a very long text its parts in reasonable time', () => {
    expect(countSegments(a(1_000_000)).segments).toBe(Math.ceil(1_000_000 / 153));
  });
});
