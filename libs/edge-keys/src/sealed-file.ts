import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeCbor, type Bytes } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import { readDocument, refuse } from '@causeway/signal-protocol';
import { openAes, sealAes } from './aes-box.js';
import { overwriteFile, readPrivateFile, syncFolder, writePrivateFile } from './private-folder.js';

const LABEL = 'causeway-sealed-keys-v1';
const SEALED_FILE = 'keys.sealed';
const SEALED_DRAFT = 'keys.sealed.draft';
const WRAPPING_FILE = /^wrapping-[0-9a-f]{32}\.key$/;
const WRAPPING_KEY_BYTES = 32;

/** What has reached the disk. A crash right after any of them loses nothing: the sealed file names the key it is under. */
export type ReplaceStep = 'wrapping-key-written' | 'draft-written' | 'draft-renamed' | 'old-key-destroyed';

/**
 * The plaintext of a folder's key file; `undefined` when the folder has none; throws when it is there and does not open.
 * Then finishes what an interrupted replacement began.
 */
export async function openSealedFile(folder: string): Promise<Bytes | undefined> {
  const bytes = await readPrivateFile(join(folder, SEALED_FILE));
  const plaintext = bytes && (await unwrap(folder, bytes));
  await destroyStrays(folder, plaintext?.wrappingFile);
  return plaintext?.plaintext;
}

async function unwrap(folder: string, bytes: Bytes): Promise<{ wrappingFile: string; plaintext: Bytes }> {
  const sealed = readDocument(bytes, (fields) => {
    fields.literal(LABEL);
    const wrappingFile = fields.text();
    if (!WRAPPING_FILE.test(wrappingFile)) refuse();
    return { wrappingFile, box: fields.bytes({ min: 1, max: bytes.length }) };
  });
  const wrappingKey = sealed && (await readPrivateFile(join(folder, sealed.wrappingFile)));
  if (!sealed || wrappingKey?.length !== WRAPPING_KEY_BYTES) throw unreadable(folder);
  const plaintext = openAes(wrappingKey, sealed.box, encodeCbor([LABEL, sealed.wrappingFile]));
  if (!plaintext) throw unreadable(folder);
  return { wrappingFile: sealed.wrappingFile, plaintext };
}

const unreadable = (folder: string): StartupProblem =>
  new StartupProblem(
    `The key file in ${folder} does not open: it was changed, or its wrapping key is gone.`,
    'Restore the whole folder from one copy, or start with an empty one and a new edge identity.',
  );

/**
 * Replaces the plaintext under a wrapping key of its own. Afterwards the old file, wherever a copy of its blocks may
 * rest, is noise. On storage that does not write in place (flash, copy-on-write) 32 old bytes may outlive this: such a
 * volume wants encryption of its own.
 */
export async function* replaceSealedFile(folder: string, plaintext: Uint8Array): AsyncGenerator<ReplaceStep> {
  const wrappingFile = `wrapping-${randomBytes(16).toString('hex')}.key`;
  const wrappingKey = randomBytes(WRAPPING_KEY_BYTES);
  await writePrivateFile(join(folder, wrappingFile), wrappingKey);
  await syncFolder(folder);
  yield 'wrapping-key-written';

  const box = sealAes(wrappingKey, plaintext, encodeCbor([LABEL, wrappingFile]));
  wrappingKey.fill(0);
  await rm(join(folder, SEALED_DRAFT), { force: true });
  await writePrivateFile(join(folder, SEALED_DRAFT), encodeCbor([LABEL, wrappingFile, box]));
  yield 'draft-written';

  await rename(join(folder, SEALED_DRAFT), join(folder, SEALED_FILE));
  await syncFolder(folder);
  yield 'draft-renamed';

  await destroyStrays(folder, wrappingFile);
  yield 'old-key-destroyed';
}

async function destroyStrays(folder: string, wrappingFileInUse: string | undefined): Promise<void> {
  await rm(join(folder, SEALED_DRAFT), { force: true });
  const names = await readdir(folder);
  for (const name of names.filter((each) => WRAPPING_FILE.test(each) && each !== wrappingFileInUse)) {
    await overwriteFile(join(folder, name), randomBytes(WRAPPING_KEY_BYTES));
    await rm(join(folder, name));
  }
  await syncFolder(folder);
}
