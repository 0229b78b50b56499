import { describe, expect, it } from '@jest/globals';
import { Remembered } from './remembered.js';

const HOUR_MS = 3_600_000;

describe('Remembered', () => {
  it('asks once for all who come together, and for all who come soon after', async () => {
    let asked = 0;
    const remembered = new Remembered(async () => ++asked, HOUR_MS);
    expect(await Promise.all([remembered.get(), remembered.get()])).toEqual([1, 1]);
    expect(await remembered.get()).toBe(1);
  });

  it('asks again when its time is over, or when told to forget', async () => {
    let asked = 0;
    const short = new Remembered(async () => ++asked, 0);
    expect([await short.get(), await short.get()]).toEqual([1, 2]);
    const long = new Remembered(async () => ++asked, HOUR_MS);
    expect(await long.get()).toBe(3);
    long.forget();
    expect(await long.get()).toBe(4);
  });

  it('does not remember a failure', async () => {
    let asked = 0;
    const remembered = new Remembered(async () => {
      asked += 1;
      if (asked === 1) throw new Error('away');
      return asked;
    }, HOUR_MS);
    await expect(remembered.get()).rejects.toThrow('away');
    expect(await remembered.get()).toBe(2);
  });
});
