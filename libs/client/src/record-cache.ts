/** What a row holds; `undefined` is known to be absent. */
interface Row {
  readonly value: unknown;
}

/**
 * Rows of a store in memory, the least recently used dropped first. Only what is on the disk gets in here: read from it,
 * or written to it with success. The store has one owner, so nobody else changes a row behind this one's back.
 */
export class RecordCache {
  readonly #rows = new Map<string, Row>();

  constructor(private readonly mostRows: number) {}

  get(key: string): Row | undefined {
    const row = this.#rows.get(key);
    if (!row) return undefined;
    this.#rows.delete(key);
    this.#rows.set(key, row);
    return row;
  }

  set(key: string, value: unknown): void {
    this.#rows.delete(key);
    this.#rows.set(key, { value });
    if (this.#rows.size <= this.mostRows) return;
    const [oldest] = this.#rows.keys();
    if (oldest !== undefined) this.#rows.delete(oldest);
  }

  /** What became of these rows is not known: they are read again. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) this.#rows.delete(key);
  }
}
