import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toBytes, type Bytes } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';

/** A key of 32 bytes shared by the processes of one data folder; whoever comes first makes it. */
export async function sharedKey(folder: string, name: string): Promise<Bytes> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(randomBytes(32));
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof Object && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const key = toBytes(await readFile(path));
  if (key.length !== 32) throw new StartupProblem(`The key file ${name} is damaged.`, 'Restore it from where the data folder came from.');
  return key;
}
