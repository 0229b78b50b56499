import { expect, it } from '@jest/globals';
import { noSooner } from './no-sooner.js';

const LEAST_MS = 40;
/** Timers of Node round down by up to a millisecond. */
const MARGIN_MS = 2;

const took = async (work: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
};

it('answers with what the work came to, no sooner than said', async () => {
  let answer = '';
  const tookMs = await took(async () => {
    answer = await noSooner(LEAST_MS, Promise.resolve('done'));
  });
  expect(answer).toBe('done');
  expect(tookMs).toBeGreaterThanOrEqual(LEAST_MS - MARGIN_MS);
});

it('fails as the work does, and no sooner either', async () => {
  const tookMs = await took(() =>
    expect(noSooner(LEAST_MS, Promise.reject(new Error('broken')))).rejects.toThrow('broken'),
  );
  expect(tookMs).toBeGreaterThanOrEqual(LEAST_MS - MARGIN_MS);
});
