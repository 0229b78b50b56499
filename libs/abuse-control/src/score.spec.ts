import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LADDER, levelOf } from './ladder.js';
import { scoreOf } from './score.js';
import type { Signals } from './signals.js';
import { WEIGHTS } from './weights.js';

const pointsOf = (signals: Signals): number => scoreOf(signals, 'community').points;
/** Everything that says nothing by itself: nobody answers, they insist, and they are new. */
const SILENT: Signals = { RR: 6, NRU: 1_000, AGE: 0 };

describe('the score', () => {
  it('makes no level of silence, insisting and being new without volume', () => {
    expect(pointsOf(SILENT)).toBe(0);
    expect(levelOf(pointsOf({ ...SILENT, N24: 14, N7: 59 }))).toBe(0);
  });

  it('holds at twenty new people a day, whoever is silent, and blocks nobody for less than twice as many', () => {
    expect(levelOf(pointsOf({ N24: 20, RR: -2.9 }))).toBe(2);
    for (const N24 of [20, 30, 47]) expect(levelOf(pointsOf({ ...SILENT, N24 }))).toBe(2);
  });

  it('blocks for a day of volume unless people answer, and holds who is answered', () => {
    expect(levelOf(pointsOf({ N24: 48, RR: -1.9 }))).toBe(3);
    expect(levelOf(pointsOf({ N24: 48, RR: -2 }))).toBe(2);
  });

  it('lifts no week to a block below what hardly anybody ever reached', () => {
    expect(levelOf(pointsOf({ ...SILENT, N7: 119, N24: 18 }))).toBe(2);
    expect(levelOf(pointsOf({ ...SILENT, N7: 120, N24: 18 }))).toBe(3);
    expect(levelOf(pointsOf({ N7: 120, N24: 18, RR: -2 }))).toBeLessThan(3);
  });

  it('blocks at once who counts upwards, and a program, whoever answers', () => {
    expect(levelOf(pointsOf({ SEQ: 0.9, RR: -6 }))).toBe(3);
    expect(levelOf(pointsOf({ N1: 17, N10: 17, RR: -3 }))).toBe(3);
  });

  it('holds whom five people talk with where it blocks a stranger, unless today is silent, and twenty-five save nobody a hold', () => {
    expect(levelOf(pointsOf({ N24: 48, EST: 4 }))).toBe(3);
    expect(levelOf(pointsOf({ N24: 48, EST: 5 }))).toBe(2);
    expect(levelOf(pointsOf({ ...SILENT, N24: 48, EST: 5 }))).toBe(3);
    expect(levelOf(pointsOf({ ...SILENT, AGE: 30, N24: 48, EST: 25 }))).toBe(2);
    expect(levelOf(pointsOf({ ...SILENT, N24: 20, EST: 50 }))).toBe(2);
    expect(levelOf(pointsOf({ N1: 17, N10: 17, EST: 50 }))).toBe(3);
  });

  it('adds no credit of conversations to that of answers: accomplices are paid for once', () => {
    expect(pointsOf({ N24: 100, RR: -6, EST: 50 })).toBe(pointsOf({ N24: 100, RR: -6 }));
    expect(pointsOf({ REP: 8, EST: 50 })).toBe(pointsOf({ REP: 8 }));
  });

  it('takes nothing away from complaints for being answered', () => {
    const complained = pointsOf({ REP: 8 });
    expect(pointsOf({ REP: 8, RR: -6 })).toBe(complained);
    expect(levelOf(complained)).toBe(3);
  });

  it('is never higher for being answered more, nor lower for more volume', () => {
    const rising = fc.tuple(fc.double({ min: -6, max: 6, noNaN: true }), fc.double({ min: -6, max: 6, noNaN: true }));
    const counts = fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 200 }));
    fc.assert(
      fc.property(rising, counts, ([oneRR, otherRR], [oneN24, otherN24]) => {
        const [RR, moreSilent] = [Math.min(oneRR, otherRR), Math.max(oneRR, otherRR)];
        const [N24, more] = [Math.min(oneN24, otherN24), Math.max(oneN24, otherN24)];
        expect(pointsOf({ N24, RR })).toBeLessThanOrEqual(pointsOf({ N24, RR: moreSilent }));
        expect(pointsOf({ N24, RR })).toBeLessThanOrEqual(pointsOf({ N24: more, RR }));
      }),
    );
  });

  it('has a reason beside every row and every step', () => {
    for (const { because } of [...Object.values(WEIGHTS).flat(), ...LADDER]) expect(because).not.toBe('');
  });
});
