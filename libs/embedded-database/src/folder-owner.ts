import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupProblem } from '@causeway/platform';
import { describeProcess } from './running-process.js';

/** The one process that may start and stop the server of a folder. A process that died without a word loses it. */
export class FolderOwner {
  private constructor(private readonly file: string) {}

  /** Throws `StartupProblem` when another live process holds the folder. */
  static async take(folder: string): Promise<FolderOwner> {
    const file = join(folder, 'owner');
    const [pid, ...description] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
    const holder = Number(pid);
    if (holder > 0 && holder !== process.pid && (await describeProcess(holder)) === description.join('\n')) {
      throw new StartupProblem(
        `Another Causeway (process ${holder}) uses the database in ${folder}.`,
        'Stop it first, or choose another CAUSEWAY_DATA_FOLDER.',
      );
    }
    await writeFile(file, `${process.pid}\n${(await describeProcess(process.pid)) ?? ''}`);
    return new FolderOwner(file);
  }

  async release(): Promise<void> {
    await rm(this.file, { force: true });
  }
}
