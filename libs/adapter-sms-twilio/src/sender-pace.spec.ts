import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '@causeway/platform';
import { SenderPace, usualSegmentsPerSecond } from './sender-pace.js';

const BRIDGE = '+14155550100';

describe('the pace of a bridge number', () => {
  it('is what Twilio takes from a number of its kind', () => {
    expect([BRIDGE, '+18005550100', '+447700900123', '12345'].map(usualSegmentsPerSecond)).toEqual([1, 3, 1, 100]);
  });

  it('lets a burst through, then names the time until there is room, and keeps to it', () => {
    const clock = new ManualClock();
    const pace = new SenderPace(clock, () => 1);
    for (let index = 0; index < 10; index += 1) expect(pace.admit(BRIDGE, 1)).toBeUndefined();
    const refused = pace.admit(BRIDGE, 1);
    expect(refused).toEqual({
      kind: 'failed',
      reason: 'congested',
      retry: 'later',
      certainty: 'not-sent',
      retryAfterMs: 1_000,
    });
    clock.advanceMs(999);
    expect(pace.admit(BRIDGE, 1)).toMatchObject({ retryAfterMs: 1 });
    clock.advanceMs(1);
    expect(pace.admit(BRIDGE, 1)).toBeUndefined();
  });

  it('of one number does not hold back another', () => {
    const pace = new SenderPace(new ManualClock(), () => 1);
    for (let index = 0; index < 10; index += 1) pace.admit(BRIDGE, 1);
    expect(pace.admit(BRIDGE, 1)).toBeDefined();
    expect(pace.admit('+14155550101', 1)).toBeUndefined();
  });

  it('lets a message through that is larger than the burst, when nothing is ahead of it', () => {
    const clock = new ManualClock();
    const pace = new SenderPace(clock, () => 1);
    expect(pace.admit(BRIDGE, 25)).toBeUndefined();
    expect(pace.admit(BRIDGE, 25)).toMatchObject({ retryAfterMs: 25_000 });
  });

  it('holds nobody back after the clock was set back', () => {
    const clock = new ManualClock();
    const pace = new SenderPace(clock, () => 1);
    for (let index = 0; index < 10; index += 1) pace.admit(BRIDGE, 1);
    clock.set(clock.nowMs() - 3_600_000);
    expect(pace.admit(BRIDGE, 1)).toBeUndefined();
  });

  it('is never exceeded over any stretch, but for one burst and one message', () => {
    const tries = fc.array(fc.record({ waitMs: fc.nat(3_000), segments: fc.integer({ min: 1, max: 11 }) }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(tries, fc.constantFrom(1, 3, 100), (attempts, rate) => {
        const clock = new ManualClock();
        const startMs = clock.nowMs();
        const pace = new SenderPace(clock, () => rate);
        let sent = 0;
        for (const { waitMs, segments } of attempts) {
          clock.advanceMs(waitMs);
          if (pace.admit(BRIDGE, segments)) continue;
          sent += segments;
          const seconds = (clock.nowMs() - startMs) / 1_000;
          expect(sent).toBeLessThanOrEqual(rate * (seconds + 10) + 11);
        }
      }),
    );
  });
});
