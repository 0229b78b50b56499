import { describe, expect, it } from '@jest/globals';
import { violationsOf } from '../faults/judge-outcomes.js';
import { runUnknownOutcomes } from '../faults/unknown-outcomes.js';

describe('a carrier that loses, refuses or takes and drops, with edge kills, lost callbacks and lists that lag', () => {
  it('loses nothing, makes nothing be sent again blindly, and every end says how it came about', async () => {
    const outcomes = await runUnknownOutcomes({ messages: 25, lagSeconds: 6, kills: 2, seed: 4 });
    expect(violationsOf(outcomes)).toEqual([]);
    expect(Object.values(outcomes.states).reduce((sum, count) => sum + count, 0)).toBe(25);
    // the run was worth something: some arrived, and of some the carrier never said a word
    expect(outcomes.states['delivered']).toBeGreaterThan(0);
    expect(outcomes.states['unconfirmed']).toBeGreaterThan(0);
    expect(outcomes.states['failed']).toBeGreaterThan(0);
  }, 180_000);
});
