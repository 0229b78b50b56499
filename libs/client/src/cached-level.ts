import { RecordCache } from './record-cache.js';
import type { SealedChange, SealedLevel } from './sealed-level.js';

/** Sessions, identities, counters and messages under way of a few dozen conversations; a row has about one kilobyte. */
const MOST_ROWS = 512;

interface NamedValue {
  readonly name: string;
  readonly value: unknown;
}

/**
 * The encrypted store with its recent rows in memory. Memory follows the disk: a row gets in when it was read or when its
 * write has succeeded, and a write that failed takes its rows out. One write at a time.
 */
export class CachedLevel {
  readonly #rows = new RecordCache(MOST_ROWS);
  /** Whole collections, each by name. */
  readonly #residents = new Map<string, Map<string, unknown>>();
  #writes = 0;

  constructor(private readonly level: SealedLevel) {}

  get(collection: string, name: string): unknown {
    const key = keyOf(collection, name);
    const row = this.#rows.get(key);
    if (row) return row.value;
    const value = this.level.get(collection, name);
    this.#rows.set(key, value);
    return value;
  }

  /** In no meaningful order. `isResident`: few and small rows, kept in memory from now on. */
  async list(collection: string, isResident: boolean): Promise<readonly NamedValue[]> {
    const resident = this.#residents.get(collection);
    if (resident) return Array.from(resident, ([name, value]) => ({ name, value }));
    const writesBefore = this.#writes;
    const rows = await this.level.list(collection);
    // a write that began meanwhile may be in the list or not
    if (isResident && this.#writes === writesBefore)
      this.#residents.set(collection, new Map(rows.map(({ name, value }) => [name, value])));
    return rows;
  }

  async write(changes: readonly SealedChange[]): Promise<void> {
    this.#writes += 1;
    try {
      await this.level.write(changes);
    } catch (error) {
      this.#rows.forget(changes.map(({ collection, name }) => keyOf(collection, name)));
      this.#residents.clear();
      throw error;
    } finally {
      this.#writes += 1;
    }
    for (const change of changes) this.#keep(change);
  }

  /** See {@link SealedLevel.scrub}. */
  scrub(rows: readonly { readonly collection: string; readonly name: string }[]): Promise<void> {
    return this.level.scrub(rows);
  }

  close(): Promise<void> {
    return this.level.close();
  }

  #keep({ collection, name, value }: SealedChange): void {
    this.#rows.set(keyOf(collection, name), value);
    const resident = this.#residents.get(collection);
    if (value === undefined) resident?.delete(name);
    else resident?.set(name, value);
  }
}

const keyOf = (collection: string, name: string): string => `${collection}\n${name}`;
