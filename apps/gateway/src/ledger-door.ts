import { Injectable } from '@nestjs/common';
import { decodePurgeEntry, rowsAre, type LedgerHead } from '@causeway/message-model';
import { Remembered } from '@causeway/platform';
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
  private readonly newest: Remembered<LedgerHead | undefined>;

  constructor(private readonly ledger: PurgeLedgerStore) {
    this.newest = new Remembered(async () => {
      const row = await ledger.head();
      return row && headOf(row);
    }, REMEMBERED_MS);
  }

  /** For every sync of every device, so it is read once for all of them. */
  head(): Promise<LedgerHead | undefined> {
    return this.newest.get();
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
  return {
    ...facts,
    rowsAre: rowsAre(read),
    droppedAt: iso(droppedAt),
    destroyedAt: iso(destroyedAt),
    entry,
    signature,
  };
}
