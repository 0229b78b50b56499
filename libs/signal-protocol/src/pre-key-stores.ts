import { createHash } from 'node:crypto';
import { toBase64Url, toBytes } from '@causeway/message-model';
import {
  KyberPreKeyRecord,
  KyberPreKeyStore,
  PreKeyRecord,
  PreKeyStore,
  SignedPreKeyRecord,
  SignedPreKeyStore,
  type PublicKey,
} from '@signalapp/libsignal-client';
import type { StagedStore } from './staged-store.js';

/** libsignal's one-time EC keys over one operation's view; it removes a key once a message that used it has decrypted. */
export class StagedPreKeys extends PreKeyStore {
  readonly #staged: StagedStore;

  constructor(staged: StagedStore) {
    super();
    this.#staged = staged;
  }

  override async savePreKey(id: number, record: PreKeyRecord): Promise<void> {
    this.#staged.put('pre-key', String(id), record.serialize());
  }

  override async getPreKey(id: number): Promise<PreKeyRecord> {
    return PreKeyRecord.deserialize(await this.#staged.need('pre-key', String(id)));
  }

  override async removePreKey(id: number): Promise<void> {
    this.#staged.delete('pre-key', String(id));
  }
}

/** libsignal's signed EC keys over one operation's view. */
export class StagedSignedPreKeys extends SignedPreKeyStore {
  readonly #staged: StagedStore;

  constructor(staged: StagedStore) {
    super();
    this.#staged = staged;
  }

  override async saveSignedPreKey(id: number, record: SignedPreKeyRecord): Promise<void> {
    this.#staged.put('signed-pre-key', String(id), record.serialize());
  }

  override async getSignedPreKey(id: number): Promise<SignedPreKeyRecord> {
    return SignedPreKeyRecord.deserialize(await this.#staged.need('signed-pre-key', String(id)));
  }
}

type KyberUse = 'one-time' | 'last-resort';
const USE_BYTE = { 'one-time': 0, 'last-resort': 1 } as const satisfies Record<KyberUse, number>;

/** One-time Kyber keys go once used; of a last-resort key every use is remembered, since a second is a replay. */
export class StagedKyberPreKeys extends KyberPreKeyStore {
  readonly #staged: StagedStore;

  constructor(staged: StagedStore) {
    super();
    this.#staged = staged;
  }

  override async saveKyberPreKey(id: number, record: KyberPreKeyRecord): Promise<void> {
    this.save(id, record, 'one-time');
  }

  save(id: number, record: KyberPreKeyRecord, use: KyberUse): void {
    this.#staged.put('kyber-pre-key', String(id), toBytes(Buffer.from([USE_BYTE[use], ...record.serialize()])));
  }

  override async getKyberPreKey(id: number): Promise<KyberPreKeyRecord> {
    const stored = await this.#staged.need('kyber-pre-key', String(id));
    return KyberPreKeyRecord.deserialize(stored.slice(1));
  }

  override async markKyberPreKeyUsed(id: number, signedId: number, baseKey: PublicKey): Promise<void> {
    const stored = await this.#staged.need('kyber-pre-key', String(id));
    if (stored[0] === USE_BYTE['one-time']) {
      this.#staged.delete('kyber-pre-key', String(id));
      return;
    }
    const base = toBase64Url(createHash('sha256').update(baseKey.serialize()).digest());
    const use = `${id}.${signedId}.${base}`;
    if (await this.#staged.get('kyber-used', use)) throw new Error('last-resort key used twice with one base key');
    this.#staged.put('kyber-used', use, new Uint8Array([1]));
  }
}
