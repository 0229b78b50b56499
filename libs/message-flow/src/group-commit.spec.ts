import { describe, expect, it } from '@jest/globals';
import { CausewayError } from '@causeway/message-model';
import { GroupCommit } from './group-commit.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** A run that ends when the test says so. */
function heldRun() {
  const batches: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const run = async (items: readonly number[]): Promise<readonly number[]> => {
    batches.push(items);
    await new Promise<void>((resolve) => ends.push(resolve));
    return items.map((item) => item * 10);
  };
  return { run, batches, end: () => ends.shift()?.() };
}

describe('GroupCommit', () => {
  it('runs a lone request at once', async () => {
    const group = new GroupCommit(async (items: readonly number[]) => items.map((item) => item * 10), {
      maxItems: 10,
      maxUnderWay: 1,
    });
    await expect(group.add(7)).resolves.toBe(70);
  });

  it('gathers under load, and only then', async () => {
    const batches: (readonly number[])[] = [];
    const run = async (items: readonly number[]) => {
      batches.push(items);
      return items;
    };
    const group = new GroupCommit(run, { maxItems: 10, maxUnderWay: 1, gatherMs: 60_000 });
    for (const item of [1, 2, 3]) await group.add(item);
    expect(batches).toEqual([[1], [2], [3]]);
    await Promise.all([4, 5, 6, 7].map((item) => group.add(item)));
    const waiting = Array.from({ length: 9 }, (_, index) => group.add(10 + index));
    await tick();
    await tick();
    expect(batches).toHaveLength(4);
    // a full batch has nothing to wait for
    await Promise.all([...waiting, group.add(19)]);
    expect(batches[4]).toHaveLength(10);
  });

  it('gives everybody the same share of a batch, in the order of their own items', async () => {
    const batches: (readonly string[])[] = [];
    const run = async (items: readonly string[]) => {
      batches.push(items);
      return items;
    };
    const group = new GroupCommit(run, { maxItems: 4, maxUnderWay: 1, ownerOf: (item) => item.charAt(0) });
    const items = [...Array.from({ length: 12 }, (_, index) => `a${index}`), 'b1', 'c1', 'b2'];
    await Promise.all(items.map((item) => group.add(item)));
    expect(batches.flat().toSorted()).toEqual(items.toSorted());
    // the first batch was full before the others came
    expect(batches.slice(0, 3)).toEqual([
      ['a0', 'a1', 'a2', 'a3'],
      ['a4', 'a5', 'b1', 'c1'],
      ['a6', 'a7', 'a8', 'b2'],
    ]);
    for (const owner of ['a', 'b', 'c'])
      expect(batches.flat().filter((item) => item.startsWith(owner))).toEqual(
        items.filter((item) => item.startsWith(owner)),
      );
  });

  it('makes one batch of what arrives while another is under way, in order of arrival', async () => {
    const { run, batches, end } = heldRun();
    const group = new GroupCommit(run, { maxItems: 10, maxUnderWay: 1 });
    const answers = [group.add(1)];
    await tick();
    answers.push(group.add(2), group.add(3));
    await tick();
    expect(batches).toEqual([[1]]);
    end();
    await tick();
    end();
    await expect(Promise.all(answers)).resolves.toEqual([10, 20, 30]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it('begins as many batches as it may of a burst, and leaves nobody waiting', async () => {
    const { run, batches, end } = heldRun();
    const group = new GroupCommit(run, { maxItems: 2, maxUnderWay: 2 });
    const answers = [1, 2, 3, 4, 5].map((item) => group.add(item));
    await tick();
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
    for (let n = 0; n < 3; n += 1) {
      end();
      await tick();
    }
    await expect(Promise.all(answers)).resolves.toEqual([10, 20, 30, 40, 50]);
  });

  it('lets a bad item harm no neighbour, and finds it in few runs', async () => {
    let runs = 0;
    const run = async (items: readonly number[]): Promise<readonly number[]> => {
      runs += 1;
      if (items.includes(5)) throw new Error('poison');
      return items;
    };
    const group = new GroupCommit(run, { maxItems: 64, maxUnderWay: 1 });
    const answers = await Promise.allSettled(Array.from({ length: 64 }, (_, item) => group.add(item)));
    expect(answers.flatMap(({ status }, item) => (status === 'rejected' ? [item] : []))).toEqual([5]);
    expect(runs).toBeLessThanOrEqual(13);
    await expect(group.add(6)).resolves.toBe(6);
  });

  it('asks once while the database is away', async () => {
    let runs = 0;
    const run = async (): Promise<readonly number[]> => {
      runs += 1;
      throw new CausewayError('unavailable');
    };
    const group = new GroupCommit(run, { maxItems: 64, maxUnderWay: 1 });
    const answers = await Promise.allSettled([1, 2, 3].map((item) => group.add(item)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(runs).toBe(1);
  });
});
