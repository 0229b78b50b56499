import {
  equalBytes,
  isSignedHead,
  PurgeLedgerCheck,
  readPurgeLedger,
  type LedgerHead,
  type LedgerVerdict,
} from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import { RECORDS, type SeenLedger } from './records.js';

/** Heads that are remembered; an old one is as good as many, and the newest says the most. */
const MOST_SEEN = 16;
const PAGE = 500;
/** A gateway may show what another showed a moment ago; an older end than the newest is not taken for a cut before this time is over. */
const LAG_MS = 60_000;

/** What is wrong with the purge ledger of the gateway, as far as its heads show. */
export type LedgerSuspicion = 'not-signed' | 'another-key' | 'cut-short' | 'rewritten';

/** Remembers the ends of the purge ledger that this device was shown, so that one which is cut or rewritten later is found out. */
export class LedgerMemory {
  constructor(private readonly context: DeviceContext) {}

  /** With every sync. What does not fit is told as `ledger` and not taken over. */
  async learn(head: LedgerHead | undefined): Promise<void> {
    const { store, events } = this.context;
    const known = await store.get(RECORDS.ledger, 'seen');
    const suspicion = suspicionOf(head, known, this.context.nowMs());
    if (suspicion) return events.emit('ledger', { why: suspicion, sequence: head?.sequence ?? 0 });
    if (!head || head.sequence <= (known?.seen.at(-1)?.sequence ?? 0)) return;
    const seen = [...(known?.seen ?? []), { sequence: head.sequence, hash: head.hash }].slice(-MOST_SEEN);
    const record = { publicKey: head.publicKey, seen, newestAtMs: this.context.nowMs() };
    await store.unsettledUnit(async (unit) => unit.put(RECORDS.ledger, 'seen', record));
  }

  /** The newest head that was seen; undefined before the first purge. */
  async head(): Promise<
    { readonly sequence: number; readonly hash: Uint8Array; readonly publicKey: Uint8Array } | undefined
  > {
    const known = await this.context.store.get(RECORDS.ledger, 'seen');
    const newest = known?.seen.at(-1);
    return known && newest && { ...newest, publicKey: known.publicKey };
  }

  /** Reads the whole ledger and holds it against every head that was seen. Undefined while there is none. */
  async check(): Promise<LedgerVerdict | undefined> {
    const known = await this.context.store.get(RECORDS.ledger, 'seen');
    if (!known) return undefined;
    const check = new PurgeLedgerCheck(known.publicKey, known.seen);
    return readPurgeLedger(check, (after) => this.context.api.ledger(after, PAGE));
  }
}

/** What is wrong with a head, held against those that were shown before. */
export function suspicionOf(
  head: LedgerHead | undefined,
  known: SeenLedger | undefined,
  nowMs: number,
): LedgerSuspicion | undefined {
  const newest = known?.seen.at(-1);
  if (!head) return newest ? 'cut-short' : undefined;
  if (known && !equalBytes(known.publicKey, head.publicKey)) return 'another-key';
  if (!isSignedHead(head)) return 'not-signed';
  const same = known?.seen.find(({ sequence }) => sequence === head.sequence);
  if (same && !equalBytes(same.hash, head.hash)) return 'rewritten';
  const isOlder = newest !== undefined && head.sequence < newest.sequence;
  return isOlder && nowMs > (known?.newestAtMs ?? 0) + LAG_MS ? 'cut-short' : undefined;
}
