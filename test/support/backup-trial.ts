import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@causeway/platform';
import { KeepTombstones, tombstoneFilesOf } from '@causeway/retention';
import { readBackup, readTombstoneFile, restoreBackup, Stores, writeBackup } from '@causeway/storage';
import { freshDatabase } from './database.js';
import { InProcess, must } from './in-process.js';

/** One installation that is backed up, with the data folder of its worker, and what is restored of it. */
export class BackupTrial {
  /** Why files were set aside, as a worker says in its log. */
  readonly setAside: string[] = [];

  private constructor(
    readonly world: InProcess,
    readonly path: string,
    readonly dataFolder: string,
  ) {}

  static async open(folder: string): Promise<BackupTrial> {
    const dataFolder = await mkdtemp(join(folder, 'data-'));
    return new BackupTrial(await InProcess.open(), join(dataFolder, '..', `${Date.now()}.backup`), dataFolder);
  }

  backUp() {
    return writeBackup({ url: this.world.databaseUrl, path: this.path, now: this.world.clock.now() });
  }

  /** What a worker does beside the database. */
  keeping(of: Stores = this.world.stores, clock: Clock = this.world.clock): KeepTombstones {
    const settings = { dataFolder: this.dataFolder, backupDays: 35 };
    return new KeepTombstones(
      of.tombstones,
      clock,
      { tombstonesSetAside: (said) => this.setAside.push(said.reason) },
      settings,
    );
  }

  /** What stands in the files of the data folder. */
  async written() {
    const files = await Promise.all((await tombstoneFilesOf(this.dataFolder)).map(readTombstoneFile));
    return files.flatMap((file) => must(file).tombstones);
  }

  /** The same, brought up to now. */
  async tombstones() {
    await this.keeping().execute();
    return this.written();
  }

  /** Restores into a database that has nothing but its schema. */
  async restored(changes: Partial<Parameters<typeof restoreBackup>[0]> = {}) {
    const { url } = await freshDatabase();
    const backup = await readBackup(this.path);
    const input = { url, backup, region: 'local', replaces: false, withoutTombstones: false };
    const report = await restoreBackup({ ...input, tombstones: await this.tombstones(), ...changes });
    const stores = new Stores({ url });
    return { url, report, stores };
  }
}

/** Those that are about consent. */
export const consentsAmong = (of: Awaited<ReturnType<BackupTrial['written']>>) =>
  of.filter(({ table_name }) => table_name === 'consent');
