import { toBytes, type Bytes } from '@causeway/message-model';
import type { ProtocolCollection, ProtocolStore } from '../protocol-store.js';

/** A device's state in memory, slow enough that unserialised operations would interleave. */
export class MemoryProtocolStore implements ProtocolStore {
  readonly #entries: Map<string, Bytes>;

  constructor(entries: ReadonlyMap<string, Bytes> = new Map()) {
    this.#entries = new Map(entries);
  }

  async get(collection: ProtocolCollection, key: string): Promise<Bytes | undefined> {
    await pause();
    const value = this.#entries.get(`${collection}/${key}`);
    return value && toBytes(value);
  }

  async put(collection: ProtocolCollection, key: string, value: Bytes): Promise<void> {
    await pause();
    this.#entries.set(`${collection}/${key}`, toBytes(value));
  }

  async delete(collection: ProtocolCollection, key: string): Promise<void> {
    await pause();
    this.#entries.delete(`${collection}/${key}`);
  }

  keys(collection: ProtocolCollection): string[] {
    return [...this.#entries.keys()].filter((key) => key.startsWith(`${collection}/`));
  }

  /** What a restart finds. */
  copy(): MemoryProtocolStore {
    return new MemoryProtocolStore(this.#entries);
  }

  snapshot(): ReadonlyMap<string, Bytes> {
    return new Map(this.#entries);
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
