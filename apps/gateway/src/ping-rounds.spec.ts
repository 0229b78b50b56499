import { describe, expect, it } from '@jest/globals';
import { PingRounds } from './ping-rounds.js';

describe('rounds of pings', () => {
  it('take nobody for gone after the process stood still, and judge again in the next', () => {
    let nowMs = 0;
    const rounds = new PingRounds(30_000, () => nowMs);
    const after = (ms: number) => {
      nowMs += ms;
      return rounds.next();
    };
    expect([after(30_000), after(30_900), after(70_000), after(30_000), after(33_100), after(30_000)]).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});
