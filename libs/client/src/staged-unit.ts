import { toBytes, type Bytes } from '@causeway/message-model';
import type { CachedLevel } from './cached-level.js';
import type { RecordSchema } from './remembered-schema.js';

/** A named kind of record; whatever is read back passes its schema. */
export interface Collection<T> {
  readonly name: string;
  readonly schema: RecordSchema<T>;
  /** Few and small: all of it is kept in memory once it was listed. */
  readonly isResident?: boolean;
}

export interface NamedRecord<T> {
  readonly name: string;
  readonly record: T;
}

/** Reads see the unit's own writes; nothing reaches the disk before the unit ends, and then all of it at once. */
export interface UnitOfWork {
  get<T>(collection: Collection<T>, name: string): Promise<T | undefined>;
  list<T>(collection: Collection<T>): Promise<NamedRecord<T>[]>;
  put<T>(collection: Collection<T>, name: string, record: T): void;
  delete<T>(collection: Collection<T>, name: string): void;
  getBytes(collection: string, name: string): Promise<Bytes | undefined>;
  putBytes(collection: string, name: string, bytes: Bytes): void;
  deleteBytes(collection: string, name: string): void;
  /** What this record holds now, or held, is to be in no file of the folder any more, also after a crash. */
  scrub<T>(collection: Collection<T>, name: string): void;
  /** Runs once the unit is on the disk, in order; never when it was thrown away. */
  afterCommit(effect: () => void): void;
}

interface StagedChange {
  readonly collection: string;
  readonly name: string;
  readonly value: unknown;
}

/** What is not on the disk yet, of units that have ended. */
export class Unsettled {
  readonly #changes = new Map<string, StagedChange>();
  #effects: (() => void)[] = [];

  get(key: string): StagedChange | undefined {
    return this.#changes.get(key);
  }

  get all(): Iterable<StagedChange> {
    return this.#changes.values();
  }

  take(unit: StagedUnit): void {
    for (const [key, change] of unit.changes) this.#changes.set(key, change);
    this.#effects.push(...unit.effects);
  }

  with(unit: StagedUnit): readonly StagedChange[] {
    return [...new Map([...this.#changes, ...unit.changes]).values()];
  }

  /** Everything is on the disk; what was to happen then. */
  clear(): readonly (() => void)[] {
    const effects = this.#effects;
    this.#effects = [];
    this.#changes.clear();
    return effects;
  }
}

/** Reads its own writes, then what is not settled yet, then the disk. */
export class StagedUnit implements UnitOfWork {
  readonly changes = new Map<string, StagedChange>();
  readonly effects: (() => void)[] = [];
  readonly scrubbed: { readonly collection: string; readonly name: string }[] = [];

  constructor(
    private readonly level: CachedLevel,
    private readonly unsettled: Unsettled,
  ) {}

  async get<T>(collection: Collection<T>, name: string): Promise<T | undefined> {
    const value = await this.#read(collection.name, name);
    return value === undefined ? undefined : collection.schema.parse(value);
  }

  async list<T>(collection: Collection<T>): Promise<NamedRecord<T>[]> {
    const rows = new Map(
      (await this.level.list(collection.name, collection.isResident ?? false)).map(({ name, value }) => [name, value]),
    );
    for (const change of [...this.unsettled.all, ...this.changes.values()])
      if (change.collection === collection.name) rows.set(change.name, change.value);
    return [...rows]
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name, record: collection.schema.parse(value) }));
  }

  put<T>(collection: Collection<T>, name: string, record: T): void {
    this.#stage(collection.name, name, record);
  }

  delete<T>(collection: Collection<T>, name: string): void {
    this.#stage(collection.name, name, undefined);
  }

  async getBytes(collection: string, name: string): Promise<Bytes | undefined> {
    const value = await this.#read(collection, name);
    return value instanceof Uint8Array ? toBytes(value) : undefined;
  }

  putBytes(collection: string, name: string, bytes: Bytes): void {
    this.#stage(collection, name, bytes);
  }

  deleteBytes(collection: string, name: string): void {
    this.#stage(collection, name, undefined);
  }

  scrub<T>(collection: Collection<T>, name: string): void {
    this.scrubbed.push({ collection: collection.name, name });
  }

  get isScrubbing(): boolean {
    return this.scrubbed.length > 0;
  }

  afterCommit(effect: () => void): void {
    this.effects.push(effect);
  }

  get hasChanges(): boolean {
    return this.changes.size > 0;
  }

  takeEffect(): void {
    for (const effect of this.effects) effect();
  }

  #stage(collection: string, name: string, value: unknown): void {
    this.changes.set(`${collection}\n${name}`, { collection, name, value });
  }

  async #read(collection: string, name: string): Promise<unknown> {
    const key = `${collection}\n${name}`;
    const staged = this.changes.get(key) ?? this.unsettled.get(key);
    return staged ? staged.value : this.level.get(collection, name);
  }
}
