import { describe, expect, it } from '@jest/globals';
import { toBytes } from '@causeway/message-model';
import fc from 'fast-check';
import { KeyChain, newChain, REPORT_DAYS } from './key-chain.js';

const DAY_MS = 86_400_000;
const TODAY_MS = 20_000 * DAY_MS + 1;
const begun = (fill: number, nowMs = TODAY_MS) => newChain(toBytes(new Uint8Array(32).fill(fill)), REPORT_DAYS, nowMs);
const chain = () => new KeyChain(begun(7), REPORT_DAYS);

describe('a chain of daily keys', () => {
  it('has a key for today and each of the seven days before, and none before that or after tomorrow', () => {
    const days = Array.from({ length: 12 }, (_, index) => 20_000 + 2 - index);
    const keys = chain();
    expect(days.map((day) => keys.keyOf(day, TODAY_MS) !== undefined)).toEqual(
      days.map((day) => day >= 19_993 && day <= 20_001),
    );
  });

  it('never has two days under one key', () => {
    const keys = chain();
    const all = [-7, -3, 0, 1].map((offset) =>
      Buffer.from(keys.keyOf(20_000 + offset, TODAY_MS) ?? []).toString('hex'),
    );
    expect(new Set(all).size).toBe(all.length);
  });

  it('is the same on two machines that began with one file, however often each of them was asked', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 8 });
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        const [one, other] = [chain(), chain()];
        const wander = (keys: KeyChain, by: readonly number[]) =>
          by.reduce((at, days) => {
            keys.keyOf(Math.floor(at / DAY_MS), at);
            return at + days * DAY_MS;
          }, TODAY_MS);
        const end = Math.max(wander(one, first), wander(other, second));
        const day = Math.floor(end / DAY_MS);
        expect(one.keyOf(day, end)).toEqual(other.keyOf(day, end));
      }),
    );
  });

  it('goes on from what was kept, and what was kept has nothing of a day that is over', () => {
    const keys = chain();
    const old = keys.keyOf(20_000, TODAY_MS);
    const copy = toBytes(old ?? new Uint8Array());
    const later = TODAY_MS + 8 * DAY_MS;
    const kept = keys.at(later);
    expect(kept.period).toBe(20_001);
    const resumed = new KeyChain({ period: kept.period, key: toBytes(kept.key) }, REPORT_DAYS);
    expect(resumed.keyOf(20_000, TODAY_MS)).toBeUndefined();
    expect(resumed.keyOf(20_008, later)).toEqual(keys.keyOf(20_008, later));
    // and the key itself was overwritten where it lay
    expect(old).toEqual(toBytes(new Uint8Array(copy.length)));
  });
});
