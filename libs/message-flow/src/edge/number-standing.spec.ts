import { describe, expect, it } from '@jest/globals';
import { NUMBER_AGING_MS, numberStanding } from './number-standing.js';

const since = new Date(1_000);
const at = (nowMs: number, unknownSince: Date | null = since, isEnded = false) =>
  numberStanding({ unknownSince, isEnded }, nowMs);

describe('a number that its carrier called unassigned', () => {
  it('is the same person within the time of aging, and a stranger after it', () => {
    expect(at(1_000 + NUMBER_AGING_MS - 1)).toBe('theirs-again');
    expect(at(1_000 + NUMBER_AGING_MS)).toBe('recycled');
  });

  it('is theirs while nobody said so, and ended once it was taken for recycled', () => {
    expect(at(Number.MAX_SAFE_INTEGER, null)).toBe('theirs');
    expect(at(0, null, true)).toBe('ended');
    expect(at(0, since, true)).toBe('ended');
  });
});
