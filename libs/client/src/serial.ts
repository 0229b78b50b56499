/** Runs what it is given one after the other, in the order of the calls; a failure is the caller's and stops nobody else. */
export class Serial {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when everything asked for so far has ended. */
  idle(): Promise<unknown> {
    return this.#tail;
  }
}

/** One `Serial` per key, forgotten when idle. */
export class SerialByKey {
  readonly #lines = new Map<string, { line: Serial; waiting: number }>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const entry = this.#lines.get(key) ?? { line: new Serial(), waiting: 0 };
    this.#lines.set(key, entry);
    entry.waiting += 1;
    try {
      return await entry.line.run(work);
    } finally {
      entry.waiting -= 1;
      if (entry.waiting === 0) this.#lines.delete(key);
    }
  }

  async idle(): Promise<void> {
    await Promise.all([...this.#lines.values()].map(({ line }) => line.idle()));
  }
}
