import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { DeviceStore, type Collection } from './device-store.js';

const NUMBERS: Collection<number> = { name: 'numbers', schema: z.number() };

let folder: string;
let store: DeviceStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-store-'));
  store = await DeviceStore.open(folder, { passphrase: 'p' });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a unit of work', () => {
  it('reads its own writes, and nobody else does before it ends', async () => {
    await store.unit(async (unit) => {
      unit.put(NUMBERS, 'one', 1);
      expect(await unit.get(NUMBERS, 'one')).toBe(1);
      expect(await unit.list(NUMBERS)).toEqual([{ name: 'one', record: 1 }]);
      expect(await store.get(NUMBERS, 'one')).toBeUndefined();
    });
    expect(await store.get(NUMBERS, 'one')).toBe(1);
  });

  it('leaves nothing behind when it throws, and has no effects', async () => {
    let hasEffect = false;
    const failed = store.unit(async (unit) => {
      unit.put(NUMBERS, 'one', 1);
      unit.afterCommit(() => {
        hasEffect = true;
      });
      throw new Error('crash');
    });
    await expect(failed).rejects.toThrow('crash');
    expect(await store.get(NUMBERS, 'one')).toBeUndefined();
    expect(hasEffect).toBe(false);
  });

  it('waits for the unit before it', async () => {
    const add = (): Promise<void> =>
      store.unit(async (unit) => {
        const before = (await unit.get(NUMBERS, 'sum')) ?? 0;
        await new Promise((resolve) => setTimeout(resolve, 1));
        unit.put(NUMBERS, 'sum', before + 1);
      });
    await Promise.all(Array.from({ length: 20 }, add));
    expect(await store.get(NUMBERS, 'sum')).toBe(20);
  });

  it('hides what it deleted', async () => {
    await store.put(NUMBERS, 'one', 1);
    await store.unit(async (unit) => {
      unit.delete(NUMBERS, 'one');
      expect(await unit.get(NUMBERS, 'one')).toBeUndefined();
      expect(await unit.list(NUMBERS)).toEqual([]);
    });
    expect(await store.list(NUMBERS)).toEqual([]);
  });
});

describe('a unit that is not settled', () => {
  it('is seen by all that follow, and is on the disk with the next that is', async () => {
    const effects: string[] = [];
    await store.unsettledUnit(async (unit) => {
      unit.put(NUMBERS, 'one', 1);
      unit.afterCommit(() => void effects.push('unsettled'));
    });
    expect(await store.get(NUMBERS, 'one')).toBe(1);
    expect(effects).toEqual([]);
    await store.unit(async (unit) => {
      unit.put(NUMBERS, 'two', (await unit.get(NUMBERS, 'one')) ?? 0);
      unit.afterCommit(() => void effects.push('settled'));
    });
    expect(effects).toEqual(['unsettled', 'settled']);
    expect(await reopened()).toEqual([1, 1]);
  });

  it('is on the disk at once when it scrubs, with nothing left owing', async () => {
    const effects: string[] = [];
    await store.unsettledUnit(async (unit) => unit.put(NUMBERS, 'one', 1));
    await store.unsettledUnit(async (unit) => {
      unit.put(NUMBERS, 'one', 2);
      unit.scrub(NUMBERS, 'one');
      unit.afterCommit(() => void effects.push('scrubbed'));
    });
    expect(effects).toEqual(['scrubbed']);
    expect(await store.list({ name: 'scrub', schema: z.unknown() })).toEqual([]);
    expect(await reopened()).toEqual([2]);
  });
});

async function reopened(): Promise<number[]> {
  await store.close();
  store = await DeviceStore.open(folder, { passphrase: 'p' });
  return (await store.list(NUMBERS)).map(({ record }) => record);
}

describe('a list', () => {
  it('has what was kept before it, also what goes to the disk meanwhile', async () => {
    for (let number = 0; number < 100; number += 1) {
      await store.unsettledUnit(async (unit) => unit.put(NUMBERS, String(number), number));
      const [rows] = await Promise.all([store.list(NUMBERS), store.settle(store.position)]);
      expect(rows).toHaveLength(number + 1);
    }
  });
});
