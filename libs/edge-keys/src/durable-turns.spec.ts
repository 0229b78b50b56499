import { describe, expect, it } from '@jest/globals';
import { DurableTurns } from './durable-turns.js';

describe('DurableTurns', () => {
  it('writes once for all turns that wait, and each sees what the ones before it decided', async () => {
    let [count, writes] = [0, 0];
    const turns = new DurableTurns(async () => void (writes += 1));
    const answers = await Promise.all([1, 2, 3].map(() => turns.run(() => (count += 1))));
    expect({ answers, writes }).toEqual({ answers: [1, 2, 3], writes: 1 });
  });

  it('ends no turn before its write', async () => {
    const order: string[] = [];
    const turns = new DurableTurns(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('written');
    });
    await turns.run(() => order.push('decided'));
    order.push('ended');
    expect(order).toEqual(['decided', 'written', 'ended']);
  });

  it('fails every turn of a group whose write fails, and goes on with the next', async () => {
    let isFull = true;
    const turns = new DurableTurns(async () => {
      if (isFull) throw new Error('the disk is full');
    });
    const settled = await Promise.allSettled([turns.run(() => 1), turns.run(() => 2)]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isFull = false;
    expect(await turns.run(() => 3)).toBe(3);
    await turns.idle();
  });

  it('fails a turn that throws, and none of its neighbours', async () => {
    const turns = new DurableTurns(async () => undefined);
    const broken = turns.run(() => {
      throw new Error('broken');
    });
    const neighbour = turns.run(() => 'fine');
    await expect(broken).rejects.toThrow('broken');
    expect(await neighbour).toBe('fine');
  });
});
