import type { AbstractBatchOperation, AbstractSublevel } from 'abstract-level';
import type { ClassicLevel } from 'classic-level';

type Sublevel<Value> = AbstractSublevel<ClassicLevel, string | Buffer | Uint8Array, string, Value>;
export type LedgerOperation = AbstractBatchOperation<ClassicLevel, string, unknown>;

/** One kind of entries of a ledger, as they will be once what was put here and taken away is on disk. */
export class LedgerShelf<Value> {
  readonly #sublevel: Sublevel<Value>;
  /** Not on disk yet; undefined is one taken away. */
  readonly #changes = new Map<string, Value | undefined>();

  constructor(sublevel: Sublevel<Value>) {
    this.#sublevel = sublevel;
  }

  /** A sublevel opens in its own time, and cannot be read before. */
  open(): Promise<void> {
    return this.#sublevel.open();
  }

  onDisk(key: string): Value | undefined {
    return this.#sublevel.getSync(key);
  }

  get(key: string): Value | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.onDisk(key);
  }

  put(key: string, value: Value): void {
    this.#changes.set(key, value);
  }

  remove(key: string): void {
    this.#changes.set(key, undefined);
  }

  /** Keys on disk, in order. */
  keys(range: { readonly gte?: string; readonly lt: string; readonly limit?: number }): Promise<string[]> {
    return this.#sublevel.keys(range).all();
  }

  /** What brings the changes to disk. */
  operations(): LedgerOperation[] {
    const sublevel = this.#sublevel;
    return [...this.#changes].map(([key, value]) =>
      value === undefined ? { type: 'del', sublevel, key } : { type: 'put', sublevel, key, value },
    );
  }

  /** The changes are on disk, or never will be. */
  settle(): void {
    this.#changes.clear();
  }
}
