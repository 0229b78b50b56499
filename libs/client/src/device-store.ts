import { join } from 'node:path';
import { toBytes, type Bytes } from '@causeway/message-model';
import type { z } from 'zod';
import { openFolderKeys, type FolderLock } from './folder-key.js';
import { SealedLevel } from './sealed-level.js';
import { Serial } from './serial.js';

/** A named kind of record; whatever is read back passes its schema. */
export interface Collection<T> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
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
  /** Runs once the unit is on the disk, in order; never when it was thrown away. */
  afterCommit(effect: () => void): void;
}

/**
 * Everything one device keeps. Units run one at a time: Signal sessions have no lock of their own, and two operations on
 * one session that overlap damage it for good. Nothing inside a unit may wait for the network.
 */
export class DeviceStore {
  readonly #units = new Serial();

  private constructor(private readonly level: SealedLevel) {}

  static async open(folder: string, lock: FolderLock): Promise<DeviceStore> {
    const keys = await openFolderKeys(folder, lock);
    return new DeviceStore(await SealedLevel.open(join(folder, 'store'), keys));
  }

  /** A unit that throws leaves no trace. */
  unit<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return this.#units.run(async () => {
      const staged = new StagedUnit(this.level);
      const result = await work(staged);
      await staged.commit();
      return result;
    });
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

interface StagedChange {
  readonly collection: string;
  readonly name: string;
  readonly value: unknown;
}

class StagedUnit implements UnitOfWork {
  readonly #changes = new Map<string, StagedChange>();
  readonly #effects: (() => void)[] = [];

  constructor(private readonly level: SealedLevel) {}

  async get<T>(collection: Collection<T>, name: string): Promise<T | undefined> {
    const value = await this.#read(collection.name, name);
    return value === undefined ? undefined : collection.schema.parse(value);
  }

  async list<T>(collection: Collection<T>): Promise<NamedRecord<T>[]> {
    const rows = new Map((await this.level.list(collection.name)).map(({ name, value }) => [name, value]));
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

  afterCommit(effect: () => void): void {
    this.#effects.push(effect);
  }

  async commit(): Promise<void> {
    if (this.#changes.size > 0) await this.level.write([...this.#changes.values()]);
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
