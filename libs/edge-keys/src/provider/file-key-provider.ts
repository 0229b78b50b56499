import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import { openAes, sealAes } from '../aes-box.js';
import { overwriteFile, readPrivateFile, syncFolder, writePrivateFile } from '../private-folder.js';
import {
  checkedPurpose,
  decodeWrapped,
  encodeWrapped,
  KeyProviderAway,
  wrappingAad,
  type KeyContext,
  type KeyProvider,
} from './key-provider.js';

const WRAPPING_KEY_BYTES = 32;
const HEX = '[0-9a-f]{32}';

/**
 * Wrapping keys as small files of a folder that only its owner may enter. A key that is destroyed is overwritten before it is removed; on
 * storage that does not write in place (flash, copy-on-write) its 32 bytes may outlive that: such a volume wants encryption of its own.
 */
export class FileKeyProvider implements KeyProvider {
  readonly kind = 'file';

  constructor(private readonly folder: string) {}

  async makeKey(purpose: string): Promise<string> {
    const keyId = `${checkedPurpose(purpose)}-${randomBytes(16).toString('hex')}`;
    const key = randomBytes(WRAPPING_KEY_BYTES);
    await this.#reach(async () => {
      await writePrivateFile(this.#fileOf(keyId), key);
      await syncFolder(this.folder);
    });
    key.fill(0);
    return keyId;
  }

  async wrap(context: KeyContext, keyId: string, secret: Uint8Array): Promise<Bytes> {
    const key = await this.#read(context.purpose, keyId);
    if (!key) throw new KeyProviderAway(this.kind);
    const box = sealAes(key, secret, wrappingAad(context, keyId));
    key.fill(0);
    return encodeWrapped(keyId, box);
  }

  async unwrap(context: KeyContext, wrapped: Uint8Array): Promise<Bytes | undefined> {
    const read = decodeWrapped(wrapped);
    const key = read && (await this.#read(context.purpose, read.keyId));
    if (!read || !key) return undefined;
    const secret = openAes(key, read.box, wrappingAad(context, read.keyId));
    key.fill(0);
    return secret;
  }

  destroyAllBut(purpose: string, keyId: string): Promise<void> {
    return this.#reach(async () => {
      const others = new RegExp(`^wrapping-${checkedPurpose(purpose)}-${HEX}\\.key$`);
      const names = await readdir(this.folder);
      for (const name of names.filter((each) => others.test(each) && each !== `wrapping-${keyId}.key`)) {
        await overwriteFile(join(this.folder, name), randomBytes(WRAPPING_KEY_BYTES));
        await rm(join(this.folder, name));
      }
      await syncFolder(this.folder);
    });
  }

  async check(): Promise<void> {
    await this.#reach(() => stat(this.folder));
  }

  async close(): Promise<void> {
    // there is nothing open between two calls
  }

  #read(purpose: string, keyId: string): Promise<Bytes | undefined> {
    return this.#reach(async () => {
      if (!new RegExp(`^${checkedPurpose(purpose)}-${HEX}$`).test(keyId)) return undefined;
      const key = await readPrivateFile(this.#fileOf(keyId));
      // no file in a folder that is there was destroyed; without the folder nothing is known
      if (!key) await stat(this.folder);
      return key?.length === WRAPPING_KEY_BYTES ? key : undefined;
    });
  }

  #fileOf(keyId: string): string {
    return join(this.folder, `wrapping-${keyId}.key`);
  }

  /** What the file system refuses is a provider that is away; what is unsafe stays a problem for a person. */
  async #reach<Result>(act: () => Promise<Result>): Promise<Result> {
    try {
      return await act();
    } catch (cause) {
      if (cause instanceof StartupProblem || !isRefusedByFileSystem(cause)) throw cause;
      throw new KeyProviderAway(this.kind, { cause });
    }
  }
}

const AWAY = new Set([
  'ENOENT',
  'ENOTDIR',
  'EIO',
  'ESTALE',
  'EACCES',
  'EPERM',
  'ENODEV',
  'EROFS',
  'ENOSPC',
  'ETIMEDOUT',
]);

const isRefusedByFileSystem = (thrown: unknown): boolean =>
  typeof thrown === 'object' &&
  thrown !== null &&
  'code' in thrown &&
  typeof thrown.code === 'string' &&
  AWAY.has(thrown.code);
