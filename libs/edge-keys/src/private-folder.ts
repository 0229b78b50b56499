import { constants } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toBytes, type Bytes } from '@causeway/message-model';
import { refuseOpenToOthers } from '@causeway/platform';

const OWNER_ONLY = 0o600;

/** Makes the folder with mode 0700, or refuses one that anyone but its owner may enter. */
export async function preparePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  refuseOpenToOthers(folder, (await stat(folder)).mode, 'folder');
}

/** The bytes of a file only its owner may touch; `undefined` when there is none; throws on a wider mode or a link. */
export async function readPrivateFile(path: string): Promise<Bytes | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    refuseOpenToOthers(path, (await file.stat()).mode, 'file');
    return toBytes(await file.readFile());
  } finally {
    await file.close();
  }
}

/** Writes a new file with mode 0600, down to the disk. Throws when there is one of that name. */
export async function writePrivateFile(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', OWNER_ONLY);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes over a file in place, down to the disk; its length stays. */
export async function overwriteFile(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(bytes, 0, bytes.length, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes names that were added, renamed or removed in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(join(folder, '.'), constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
