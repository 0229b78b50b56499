import { describe, expect, it } from '@jest/globals';
import { StoreAwayError, StorePatience } from './store-patience.js';

const never = () => new Promise<never>(() => undefined);

describe('patience with a store', () => {
  it('runs out once; until a second has passed nobody else waits', async () => {
    let nowMs = 0;
    const patience = new StorePatience(20, () => nowMs);
    let asked = 0;
    const slow = () => {
      asked += 1;
      return never();
    };
    await expect(patience.run(slow)).rejects.toThrow('late');
    for (let turn = 0; turn < 50; turn += 1) await expect(patience.run(slow)).rejects.toThrow(StoreAwayError);
    expect(asked).toBe(1);
    nowMs = 1_000;
    await expect(patience.run(slow)).rejects.toThrow('late');
    expect(asked).toBe(2);
  });

  it('lets one ask whether it is back, and goes on by itself when it is', async () => {
    let nowMs = 0;
    const patience = new StorePatience(20, () => nowMs);
    await expect(patience.run(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    nowMs = 1_500;
    let answer: (value: string) => void = () => undefined;
    const probe = patience.run(() => new Promise<string>((resolve) => (answer = resolve)));
    await expect(patience.run(async () => 'second')).rejects.toThrow(StoreAwayError);
    answer('first');
    expect(await probe).toBe('first');
    expect(await Promise.all([1, 2, 3].map((each) => patience.run(async () => each)))).toEqual([1, 2, 3]);
  });
});
