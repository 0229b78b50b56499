import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inWaves } from './in-waves.js';

type Item = { readonly id: number; readonly names: readonly string[] };
const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 2 });

async function run(all: readonly (readonly string[])[]) {
  const items = all.map((each, id): Item => ({ id, names: each }));
  const waves: (readonly Item[])[] = [];
  const answers = await inWaves(
    items,
    (item) => item.names,
    async (wave) => {
      waves.push(wave);
      return wave.map(({ id }) => `answer ${id}`);
    },
  );
  return { items, waves, answers };
}

describe('inWaves', () => {
  it('takes one turn when nothing is named twice, and none for nothing', async () => {
    expect((await run([['a'], ['b'], ['c', 'd']])).waves).toHaveLength(1);
    expect((await run([])).waves).toHaveLength(0);
  });

  it('names nothing twice in a turn, keeps the order of a name, answers each', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(names, { maxLength: 12 }), async (all) => {
        const { items, waves, answers } = await run(all);
        expect(answers).toEqual(items.map(({ id }) => `answer ${id}`));
        for (const wave of waves) {
          const named = wave.flatMap((item) => item.names);
          expect(new Set(named).size).toBe(named.length);
        }
        for (const name of ['a', 'b', 'c', 'd']) {
          const ids = waves.flat().flatMap((item) => (item.names.includes(name) ? [item.id] : []));
          expect(ids).toEqual(ids.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});
