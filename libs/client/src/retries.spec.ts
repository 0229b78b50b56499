import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Retries } from './retries.js';

const MINUTE_MS = 60_000;

let tried: string[];
let retries: Retries;
beforeEach(() => {
  jest.useFakeTimers();
  tried = [];
  retries = new Retries((address) => void tried.push(address));
});
afterEach(() => {
  retries.close();
  jest.useRealTimers();
});

describe('what could not be submitted', () => {
  it('is tried again after a second at most, then later each time', () => {
    for (const withinMs of [1_000, 2_000, 4_000]) {
      retries.later('a', 0);
      jest.advanceTimersByTime(withinMs / 2 - 1);
      expect(tried).toEqual([]);
      jest.advanceTimersByTime(withinMs / 2 + 1);
      expect(tried.splice(0)).toEqual(['a']);
    }
  });

  it('is tried at once, one shortly after the other and once, when the gateway is back', () => {
    retries.later('a', 0);
    retries.later('b', 0);
    retries.hurry();
    jest.advanceTimersByTime(1);
    expect(tried).toEqual(['a']);
    jest.advanceTimersByTime(10);
    expect(tried).toEqual(['a', 'b']);
    jest.advanceTimersByTime(MINUTE_MS);
    expect(tried).toEqual(['a', 'b']);
  });

  it('waits for the time that the gateway named, whatever comes between', () => {
    retries.later('a', MINUTE_MS);
    retries.hurry();
    jest.advanceTimersByTime(MINUTE_MS - 1);
    expect(tried).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(tried).toEqual(['a']);
  });
});
