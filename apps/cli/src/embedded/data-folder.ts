import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupProblem } from '@causeway/platform';

/** Makes the data folder, or finds out that nothing can be kept in it, before anything is started. */
export async function openDataFolder(folder: string): Promise<void> {
  const probe = join(folder, `.write-test-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    const code = error instanceof Object && 'code' in error ? String(error.code) : 'unknown';
    throw new StartupProblem(
      `The data folder ${folder} cannot be written (${code}).`,
      'Give this user the right to write there, or choose another with CAUSEWAY_DATA_FOLDER.',
      { cause: error },
    );
  }
}
