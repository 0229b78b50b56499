import { Injectable } from '@nestjs/common';
import { decodePurgeEntry, type LedgerHead } from '@causeway/message-model';
import type { LedgerRow, PurgeLedgerStore } from '@causeway/storage';

/** A purge writes a few entries an hour; what devices are told may be this old. */
const REMEMBERED_MS = 2_000;

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const headOf = ({ sequence, hash, signature, publicKey }: LedgerRow): LedgerHead => ({
  sequence,
  hash,
  signature,
  publicKey,
});

/** The purge ledger as it is given out. */
@Injectable()
export class LedgerDoor {
  private known: { readonly head: Promise<LedgerHead | undefined>; readonly untilMs: number } | undefined;

  constructor(private readonly ledger: PurgeLedgerStore) {}

  /** For every sync of every device, so it is read once for all of them. */
  head(): Promise<LedgerHead | undefined> {
    const nowMs = performance.now();
    if (this.known && nowMs < this.known.untilMs) return this.known.head;
    const head = this.ledger.head().then((row) => row && headOf(row));
    this.known = { head, untilMs: nowMs + REMEMBERED_MS };
    head.catch(() => (this.known = undefined));
    return head;
  }

  async page({ after, limit }: { readonly after: number; readonly limit: number }) {
    const [last, rows] = await Promise.all([this.ledger.head(), this.ledger.after(after, limit)]);
    const head = last && headOf(last);
    return { ...(head && { head }), entries: rows.map(shown), hasMore: rows.length === limit };
  }
}

function shown({ sequence, entry, signature }: LedgerRow) {
  const read = decodePurgeEntry(entry);
  if (!read) throw new Error(`entry ${sequence} of the purge ledger is not one`);
  const { previousHash: _, droppedAt, destroyedAt, ...facts } = read;
  return { ...facts, droppedAt: iso(droppedAt), destroyedAt: iso(destroyedAt), entry, signature };
}
