/** What was worked out lately, by the very bytes it was worked out of, so that an entry can never be out of date. */
export class Recent<Result> {
  readonly #results = new Map<string, Result>();

  constructor(private readonly most: number) {}

  get(key: string): Result | undefined {
    return this.#results.get(key);
  }

  /** The oldest goes when there are too many. */
  set(key: string, result: Result): void {
    this.#results.set(key, result);
    if (this.#results.size <= this.most) return;
    const [oldest] = this.#results.keys();
    if (oldest !== undefined) this.#results.delete(oldest);
  }
}

/** One text per sequence of byte strings of fixed or last-one-open length. */
export const keyOfBytes = (...parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('latin1');
