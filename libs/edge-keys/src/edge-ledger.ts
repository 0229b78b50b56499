import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  equalBytes,
  toBytes,
  type AccountId,
  type Bytes,
  type MessageId,
  type TenantId,
} from '@causeway/message-model';
import { ClassicLevel } from 'classic-level';
import type { Ledger, SentAttempt } from './ledger.js';
import { preparePrivateFolder } from './private-folder.js';
import { Serial } from './serial.js';

const DURABLE = { sync: true } as const;
/** Digits of a time in a key, so that keys sort by time. */
const TIME_DIGITS = 12;

/**
 * What an edge remembers for itself, so that a database that was wiped, restored or tampered with cannot make it trust
 * another key or send a message twice. Every write is on disk when its call returns; calls run one after another.
 * Its database lock also keeps a second process out of the folder.
 */
export class EdgeLedger implements Ledger {
  readonly #database: ClassicLevel;
  readonly #serial = new Serial();
  readonly #pins;
  readonly #versions;
  readonly #sent;
  readonly #due;

  private constructor(database: ClassicLevel) {
    this.#database = database;
    this.#pins = database.sublevel<string, Uint8Array>('pin', { valueEncoding: 'view' });
    this.#versions = database.sublevel('version');
    this.#sent = database.sublevel('sent');
    this.#due = database.sublevel('due');
  }

  /** Opens the ledger in an edge's key folder. Throws when the folder is open to others or another process has it. */
  static async open({ folder }: { readonly folder: string }): Promise<EdgeLedger> {
    await preparePrivateFolder(folder);
    const path = join(folder, 'ledger');
    await mkdir(path, { recursive: true, mode: 0o700 });
    const database = new ClassicLevel(path);
    await database.open();
    return new EdgeLedger(database);
  }

  /** The same; `undefined` when another process has it. */
  static async openUnlessLocked(input: { readonly folder: string }): Promise<EdgeLedger | undefined> {
    try {
      return await EdgeLedger.open(input);
    } catch (error) {
      if (isLocked(error)) return undefined;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#serial.run(() => this.#database.close());
  }

  /** Pins the first key seen of an account. `changed`: another key is pinned, and stays pinned. */
  pinAccountKey(tenant: TenantId, account: AccountId, key: Uint8Array): Promise<'first-use' | 'same' | 'changed'> {
    return this.#serial.run(async () => {
      const pinned = await this.#pins.get(ownerKey(tenant, account));
      if (pinned) return equalBytes(pinned, key) ? 'same' : 'changed';
      const pin = { type: 'put', sublevel: this.#pins, key: ownerKey(tenant, account), value: toBytes(key) } as const;
      await this.#database.batch([pin], DURABLE);
      return 'first-use';
    });
  }

  /** Pins another key in place of the one pinned, and forgets the list version, which was signed by the old one. */
  replaceAccountKey(tenant: TenantId, account: AccountId, key: Uint8Array): Promise<void> {
    return this.#serial.run(async () => {
      const owner = ownerKey(tenant, account);
      await this.#database.batch(
        [
          { type: 'del', sublevel: this.#versions, key: owner },
          { type: 'put', sublevel: this.#pins, key: owner, value: toBytes(key) },
        ],
        DURABLE,
      );
    });
  }

  async accountKey(tenant: TenantId, account: AccountId): Promise<Bytes | undefined> {
    const pinned = await this.#pins.get(ownerKey(tenant, account));
    return pinned && toBytes(pinned);
  }

  /** 0 before the first list. */
  async highestListVersion(tenant: TenantId, account: AccountId): Promise<number> {
    return Number((await this.#versions.get(ownerKey(tenant, account))) ?? 0);
  }

  /** Remembers a verified list's version. `older`: a newer list was seen, and this one must not be used. */
  acceptListVersion(tenant: TenantId, account: AccountId, version: number): Promise<'newer' | 'same' | 'older'> {
    return this.#serial.run(async () => {
      const highest = await this.highestListVersion(tenant, account);
      if (version <= highest) return version === highest ? 'same' : 'older';
      const entry = {
        type: 'put',
        sublevel: this.#versions,
        key: ownerKey(tenant, account),
        value: String(version),
      } as const;
      await this.#database.batch([entry], DURABLE);
      return 'newer';
    });
  }

  /**
   * Right before a carrier is called. `known`: this very attempt was begun before, so do not call. `notAfter` (Unix
   * seconds) is the moment after which nobody could send the message anyway.
   */
  rememberSent(input: SentAttempt & { readonly notAfter: number }): Promise<'first' | 'known'> {
    return this.#serial.run(async () => {
      const key = attemptKey(input);
      if ((await this.#sent.get(key)) !== undefined) return 'known';
      await this.#database.batch(
        [
          { type: 'put', sublevel: this.#sent, key, value: String(input.notAfter) },
          { type: 'put', sublevel: this.#due, key: dueKey(input.notAfter, key), value: '' },
        ],
        DURABLE,
      );
      return 'first';
    });
  }

  /** Whether any attempt of the message was begun and not retracted. */
  async wasSent(messageId: MessageId): Promise<boolean> {
    // '"' is the character after '!'
    const keys = await this.#sent.keys({ gte: `${messageId}!`, lt: `${messageId}"`, limit: 1 }).all();
    return keys.length > 0;
  }

  /** Takes back an attempt that certainly did not reach the carrier, so that another may be made. Unknown ones are fine. */
  retractSent(attempt: SentAttempt): Promise<void> {
    return this.#serial.run(async () => {
      const key = attemptKey(attempt);
      const notAfter = await this.#sent.get(key);
      if (notAfter !== undefined) await this.#forget([dueKey(Number(notAfter), key)]);
    });
  }

  /** Forgets attempts whose `notAfter` is before `now` (Unix seconds); returns how many. Pins and versions stay. */
  forgetPast(now: number): Promise<number> {
    return this.#serial.run(async () => {
      const past = await this.#due.keys({ lt: dueKey(now, '') }).all();
      await this.#forget(past);
      return past.length;
    });
  }

  #forget(dueKeys: readonly string[]): Promise<void> {
    const operations = dueKeys.flatMap((due) => [
      { type: 'del' as const, sublevel: this.#due, key: due },
      { type: 'del' as const, sublevel: this.#sent, key: due.slice(TIME_DIGITS + 1) },
    ]);
    return this.#database.batch(operations, DURABLE);
  }
}

const isLocked = (error: unknown): boolean =>
  error instanceof Error &&
  typeof error.cause === 'object' &&
  error.cause !== null &&
  'code' in error.cause &&
  error.cause.code === 'LEVEL_LOCKED';

const ownerKey = (tenant: TenantId, account: AccountId): string => `${tenant}!${account}`;
const attemptKey = ({ messageId, attempt }: SentAttempt): string => `${messageId}!${attempt}`;
const dueKey = (time: number, rest: string): string => `${String(time).padStart(TIME_DIGITS, '0')}!${rest}`;
