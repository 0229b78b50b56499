import { randomInt } from 'node:crypto';

/** Choices that can be made again: print `seed`, and give it as `CAUSEWAY_TEST_SEED` to repeat a run. */
export class SeededRandom {
  readonly seed: number;
  private state: number;

  constructor(seed = Number(process.env['CAUSEWAY_TEST_SEED'] ?? randomInt(2 ** 31))) {
    this.seed = seed;
    this.state = seed >>> 0;
  }

  /** A whole number of both bounds or between them. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  shuffle<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, rank: this.next() }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
  }

  /** mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for a test. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
