import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { concatBytes, decodeExactCbor, encodeCbor, toBytes, utf8, type Bytes } from './bytes.js';

/** One thing that was purged. Nothing in it names a message, a person or a number. Times are Unix milliseconds. */
export interface PurgeEntry {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** What it was of: a table, or the track of a key. */
  readonly class: string;
  /** The partition or the key. */
  readonly keyId: string;
  /** Of a partition an estimate, see `rowsAre`; 1 for a key or a hold. */
  readonly rows: number;
  readonly sizeBytes: number;
  /** Of a key: first bytes of a digest, by which a copy of it could be told. */
  readonly keyCheck: string | null;
  readonly droppedAt: number | null;
  readonly destroyedAt: number | null;
  /** What a look at the files found afterwards: `no-bytes-left`, `bytes-left`, `unchecked`. */
  readonly scan: string | null;
  readonly previousHash: Bytes;
}

const COUNTED = /^(key|hold)-/;

/**
 * What `rows` of an entry is. Of a partition it is what PostgreSQL's own counters said just before it went, in which a crash of the
 * database or a busy moment leaves some out: counting anew would take as long as there are rows. That the partition is gone does not
 * depend on it, and `sizeBytes` is exact.
 */
export const rowsAre = (entry: Pick<PurgeEntry, 'class'>): 'counted' | 'estimated' =>
  COUNTED.test(entry.class) ? 'counted' : 'estimated';

/** An entry as it is stored and given out: the bytes that were hashed, and the signature over sequence and hash. */
export interface SignedPurgeEntry {
  readonly entry: Bytes;
  readonly signature: Bytes;
}

/** The end of the ledger at some moment. Whoever remembers one notices when the ledger is later cut or rewritten. */
export interface LedgerHead {
  readonly sequence: number;
  readonly hash: Bytes;
  readonly signature: Bytes;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Bytes;
}

const ENTRY_LABEL = 'causeway-purge-entry-v1';
const HEAD_LABEL = 'causeway-purge-head-v1';
/** What the first entry names as the hash before it. */
export const LEDGER_START: Bytes = new Uint8Array(32);

/** Deterministic: the same entry has the same bytes. */
export const encodePurgeEntry = (entry: PurgeEntry): Bytes =>
  encodeCbor([
    entry.sequence,
    entry.class,
    entry.keyId,
    entry.rows,
    entry.sizeBytes,
    entry.keyCheck,
    entry.droppedAt,
    entry.destroyedAt,
    entry.scan,
    entry.previousHash,
  ]);

/** Undefined for bytes that are no entry, or not the one way to write it. */
export function decodePurgeEntry(bytes: Uint8Array): PurgeEntry | undefined {
  const fields = arrayIn(bytes);
  if (fields?.length !== 10) return undefined;
  const [sequence, name, keyId, rows, sizeBytes, keyCheck, droppedAt, destroyedAt, scan, previousHash] = fields;
  if (!isCount(sequence) || !isCount(rows) || !isCount(sizeBytes)) return undefined;
  if (typeof name !== 'string' || typeof keyId !== 'string') return undefined;
  if (!isTextOrNull(keyCheck) || !isTextOrNull(scan) || !isCountOrNull(droppedAt) || !isCountOrNull(destroyedAt))
    return undefined;
  if (!(previousHash instanceof Uint8Array) || previousHash.length !== 32) return undefined;
  const entry = { sequence, class: name, keyId, rows, sizeBytes, keyCheck, droppedAt, destroyedAt, scan };
  return { ...entry, previousHash: toBytes(previousHash) };
}

/** SHA-256; the chain is that every entry holds the hash of the one before it. */
export const purgeEntryHash = (entry: Uint8Array): Bytes =>
  toBytes(
    createHash('sha256')
      .update(concatBytes(utf8(ENTRY_LABEL), entry))
      .digest(),
  );

/** Whether the holder of the key said that the ledger ended so. */
export function isSignedHead(head: LedgerHead): boolean {
  const key = publicKeyOf(head.publicKey);
  return key !== undefined && verify(null, headForm(head.sequence, head.hash), key, head.signature);
}

/** Signs entries. `seed` is the private key, 32 bytes. */
export class LedgerSigner {
  readonly publicKey: Bytes;
  private readonly key: KeyObject;

  constructor(seed: Uint8Array) {
    this.key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.key).export({ format: 'der', type: 'spki' });
    this.publicKey = toBytes(spki.subarray(spki.length - 32));
  }

  sign(sequence: number, hash: Uint8Array): Bytes {
    return toBytes(sign(null, headForm(sequence, hash), this.key));
  }
}

/** RFC 8410: what stands before the 32 bytes of a key. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

const headForm = (sequence: number, hash: Uint8Array): Bytes => encodeCbor([HEAD_LABEL, sequence, toBytes(hash)]);

function publicKeyOf(bytes: Uint8Array): KeyObject | undefined {
  if (bytes.length !== 32) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI_ED25519, bytes]), format: 'der', type: 'spki' });
}

function arrayIn(bytes: Uint8Array): readonly unknown[] | undefined {
  try {
    const value = decodeExactCbor(bytes);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isCountOrNull = (value: unknown): value is number | null => value === null || isCount(value);
const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';
