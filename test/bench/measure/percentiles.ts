/** Milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Times in milliseconds, collected one by one and read as percentiles. */
export class Percentiles {
  private readonly values: number[] = [];
  private isSorted = true;

  constructor(values: readonly number[] = []) {
    for (const value of values) this.add(value);
  }

  add(value: number): void {
    this.values.push(value);
    this.isSorted = false;
  }

  get count(): number {
    return this.values.length;
  }

  get latency(): Latency {
    return { p50: this.at(0.5), p99: this.at(0.99), max: this.at(1) };
  }

  /** `rank` from 0 to 1; NaN when nothing was collected. */
  at(rank: number): number {
    if (!this.isSorted) {
      this.values.sort((a, b) => a - b);
      this.isSorted = true;
    }
    return this.values[Math.min(this.values.length - 1, Math.floor(rank * this.values.length))] ?? Number.NaN;
  }
}
