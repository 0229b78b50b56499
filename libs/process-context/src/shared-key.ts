import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toBytes, type Bytes } from '@causeway/message-model';
import { refusePathOpenToOthers, StartupProblem } from '@causeway/platform';

const KEY_BYTES = 32;

/** A key of 32 bytes shared by the processes of one data folder; whoever comes first makes it, and nobody ever sees half of one. */
export async function sharedKey(folder: string, name: string): Promise<Bytes> {
  return sharedFile({ folder, name, sizeBytes: KEY_BYTES, make: () => randomBytes(KEY_BYTES) });
}

/** The same for any secret. Throws `StartupProblem` when what is there is not of the size that is wanted. */
export async function sharedFile(file: {
  readonly folder: string;
  readonly name: string;
  readonly sizeBytes?: number;
  readonly make: () => Uint8Array;
}): Promise<Bytes> {
  await mkdir(file.folder, { recursive: true, mode: 0o700 });
  const path = join(file.folder, file.name);
  refusePathOpenToOthers(file.folder);
  refusePathOpenToOthers(path);
  const key = (await readKey(path)) ?? (await makeKey(path, file.make()));
  if (file.sizeBytes === undefined || key.length === file.sizeBytes) return key;
  throw new StartupProblem(`The key file ${file.name} is damaged.`, 'Restore it from where the data folder came from.');
}

async function readKey(path: string): Promise<Bytes | undefined> {
  try {
    return toBytes(await readFile(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A link fails when the name is taken: then the other process's key is the one. */
async function makeKey(path: string, secret: Uint8Array): Promise<Bytes> {
  const made = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(made, 'wx', 0o600);
  try {
    await file.writeFile(secret);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(made, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(made);
  }
  return toBytes(await readFile(path));
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
