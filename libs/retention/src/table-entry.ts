/** Who can make use of a column: `edge` means that it is sealed or keyed, and only the edge has the key. */
export type Reader = 'gateway' | 'worker' | 'edge' | 'devices';

/** PROTOCOL 7: sealed (content, address, external id), transit (routing metadata) or registry (long-lived). */
export type StorageClass = 'sealed' | 'transit' | 'registry';

export interface TableEntry {
  readonly table: string;
  readonly lifetime: string;
  readonly readers: readonly Reader[];
  readonly defaultClass: StorageClass;
  /** Who can open its sealed columns; without it the edge alone. */
  readonly sealedFor?: Reader;
  /** Column -> purpose; a purpose that starts with `sealed:` marks a column of that class in another table's midst. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Processes that may read what is not sealed. */
export const SERVERS = ['gateway', 'worker', 'edge'] as const satisfies readonly Reader[];
