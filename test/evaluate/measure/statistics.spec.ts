import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { binomialAtMost, bootstrapUpper, lowerBound, precision, quantile, upperBound } from './statistics.js';

describe('the exact bound', () => {
  it.each([
    [2_995, 0],
    [4_742, 1],
    [6_294, 2],
    [7_752, 3],
  ])('of %i honest units with %i hits is just 0.1 %%', (units, hits) => {
    expect(upperBound(hits, units)).toBeLessThanOrEqual(0.001);
    expect(upperBound(hits, units - 1)).toBeGreaterThan(0.001);
  });

  it('agrees with published values', () => {
    // no hit: 1 - 0.05^(1/n); and the two-sided 95 % interval of 4 in 20 is 5.73 % to 43.66 %
    expect(upperBound(0, 30)).toBeCloseTo(1 - 0.05 ** (1 / 30), 10);
    expect(lowerBound(4, 20, 0.975)).toBeCloseTo(0.0573, 4);
    expect(upperBound(4, 20, 0.975)).toBeCloseTo(0.4366, 4);
  });

  it('lies above the rate, comes nearer with more units, and is 1 where nothing was seen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.nat({ max: 2_000 }), (units, some) => {
        const hits = some % units;
        expect(upperBound(hits, units)).toBeGreaterThan(hits / units);
        expect(upperBound(hits * 2, units * 2)).toBeLessThan(upperBound(hits, units));
        expect(lowerBound(hits, units)).toBeLessThanOrEqual(hits / units);
      }),
      { numRuns: 50 },
    );
    expect(upperBound(0, 0)).toBe(1);
    expect(upperBound(5, 5)).toBe(1);
  });
});

it('binomial probabilities are those of a coin', () => {
  expect(binomialAtMost(0, 2, 0.5)).toBeCloseTo(0.25, 12);
  expect(binomialAtMost(1, 2, 0.5)).toBeCloseTo(0.75, 12);
  expect(binomialAtMost(2, 2, 0.5)).toBe(1);
});

it('a quantile is a value that was seen', () => {
  expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(quantile([5, 1, 4, 2, 3], 0.9)).toBe(5);
  expect(quantile([], 0.5)).toBeUndefined();
});

describe('the bootstrap over senders', () => {
  it('is wider when all hits are of one sender than when they are of many', () => {
    const many = Array.from({ length: 200 }, (_, index) => ({ hits: index < 10 ? 1 : 0, units: 10 }));
    const one = Array.from({ length: 200 }, (_, index) => ({ hits: index < 1 ? 10 : 0, units: 10 }));
    const options = { rounds: 500, seed: 7 };
    expect(bootstrapUpper(one, options)).toBeGreaterThan(bootstrapUpper(many, options));
    expect(bootstrapUpper(many, options)).toBeGreaterThan(10 / 2_000);
  });

  it('comes out the same for the same seed', () => {
    const senders = Array.from({ length: 50 }, (_, index) => ({ hits: index % 7 === 0 ? 1 : 0, units: 3 }));
    expect(bootstrapUpper(senders, { rounds: 200, seed: 3 })).toBe(bootstrapUpper(senders, { rounds: 200, seed: 3 }));
  });
});

it('precision falls with prevalence', () => {
  expect(precision({ prevalence: 0.5, recall: 1, falsePositiveRate: 0 })).toBe(1);
  expect(precision({ prevalence: 0.01, recall: 0.99, falsePositiveRate: 0.001 })).toBeCloseTo(0.909, 3);
});
