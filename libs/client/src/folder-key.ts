import { createHmac, hkdfSync, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toBytes, type Bytes } from '@causeway/message-model';
import { z } from 'zod';

/** What opens a device folder: words a person knows, or a file of at least 32 random bytes kept elsewhere. */
export type FolderLock = { readonly passphrase: string } | { readonly keyFile: string };

export interface FolderKeys {
  /** AES-256-GCM key of every value. */
  readonly valueKey: Bytes;
  /** HMAC-SHA256 key that hides every name. */
  readonly nameKey: Bytes;
}

/** The folder exists, but neither this passphrase nor this key file opens it; trying again with the same one does not help. */
export class WrongFolderKeyError extends Error {
  override readonly name = 'WrongFolderKeyError';
  constructor() {
    super('the passphrase or key file does not open this device folder');
  }
}

const hex = (sizeBytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${sizeBytes * 2}}$`));

const headerSchema = z.object({
  format: z.literal('causeway-device-folder-v1'),
  kdf: z.discriminatedUnion('name', [
    z.object({
      name: z.literal('scrypt'),
      N: z
        .int()
        .min(2)
        .max(2 ** 20),
      r: z.int().min(1).max(32),
      p: z.int().min(1).max(16),
    }),
    z.object({ name: z.literal('key-file') }),
  ]),
  salt: hex(32),
  check: hex(32),
});

type Header = z.infer<typeof headerSchema>;

// OWASP password storage cheat sheet, scrypt: 32 MiB with three passes equals its 128 MiB recommendation with one.
const SCRYPT = { name: 'scrypt', N: 2 ** 15, r: 8, p: 3 } as const;
const SMALLEST_KEY_FILE_BYTES = 32;

/** Reads the folder's header, or writes a new one, and derives its two keys. */
export async function openFolderKeys(folder: string, lock: FolderLock): Promise<FolderKeys> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'folder.json');
  const existing = await readHeader(path);
  const salt = existing?.salt ?? randomBytes(32).toString('hex');
  const kdf = existing?.kdf ?? ('passphrase' in lock ? SCRYPT : ({ name: 'key-file' } as const));
  const root = await rootKey(lock, kdf, Buffer.from(salt, 'hex'));
  const check = createHmac('sha256', root).update('causeway-folder-check-v1').digest();
  if (!existing)
    await writeHeader(path, { format: 'causeway-device-folder-v1', kdf, salt, check: check.toString('hex') });
  else if (!timingSafeEqual(check, Buffer.from(existing.check, 'hex'))) throw new WrongFolderKeyError();
  const derive = (purpose: string): Bytes => toBytes(new Uint8Array(hkdfSync('sha256', root, '', purpose, 32)));
  return { valueKey: derive('causeway-folder-values-v1'), nameKey: derive('causeway-folder-names-v1') };
}

/** True when the folder already holds a device. */
export async function isDeviceFolder(folder: string): Promise<boolean> {
  return (await readHeader(join(folder, 'folder.json'))) !== undefined;
}

async function rootKey(lock: FolderLock, kdf: Header['kdf'], salt: Uint8Array): Promise<Uint8Array> {
  if (kdf.name === 'scrypt' && 'passphrase' in lock) return scryptKey(lock.passphrase, salt, kdf);
  if (kdf.name === 'key-file' && 'keyFile' in lock) {
    const secret = await readFile(lock.keyFile);
    if (secret.length < SMALLEST_KEY_FILE_BYTES) throw new Error('a key file needs at least 32 bytes');
    return new Uint8Array(hkdfSync('sha256', secret, salt, 'causeway-folder-root-v1', 32));
  }
  throw new WrongFolderKeyError();
}

function scryptKey(
  passphrase: string,
  salt: Uint8Array,
  cost: { N: number; r: number; p: number },
): Promise<Uint8Array> {
  const maxmem = 256 * cost.N * cost.r;
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, 32, { N: cost.N, r: cost.r, p: cost.p, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

async function readHeader(path: string): Promise<Header | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : headerSchema.parse(JSON.parse(text));
}

async function writeHeader(path: string, header: Header): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(header, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
