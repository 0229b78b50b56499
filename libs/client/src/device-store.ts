import { join } from 'node:path';
import { z } from 'zod';
import { CachedLevel } from './cached-level.js';
import { openFolderKeys, type FolderLock } from './folder-key.js';
import { SealedLevel } from './sealed-level.js';
import { Serial } from './serial.js';
import { StagedUnit, Unsettled, type Collection, type NamedRecord, type UnitOfWork } from './staged-unit.js';

export type { Collection, NamedRecord, UnitOfWork } from './staged-unit.js';

/** How long an unsettled unit waits for another one to take it to the disk, milliseconds. */
const UNSETTLED_MS = 2000;

/**
 * Everything one device keeps. Units run one at a time: Signal sessions have no lock of their own, and two operations on
 * one session that overlap damage it for good. Nothing inside a unit may wait for the network.
 */
export class DeviceStore {
  readonly #units = new Serial();
  readonly #unsettled = new Unsettled();
  #timer: NodeJS.Timeout | undefined;
  #done = 0;
  #settled = 0;

  private constructor(private readonly level: CachedLevel) {}

  static async open(folder: string, lock: FolderLock): Promise<DeviceStore> {
    const keys = await openFolderKeys(folder, lock);
    return new DeviceStore(new CachedLevel(await SealedLevel.open(join(folder, 'store'), keys)));
  }

  /** A unit that throws leaves no trace. On the disk when it returns, and everything before it. */
  unit<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return this.#units.run(async () => {
      const staged = this.#stage();
      const result = await work(staged);
      await this.#end(staged);
      return result;
    });
  }

  /**
   * A unit that every later one sees, and that goes to the disk with the next of them that does, or soon: a crash in between undoes it, never
   * without everything after it. For what nobody outside was promised yet and what would be learnt again; call `settle` before promising it.
   * Its effects wait for the disk.
   */
  unsettledUnit<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return this.#units.run(async () => {
      const staged = this.#stage();
      const result = await work(staged);
      if (!staged.hasChanges || staged.isScrubbing) {
        await this.#end(staged);
        return result;
      }
      this.#unsettled.take(staged);
      this.#done += 1;
      this.#timer ??= setTimeout(() => void this.settle(this.#done).catch(() => undefined), UNSETTLED_MS).unref();
      return result;
    });
  }

  /** Names what was done so far, for `settle`. */
  get position(): number {
    return this.#done;
  }

  /** Returns when everything up to this position is on the disk; writes only when nothing later took it there. */
  async settle(position: number): Promise<void> {
    if (this.#settled >= position) return;
    await this.#units.run(async () => {
      if (this.#settled < position) await this.#write(this.#stage());
    });
  }

  /** Scrubs what a process that died still owed. */
  resumeScrub(): Promise<void> {
    return this.#units.run(() => this.#payScrub());
  }

  async #end(staged: StagedUnit): Promise<void> {
    if (!staged.hasChanges && !staged.isScrubbing) return staged.takeEffect();
    for (const row of staged.scrubbed) staged.put(OWED, `${row.collection}\n${row.name}`, row);
    const effects = await this.#save(staged);
    try {
      if (staged.isScrubbing) await this.#payScrub();
    } finally {
      for (const effect of effects) effect();
    }
  }

  async #payScrub(): Promise<void> {
    const owed = await this.#stage().list(OWED);
    if (owed.length === 0) return;
    await this.level.scrub(owed.map(({ record }) => record));
    const paid = this.#stage();
    for (const { name } of owed) paid.delete(OWED, name);
    await this.#write(paid);
  }

  #stage(): StagedUnit {
    return new StagedUnit(this.level, this.#unsettled);
  }

  async #write(staged: StagedUnit): Promise<void> {
    for (const effect of await this.#save(staged)) effect();
  }

  /** With everything unsettled, all or nothing; returns what is to happen then. A failure leaves that unsettled, for the next to try. */
  async #save(staged: StagedUnit): Promise<readonly (() => void)[]> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.level.write(this.#unsettled.with(staged));
    if (staged.hasChanges) this.#done += 1;
    this.#settled = this.#done;
    return [...this.#unsettled.clear(), ...staged.effects];
  }

  async get<T>(collection: Collection<T>, name: string): Promise<T | undefined> {
    return this.#stage().get(collection, name);
  }

  /** In the line of the units: what goes to the disk while it is read would be in neither half of the answer. Not for use within a unit. */
  list<T>(collection: Collection<T>): Promise<NamedRecord<T>[]> {
    return this.#units.run(() => this.#stage().list(collection));
  }

  put<T>(collection: Collection<T>, name: string, record: T): Promise<void> {
    return this.unit(async (unit) => unit.put(collection, name, record));
  }

  async close(): Promise<void> {
    await this.#units.idle();
    await this.settle(this.#done);
    await this.level.close();
  }
}

/** Rows whose former values are still to be scrubbed: written with the change itself. */
const OWED: Collection<{ collection: string; name: string }> = {
  name: 'scrub',
  schema: z.object({ collection: z.string(), name: z.string() }),
};
