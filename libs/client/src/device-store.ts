import { join } from 'node:path';
import { toBytes, type Bytes } from '@causeway/message-model';
import { z } from 'zod';
import { CachedLevel } from './cached-level.js';
import { openFolderKeys, type FolderLock } from './folder-key.js';
import type { RecordSchema } from './remembered-schema.js';
import { SealedLevel } from './sealed-level.js';
import { Serial } from './serial.js';

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

/**
 * Everything one device keeps. Units run one at a time: Signal sessions have no lock of their own, and two operations on
 * one session that overlap damage it for good. Nothing inside a unit may wait for the network.
 */
export class DeviceStore {
  readonly #units = new Serial();
  #written = 0;
  #synced = 0;

  private constructor(private readonly level: CachedLevel) {}

  static async open(folder: string, lock: FolderLock): Promise<DeviceStore> {
    const keys = await openFolderKeys(folder, lock);
    return new DeviceStore(new CachedLevel(await SealedLevel.open(join(folder, 'store'), keys)));
  }

  /** A unit that throws leaves no trace. On the disk when it returns, and everything before it. */
  unit<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return this.#run(work, { synced: true });
  }

  /**
   * A unit that a crash of this process does not undo, and a power cut only together with everything after it. For what
   * nobody outside was promised yet and what would be learnt again; call `settle` before promising it.
   */
  unsyncedUnit<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return this.#run(work, { synced: false });
  }

  /** Names what was written so far, for `settle`. */
  get position(): number {
    return this.#written;
  }

  /** Returns when everything up to this position is on the disk; writes only when nothing later took it there. */
  async settle(position: number): Promise<void> {
    if (this.#synced < position) await this.unit(async (unit) => unit.deleteBytes('settled', ''));
  }

  #run<T>(work: (unit: UnitOfWork) => Promise<T>, options: { readonly synced: boolean }): Promise<T> {
    return this.#units.run(async () => {
      const staged = new StagedUnit(this.level);
      const result = await work(staged);
      staged.oweScrub();
      if (staged.hasChanges) {
        await staged.write(options);
        this.#written += 1;
        if (options.synced) this.#synced = this.#written;
      }
      if (staged.isScrubbing) await this.#payScrub();
      staged.takeEffect();
      return result;
    });
  }

  /** Scrubs what a process that died still owed. */
  resumeScrub(): Promise<void> {
    return this.#units.run(() => this.#payScrub());
  }

  async #payScrub(): Promise<void> {
    const owed = await this.level.list(OWED, false);
    if (owed.length === 0) return;
    const rows = owed.map(({ value }) => owedSchema.parse(value));
    await this.level.scrub(rows);
    await this.level.write(
      owed.map(({ name }) => ({ collection: OWED, name, value: undefined })),
      { synced: false },
    );
  }

  async get<T>(collection: Collection<T>, name: string): Promise<T | undefined> {
    return new StagedUnit(this.level).get(collection, name);
  }

  async list<T>(collection: Collection<T>): Promise<NamedRecord<T>[]> {
    return new StagedUnit(this.level).list(collection);
  }

  put<T>(collection: Collection<T>, name: string, record: T): Promise<void> {
    return this.unit(async (unit) => unit.put(collection, name, record));
  }

  async close(): Promise<void> {
    await this.#units.idle();
    await this.level.close();
  }
}

/** Rows whose former values are still to be scrubbed. */
const OWED = 'scrub';
const owedSchema = z.object({ collection: z.string(), name: z.string() });

interface StagedChange {
  readonly collection: string;
  readonly name: string;
  readonly value: unknown;
}

class StagedUnit implements UnitOfWork {
  readonly #changes = new Map<string, StagedChange>();
  readonly #effects: (() => void)[] = [];
  readonly #scrubbed: z.output<typeof owedSchema>[] = [];

  constructor(private readonly level: CachedLevel) {}

  async get<T>(collection: Collection<T>, name: string): Promise<T | undefined> {
    const value = await this.#read(collection.name, name);
    return value === undefined ? undefined : collection.schema.parse(value);
  }

  async list<T>(collection: Collection<T>): Promise<NamedRecord<T>[]> {
    const rows = new Map(
      (await this.level.list(collection.name, collection.isResident ?? false)).map(({ name, value }) => [name, value]),
    );
    for (const change of this.#changes.values())
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
    this.#scrubbed.push({ collection: collection.name, name });
  }

  get isScrubbing(): boolean {
    return this.#scrubbed.length > 0;
  }

  /** The debt is written with the change itself. */
  oweScrub(): void {
    for (const row of this.#scrubbed) this.#stage(OWED, `${row.collection}\n${row.name}`, row);
  }

  afterCommit(effect: () => void): void {
    this.#effects.push(effect);
  }

  get hasChanges(): boolean {
    return this.#changes.size > 0;
  }

  async write(options: { readonly synced: boolean }): Promise<void> {
    await this.level.write([...this.#changes.values()], options);
  }

  takeEffect(): void {
    for (const effect of this.#effects) effect();
  }

  #stage(collection: string, name: string, value: unknown): void {
    this.#changes.set(`${collection}\n${name}`, { collection, name, value });
  }

  async #read(collection: string, name: string): Promise<unknown> {
    const staged = this.#changes.get(`${collection}\n${name}`);
    return staged ? staged.value : this.level.get(collection, name);
  }
}
