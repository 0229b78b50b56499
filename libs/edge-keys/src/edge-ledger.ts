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
import { DurableTurns } from './durable-turns.js';
import type { Ledger, SentAttempt } from './ledger.js';
import { LedgerShelf } from './ledger-shelf.js';
import { preparePrivateFolder } from './private-folder.js';

const DURABLE = { sync: true } as const;
/** Digits of a time in a key, so that keys sort by time. */
const TIME_DIGITS = 12;

/**
 * What an edge remembers for itself, so that a database that was wiped, restored or tampered with cannot make it trust
 * another key or send a message twice. Every write is on disk when its call returns; calls run one after another, and share the
 * writing: a disk takes as long for one entry as for a hundred.
 * Its database lock also keeps a second process out of the folder.
 */
export class EdgeLedger implements Ledger {
  readonly #database: ClassicLevel;
  readonly #turns = new DurableTurns(() => this.#write());
  readonly #pins;
  readonly #versions;
  readonly #sent;
  readonly #due;

  private constructor(database: ClassicLevel) {
    this.#database = database;
    this.#pins = new LedgerShelf(database.sublevel<string, Uint8Array>('pin', { valueEncoding: 'view' }));
    this.#versions = new LedgerShelf(database.sublevel('version'));
    this.#sent = new LedgerShelf(database.sublevel('sent'));
    this.#due = new LedgerShelf(database.sublevel('due'));
  }

  /** Opens the ledger in an edge's key folder. Throws when the folder is open to others or another process has it. */
  static async open({ folder }: { readonly folder: string }): Promise<EdgeLedger> {
    await preparePrivateFolder(folder);
    const path = join(folder, 'ledger');
    await mkdir(path, { recursive: true, mode: 0o700 });
    const database = new ClassicLevel(path);
    await database.open();
    const ledger = new EdgeLedger(database);
    await Promise.all(ledger.#shelves.map((shelf) => shelf.open()));
    return ledger;
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

  async close(): Promise<void> {
    await this.#turns.idle();
    await this.#database.close();
  }

  /** Pins the first key seen of an account. `changed`: another key is pinned, and stays pinned. */
  async pinAccountKey(
    tenant: TenantId,
    account: AccountId,
    key: Uint8Array,
  ): Promise<'first-use' | 'same' | 'changed'> {
    const owner = ownerKey(tenant, account);
    // what is so already waits for nobody's writing
    const known = this.#pins.onDisk(owner);
    if (known && equalBytes(known, key)) return 'same';
    return this.#turns.run(() => {
      const pinned = this.#pins.get(owner);
      if (pinned) return equalBytes(pinned, key) ? 'same' : 'changed';
      this.#pins.put(owner, toBytes(key));
      return 'first-use';
    });
  }

  /** Pins another key in place of the one pinned, and forgets the list version, which was signed by the old one. */
  replaceAccountKey(tenant: TenantId, account: AccountId, key: Uint8Array): Promise<void> {
    return this.#turns.run(() => {
      const owner = ownerKey(tenant, account);
      this.#versions.remove(owner);
      this.#pins.put(owner, toBytes(key));
    });
  }

  /** Forgets an account that was erased: its key and its list version. The wish was checked by the key that is pinned. */
  forgetAccount(tenant: TenantId, account: AccountId): Promise<void> {
    return this.#turns.run(() => {
      const owner = ownerKey(tenant, account);
      this.#pins.remove(owner);
      this.#versions.remove(owner);
    });
  }

  async accountKey(tenant: TenantId, account: AccountId): Promise<Bytes | undefined> {
    const pinned = this.#pins.onDisk(ownerKey(tenant, account));
    return pinned && toBytes(pinned);
  }

  /** 0 before the first list. */
  async highestListVersion(tenant: TenantId, account: AccountId): Promise<number> {
    return Number(this.#versions.onDisk(ownerKey(tenant, account)) ?? 0);
  }

  /** Remembers a verified list's version. `older`: a newer list was seen, and this one must not be used. */
  async acceptListVersion(tenant: TenantId, account: AccountId, version: number): Promise<'newer' | 'same' | 'older'> {
    const owner = ownerKey(tenant, account);
    if (this.#versions.onDisk(owner) === String(version)) return 'same';
    return this.#turns.run(() => {
      const highest = Number(this.#versions.get(owner) ?? 0);
      if (version <= highest) return version === highest ? 'same' : 'older';
      this.#versions.put(owner, String(version));
      return 'newer';
    });
  }

  /**
   * Right before a carrier is called. `known`: this very attempt was begun before, so do not call. `notAfter` (Unix
   * seconds) is the moment after which nobody could send the message anyway.
   */
  rememberSent(input: SentAttempt & { readonly notAfter: number }): Promise<'first' | 'known'> {
    return this.#turns.run(() => {
      const key = attemptKey(input);
      if (this.#sent.get(key) !== undefined) return 'known';
      this.#sent.put(key, String(input.notAfter));
      this.#due.put(dueKey(input.notAfter, key), '');
      return 'first';
    });
  }

  /** Whether any attempt of the message was begun and not retracted. */
  async wasSent(messageId: MessageId): Promise<boolean> {
    // '"' is the character after '!'
    const keys = await this.#sent.keys({ gte: `${messageId}!`, lt: `${messageId}"`, limit: 1 });
    return keys.length > 0;
  }

  /** Takes back an attempt that certainly did not reach the carrier, so that another may be made. Unknown ones are fine. */
  retractSent(attempt: SentAttempt): Promise<void> {
    return this.#turns.run(() => {
      const key = attemptKey(attempt);
      const notAfter = this.#sent.get(key);
      if (notAfter !== undefined) this.#forget(dueKey(Number(notAfter), key));
    });
  }

  /** Forgets attempts whose `notAfter` is before `now` (Unix seconds); returns how many. Pins and versions stay. */
  async forgetPast(now: number): Promise<number> {
    const past = await this.#due.keys({ lt: dueKey(now, '') });
    return this.#turns.run(() => {
      for (const due of past) this.#forget(due);
      return past.length;
    });
  }

  #forget(due: string): void {
    this.#due.remove(due);
    this.#sent.remove(due.slice(TIME_DIGITS + 1));
  }

  get #shelves() {
    return [this.#pins, this.#versions, this.#sent, this.#due] as const;
  }

  async #write(): Promise<void> {
    const shelves = this.#shelves;
    const operations = shelves.flatMap((shelf) => shelf.operations());
    try {
      if (operations.length > 0) await this.#database.batch(operations, DURABLE);
    } finally {
      for (const shelf of shelves) shelf.settle();
    }
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
