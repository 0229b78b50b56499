import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { ClassicLevel } from 'classic-level';
import { concatBytes, decodeCbor, encodeCbor, utf8, type Bytes } from '@causeway/message-model';
import type { FolderKeys } from './folder-key.js';

export interface SealedChange {
  readonly collection: string;
  readonly name: string;
  /** `undefined` deletes. */
  readonly value: unknown;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCES_AT_ONCE = 64;
const MOST_NAMES = 512;

/**
 * A LevelDB that shows nothing but sizes: names are HMACs, values AES-256-GCM with their key as associated data, so that
 * two rows cannot be exchanged. Values are CBOR. The name lies inside the value, so that a collection can be listed.
 */
export class SealedLevel {
  private readonly prefixes = new Map<string, string>();
  /** Those of the rows that are in use now. */
  private readonly names = new Map<string, string>();
  /** Lists under way, and the scrub they wait for. */
  private readonly readings = new Set<Promise<unknown>>();
  private scrubbing: Promise<void> | undefined;
  private random: Uint8Array = new Uint8Array();
  private usedRandom = 0;

  private constructor(
    private readonly level: ClassicLevel<string, Uint8Array>,
    private readonly keys: FolderKeys,
  ) {}

  /** Fails when another process holds the folder: a device has one session state and therefore one owner. */
  static async open(location: string, keys: FolderKeys): Promise<SealedLevel> {
    const level = new ClassicLevel<string, Uint8Array>(location, { keyEncoding: 'utf8', valueEncoding: 'view' });
    await level.open();
    return new SealedLevel(level, keys);
  }

  /** Synchronous: a row is small and nearly always in memory already, and a trip to the thread pool costs more than the read. */
  get(collection: string, name: string): unknown {
    const key = this.keyOf(collection, name);
    const sealed = this.level.getSync(key);
    return sealed === undefined ? undefined : this.unseal(key, sealed).value;
  }

  /** Every row of a collection, in no meaningful order. */
  async list(collection: string): Promise<{ readonly name: string; readonly value: unknown }[]> {
    while (this.scrubbing) await this.scrubbing;
    const reading = this.read(this.prefixOf(collection));
    this.readings.add(reading);
    try {
      return await reading;
    } finally {
      this.readings.delete(reading);
    }
  }

  private async read(prefix: string): Promise<{ readonly name: string; readonly value: unknown }[]> {
    const rows = [];
    for await (const [key, sealed] of this.level.iterator({ gte: prefix, lt: `${prefix}~` }))
      rows.push(this.unseal(key, sealed));
    return rows;
  }

  /** All or nothing, and on the disk when it returns. */
  async write(changes: readonly SealedChange[]): Promise<void> {
    await this.level.batch(
      changes.map(({ collection, name, value }) => {
        const key = this.keyOf(collection, name);
        return value === undefined
          ? { type: 'del' as const, key }
          : { type: 'put' as const, key, value: this.seal(key, name, value) };
      }),
      { sync: true },
    );
  }

  /**
   * What these rows held before, and rows that were deleted, are in no file any more when it returns. A deletion or a new value of LevelDB is
   * a further row; the old one stays in the log, and in a table until both meet in a compaction. The rows are written once more in between,
   * because what is young enough to be in the log alone becomes a table of its own first, with all its versions. Nobody reads meanwhile: a
   * reader keeps every version that was there when it began, and the files with them. One at a time.
   */
  async scrub(rows: readonly { readonly collection: string; readonly name: string }[]): Promise<void> {
    const keys = rows.map(({ collection, name }) => this.keyOf(collection, name)).toSorted();
    const [first] = keys;
    const last = keys.at(-1);
    if (first === undefined || last === undefined) return;
    const scrubbing = this.rewrite(keys, [first, `${last}~`]);
    this.scrubbing = scrubbing.then(
      () => undefined,
      () => undefined,
    );
    try {
      await scrubbing;
    } finally {
      this.scrubbing = undefined;
    }
  }

  private async rewrite(keys: readonly string[], range: readonly [from: string, to: string]): Promise<void> {
    await Promise.allSettled(this.readings);
    await this.level.compactRange(...range);
    await this.level.batch(
      keys.map((key) => {
        const value = this.level.getSync(key);
        return value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value };
      }),
      { sync: true },
    );
    await this.level.compactRange(...range);
  }

  close(): Promise<void> {
    return this.level.close();
  }

  private seal(key: string, name: string, value: unknown): Bytes {
    const nonce = this.nonce();
    const cipher = createCipheriv('aes-256-gcm', this.keys.valueKey, nonce).setAAD(utf8(key));
    return concatBytes(nonce, cipher.update(encodeCbor([name, value])), cipher.final(), cipher.getAuthTag());
  }

  /** From a store of random bytes: asking for twelve at a time costs more than sealing with them. No byte is used twice. */
  private nonce(): Uint8Array {
    if (this.usedRandom + NONCE_BYTES > this.random.length) {
      this.random = randomBytes(NONCE_BYTES * NONCES_AT_ONCE);
      this.usedRandom = 0;
    }
    this.usedRandom += NONCE_BYTES;
    return this.random.subarray(this.usedRandom - NONCE_BYTES, this.usedRandom);
  }

  private unseal(key: string, sealed: Uint8Array): { name: string; value: unknown } {
    const decipher = createDecipheriv('aes-256-gcm', this.keys.valueKey, sealed.subarray(0, NONCE_BYTES));
    decipher.setAAD(utf8(key)).setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
    const row = decodeCbor(concatBytes(decipher.update(body), decipher.final()));
    if (!Array.isArray(row) || typeof row[0] !== 'string') throw new Error('a row of the device folder is not ours');
    return { name: row[0], value: row[1] };
  }

  private prefixOf(collection: string): string {
    const known = this.prefixes.get(collection);
    if (known !== undefined) return known;
    const prefix = createHmac('sha256', this.keys.nameKey).update(collection).digest('base64url').slice(0, 11);
    this.prefixes.set(collection, prefix);
    return prefix;
  }

  private keyOf(collection: string, name: string): string {
    const clear = `${collection}\n${name}`;
    const known = this.names.get(clear);
    if (known !== undefined) return known;
    const hidden = createHmac('sha256', this.keys.nameKey)
      .update(encodeCbor([collection, name]))
      .digest('base64url');
    const key = `${this.prefixOf(collection)}${hidden}`;
    if (this.names.size >= MOST_NAMES) this.names.clear();
    this.names.set(clear, key);
    return key;
  }
}
