import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../support/seeded-random.js';
import { medianDifference } from './median-difference.js';

const chance = new SeededRandom(5);
const random = (): number => chance.between(0, 1_000_000) / 1_000_000;
/** As answers are: most close together, some held up for long. */
const answerMs = (): number => 2 + random() + (random() < 0.05 ? 20 * random() : 0);
const differences = (pairs: number, addedMs: number): readonly number[] =>
  Array.from({ length: pairs }, () => answerMs() + addedMs - answerMs());

describe('the median difference', () => {
  it('finds half a millisecond among answers that vary by far more', () => {
    const found = medianDifference(differences(2_000, 0.5));
    expect(found).toMatchObject({ pairs: 2_000, isFound: true });
    expect(found.fromMs).toBeLessThan(0.5);
    expect(found.toMs).toBeGreaterThan(0.5);
  });

  it('finds it in whichever direction it is', () => {
    expect(medianDifference(differences(2_000, -0.5)).isFound).toBe(true);
  });

  it('finds nothing where nothing is, however long some answers take', () => {
    const runs = Array.from({ length: 200 }, () => medianDifference(differences(500, 0)));
    expect(runs.filter(({ isFound }) => isFound)).toEqual([]);
  });

  it('finds nothing in a machine that was busy for a part of the run', () => {
    const busy = [...differences(400, 0), ...differences(700, 5), ...differences(400, 0)];
    expect(medianDifference(busy)).toMatchObject({ isFound: false });
    expect(medianDifference(busy).fromMs).toBeGreaterThan(0.05);
  });

  it('claims nothing from too few pairs', () => {
    expect(medianDifference([0.5, -0.4, 3]).isFound).toBe(false);
  });
});
