import { join } from 'node:path';
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
      if (staged.hasChanges) await this.#write(staged);
      else staged.takeEffect();
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
      if (!staged.hasChanges) {
        staged.takeEffect();
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

  #stage(): StagedUnit {
    return new StagedUnit(this.level, this.#unsettled);
  }

  /** With everything unsettled, all or nothing. A failure leaves that unsettled, for the next to try. */
  async #write(staged: StagedUnit): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.level.write(this.#unsettled.with(staged));
    if (staged.hasChanges) this.#done += 1;
    this.#settled = this.#done;
    for (const effect of this.#unsettled.clear()) effect();
    staged.takeEffect();
  }

  async get<T>(collection: Collection<T>, name: string): Promise<T | undefined> {
    return this.#stage().get(collection, name);
  }

  async list<T>(collection: Collection<T>): Promise<NamedRecord<T>[]> {
    return this.#stage().list(collection);
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
