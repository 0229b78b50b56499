import { equalBytes, type Bytes } from './bytes.js';
import {
  decodePurgeEntry,
  isSignedHead,
  LEDGER_START,
  purgeEntryHash,
  type LedgerHead,
  type PurgeEntry,
  type SignedPurgeEntry,
} from './purge-ledger.js';

/** What is wrong with a ledger, and where it shows. */
export interface LedgerFault {
  readonly sequence: number;
  readonly why:
    | 'not-an-entry'
    /** A number is missing, stands twice or in another place. */
    | 'out-of-order'
    /** The entry before was changed after this one was written. */
    | 'chain-broken'
    /** Nobody with the key signed this. */
    | 'not-signed'
    /** What was shown of it in words is not what stands in its bytes. */
    | 'shown-otherwise'
    /** The ledger ends before a head that was seen. */
    | 'cut-short'
    /** The ledger goes another way than at a head that was seen: it was written anew. */
    | 'rewritten';
}

/** An entry as a gateway shows it: the bytes, and in words what is said to stand in them. Times as ISO 8601. */
export interface ShownPurgeEntry
  extends SignedPurgeEntry, Omit<PurgeEntry, 'droppedAt' | 'destroyedAt' | 'previousHash'> {
  readonly droppedAt: string | null;
  readonly destroyedAt: string | null;
}

/** What a check came to: the head there is now, or the first fault. */
export type LedgerVerdict =
  | { readonly kind: 'sound'; readonly head: LedgerHead | undefined }
  | { readonly kind: 'faulty'; readonly fault: LedgerFault };

/**
 * Reads a ledger from its beginning, entry by entry, with nothing but the public key and the heads that were seen before. Needs no memory
 * of what it read, so the ledger may be long.
 */
export class PurgeLedgerCheck {
  private hash: Bytes = LEDGER_START;
  private signature: Bytes = new Uint8Array();
  private sequence = 0;
  private fault: LedgerFault | undefined;
  private readonly awaited: Map<number, LedgerHead[]>;

  constructor(
    private readonly publicKey: Bytes,
    seen: readonly Pick<LedgerHead, 'sequence' | 'hash'>[] = [],
  ) {
    this.awaited = new Map();
    for (const { sequence, hash } of seen) {
      const head = { sequence, hash, signature: new Uint8Array(), publicKey };
      this.awaited.set(sequence, [...(this.awaited.get(sequence) ?? []), head]);
    }
  }

  /** The next entry. After a fault nothing more is looked at. */
  add(signed: SignedPurgeEntry | ShownPurgeEntry): void {
    this.fault ??= this.faultOf(signed);
    if (!this.fault && 'sequence' in signed && !isShownAsIs(signed))
      this.fault = { sequence: this.sequence, why: 'shown-otherwise' };
  }

  /** A fault was found: what comes after it says nothing. */
  get isFaulty(): boolean {
    return this.fault !== undefined;
  }

  verdict(): LedgerVerdict {
    if (this.fault) return { kind: 'faulty', fault: this.fault };
    const [missing] = [...this.awaited.keys()].filter((sequence) => sequence > 0).toSorted((a, b) => a - b);
    if (missing !== undefined) return { kind: 'faulty', fault: { sequence: missing, why: 'cut-short' } };
    if (this.sequence === 0) return { kind: 'sound', head: undefined };
    const { sequence, hash, signature, publicKey } = this;
    return { kind: 'sound', head: { sequence, hash, signature, publicKey } };
  }

  private faultOf({ entry: bytes, signature }: SignedPurgeEntry): LedgerFault | undefined {
    const sequence = this.sequence + 1;
    const entry = decodePurgeEntry(bytes);
    if (!entry) return { sequence, why: 'not-an-entry' };
    if (entry.sequence !== sequence) return { sequence, why: 'out-of-order' };
    if (!equalBytes(entry.previousHash, this.hash)) return { sequence, why: 'chain-broken' };
    const hash = purgeEntryHash(bytes);
    const { publicKey } = this;
    if (!isSignedHead({ sequence, hash, signature, publicKey })) return { sequence, why: 'not-signed' };
    if (this.awaited.get(sequence)?.some((head) => !equalBytes(head.hash, hash))) return { sequence, why: 'rewritten' };
    this.awaited.delete(sequence);
    [this.sequence, this.hash, this.signature] = [sequence, hash, signature];
    return undefined;
  }
}

function isShownAsIs(shown: ShownPurgeEntry): boolean {
  const read = decodePurgeEntry(shown.entry);
  const timeOf = (text: string | null): number | null => (text === null ? null : Date.parse(text));
  return (
    read !== undefined &&
    (['sequence', 'class', 'keyId', 'rows', 'sizeBytes', 'keyCheck', 'scan'] as const).every(
      (field) => read[field] === shown[field],
    ) &&
    read.droppedAt === timeOf(shown.droppedAt) &&
    read.destroyedAt === timeOf(shown.destroyedAt)
  );
}

/**
 * Reads a ledger page by page, to its end or its first fault. Whoever shows it may lie: a page without entries is the end, whatever it says
 * of more.
 */
export async function readPurgeLedger(
  check: PurgeLedgerCheck,
  pageAfter: (sequence: number) => Promise<{ readonly entries: readonly ShownPurgeEntry[]; readonly hasMore: boolean }>,
): Promise<LedgerVerdict> {
  for (let after = 0, isMore = true; isMore;) {
    const { entries, hasMore } = await pageAfter(after);
    for (const entry of entries) check.add(entry);
    after += entries.length;
    isMore = hasMore && entries.length > 0 && !check.isFaulty;
  }
  return check.verdict();
}

/** A whole ledger at once. */
export function checkPurgeLedger(
  entries: Iterable<SignedPurgeEntry>,
  trusted: { readonly publicKey: Bytes; readonly seen?: readonly Pick<LedgerHead, 'sequence' | 'hash'>[] },
): LedgerVerdict {
  const check = new PurgeLedgerCheck(trusted.publicKey, trusted.seen);
  for (const entry of entries) check.add(entry);
  return check.verdict();
}
