import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@causeway/platform';
import type { TombstoneFile, TombstoneStore } from '@causeway/storage';

const DAY_MS = 24 * 3_600_000;

/** Name of the file in the data folder. */
export const TOMBSTONES_FILE = 'tombstones.json';

/**
 * Keeps a copy of what was taken back beside the database, so that the loss of the database does not bring it back to life: a restored backup
 * is corrected with it. Written whenever something changed, whole or not at all; what is older than any backup that may be restored goes.
 */
export class KeepTombstones {
  private written: string | undefined;

  constructor(
    private readonly tombstones: TombstoneStore,
    private readonly clock: Clock,
    private readonly config: { readonly dataFolder: string; readonly backupDays: number },
  ) {}

  async execute(): Promise<void> {
    await this.tombstones.forgetBefore(new Date(this.clock.nowMs() - this.config.backupDays * DAY_MS));
    const revision = await this.tombstones.revision();
    if (revision === this.written) return;
    const file: TombstoneFile = {
      format: 'causeway-tombstones-v1',
      writtenAt: this.clock.now().toISOString(),
      tombstones: [...(await this.tombstones.all())],
    };
    await this.write(JSON.stringify(file));
    this.written = revision;
  }

  private async write(text: string): Promise<void> {
    const path = join(this.config.dataFolder, TOMBSTONES_FILE);
    const draft = `${path}.${process.pid}.draft`;
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  }
}
