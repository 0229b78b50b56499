import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { WEEK_MS } from './guard-store.js';
import { GuardKeyRing } from './key-ring.js';

const START = 2_950;
const at = (week: number): number => week * WEEK_MS + 5;
const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'causeway-guard-keys-'));

describe('the guard’s keys', () => {
  it('are the same for every process of a data folder', async () => {
    const path = join(await folder(), 'guard.keys');
    const rings = await Promise.all([1, 2, 3, 4].map(() => GuardKeyRing.open(path, at(START))));
    expect(new Set(rings.map((ring) => Buffer.from(ring.keyOf(START)).toString('hex'))).size).toBe(1);
    expect(rings[0]?.shardKey).toEqual(rings[3]?.shardKey);
  });

  it('reach from last week to the next, and no further', async () => {
    const ring = await GuardKeyRing.open(join(await folder(), 'guard.keys'), at(START));
    const keys = [START - 1, START, START + 1].map((week) => Buffer.from(ring.keyOf(week)).toString('hex'));
    expect(new Set(keys).size).toBe(3);
    expect(() => ring.keyOf(START - 2)).toThrow('destroyed');
  });

  it('are destroyed in memory and in the file once they are two weeks old', async () => {
    const path = join(await folder(), 'guard.keys');
    const ring = await GuardKeyRing.open(path, at(START));
    const old = Buffer.from(ring.keyOf(START - 1)).toString('base64');
    expect(await readFile(path, 'utf8')).toContain(old);
    await ring.turn(at(START + 1));
    expect(() => ring.keyOf(START - 1)).toThrow('destroyed');
    for (const name of await readdir(join(path, '..')))
      expect(await readFile(join(path, '..', name), 'utf8')).not.toContain(old);
  });

  it('keep this week’s and next week’s key over a turn, whoever turns first', async () => {
    const path = join(await folder(), 'guard.keys');
    const [one, two] = await Promise.all([GuardKeyRing.open(path, at(START)), GuardKeyRing.open(path, at(START))]);
    const next = one?.keyOf(START + 1);
    await Promise.all([one?.turn(at(START + 1)), two?.turn(at(START + 1))]);
    expect(two?.keyOf(START + 1)).toEqual(next);
    expect(two?.keyOf(START + 2)).toEqual(one?.keyOf(START + 2));
  });

  it('give a process that slept over weeks nothing old back', async () => {
    const path = join(await folder(), 'guard.keys');
    const ring = await GuardKeyRing.open(path, at(START));
    await ring.turn(at(START + 9));
    expect(() => ring.keyOf(START)).toThrow('destroyed');
    expect(ring.keyOf(START + 9)).toHaveLength(32);
  });
});
