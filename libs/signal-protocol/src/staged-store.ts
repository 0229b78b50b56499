import type { Bytes } from '@causeway/message-model';
import type { ProtocolCollection, ProtocolStore } from './protocol-store.js';

interface Change {
  readonly collection: ProtocolCollection;
  readonly key: string;
  readonly value: Bytes | undefined;
}

/**
 * One operation's view of the store: reads go through, writes wait for `commit`. A message that fails to decrypt, which
 * anyone can send, so leaves nothing behind.
 */
export class StagedStore {
  readonly #store: ProtocolStore;
  readonly #changes = new Map<string, Change>();
  #failure: { readonly error: unknown } | undefined;
  #missed = false;

  constructor(store: ProtocolStore) {
    this.#store = store;
  }

  async get(collection: ProtocolCollection, key: string): Promise<Bytes | undefined> {
    const change = this.#changes.get(`${collection}/${key}`);
    return change ? change.value : this.guard(() => this.#store.get(collection, key));
  }

  /** Throws when there is no such key, as libsignal's pre-key stores must; `missedKey` tells afterwards. */
  async need(collection: ProtocolCollection, key: string): Promise<Bytes> {
    const value = await this.get(collection, key);
    if (value) return value;
    this.#missed = true;
    throw new Error('no such pre-key');
  }

  put(collection: ProtocolCollection, key: string, value: Bytes): void {
    this.#changes.set(`${collection}/${key}`, { collection, key, value });
  }

  delete(collection: ProtocolCollection, key: string): void {
    this.#changes.set(`${collection}/${key}`, { collection, key, value: undefined });
  }

  get missedKey(): boolean {
    return this.#missed;
  }

  /** Notes that our side broke: libsignal makes an error of its own of it, which must not pass for a bad message. */
  async guard<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  rethrowFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Writes in the order of the first change to each key. */
  async commit(): Promise<void> {
    for (const { collection, key, value } of this.#changes.values()) {
      if (value) await this.#store.put(collection, key, value);
      else await this.#store.delete(collection, key);
    }
  }
}
