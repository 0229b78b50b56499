import { describe, expect, it } from '@jest/globals';
import { chooseLegKey, outlivesDeadline, type LegTrack } from '@causeway/signal-protocol';
import fc from 'fast-check';
import { DAY, TRACK_RULES } from './key-rules.js';
import type { KeyState } from './key-state.js';
import { makeKeyState, rotateKeys } from './rotate-keys.js';

const START = 1_800_000_017;
const TRACKS: readonly LegTrack[] = ['short', 'day'];

const takes = (state: KeyState, track: LegTrack, now: number): boolean =>
  state.legKeys.some(
    (key) =>
      key.track === track &&
      key.sealFrom <= now &&
      now < key.sealUntil &&
      outlivesDeadline(key, now + TRACK_RULES[track].maxDeadlineSeconds),
  );

describe('rotating leg keys', () => {
  it.each(TRACKS)('seals to a %s key exactly as long as the longest deadline fits before its destruction', (track) => {
    const { periodSeconds, sealSeconds, destroySeconds, maxDeadlineSeconds } = TRACK_RULES[track];
    expect(sealSeconds).toBe(destroySeconds - maxDeadlineSeconds - 60);
    expect(sealSeconds).toBeGreaterThan(periodSeconds);
  });

  it('has a key of each track for the longest deadline at every second of three days', () => {
    let state = makeKeyState('eu-1', START);
    for (let now = START; now < START + 3 * DAY; now++) {
      if (now % 60 === 0) state = rotateKeys(state, now);
      if (!takes(state, 'short', now) || !takes(state, 'day', now)) throw new Error(`no key at ${now - START} s`);
    }
    expect(state.legKeys.length).toBeLessThan(40);
  });

  it('has them still at the end of a period without a tick', () => {
    const state = makeKeyState('eu-1', START);
    for (let now = START; now < START + TRACK_RULES.short.periodSeconds; now++) {
      if (!takes(state, 'short', now) || !takes(state, 'day', now)) throw new Error(`no key at ${now - START} s`);
    }
    expect(takes(state, 'short', START)).toBe(true);
  });

  it('lets a device choose a key for every deadline up to a day, whenever it asks', () => {
    fc.assert(
      fc.property(fc.nat(40 * DAY), fc.integer({ min: 1, max: DAY }), (after, deadlineSeconds) => {
        const now = START + after;
        const { legKeys } = rotateKeys(makeKeyState('eu-1', START), now);
        const bundle = { region: 'eu-1', issuedAt: now, keys: legKeys };
        expect(chooseLegKey(bundle, { now, deadline: now + deadlineSeconds })).toBeDefined();
      }),
      { numRuns: 200 },
    );
  });

  it('destroys every key at its time: short ones 15 minutes and day ones 26 hours after they were first sealed to', () => {
    const first = makeKeyState('eu-1', START);
    for (const key of first.legKeys) {
      expect(key.destroyAt - key.sealFrom).toBe(key.track === 'short' ? 900 : 26 * 3600);
      expect(rotateKeys(first, key.destroyAt - 1).legKeys).toContain(key);
      expect(rotateKeys(first, key.destroyAt).legKeys).not.toContain(key);
    }
  });

  it('changes nothing when nothing is due', () => {
    const state = makeKeyState('eu-1', START);
    expect(rotateKeys(state, START)).toBe(state);
    expect(rotateKeys(state, START + 1)).toBe(state);
  });

  it('never gives an id twice, also when the clock was set back', () => {
    const first = makeKeyState('eu-1', START);
    const later = rotateKeys(first, START + 2 * DAY);
    const back = rotateKeys(later, START);
    const ids = new Set(first.legKeys.map((key) => key.keyId));
    expect(back.legKeys.filter((key) => ids.has(key.keyId))).toEqual([]);
    expect(takes(back, 'short', START)).toBe(true);
  });

  it('makes an address key every 30 days and leaves destroying the old one to the re-seal job', () => {
    const state = makeKeyState('eu-1', START);
    expect(rotateKeys(state, START + 30 * DAY - 1).addressKeys).toHaveLength(1);
    const month = rotateKeys(state, START + 30 * DAY);
    expect(month.addressKeys).toHaveLength(2);
    expect(rotateKeys(month, START + 36 * DAY).addressKeys).toHaveLength(2);
  });
});
