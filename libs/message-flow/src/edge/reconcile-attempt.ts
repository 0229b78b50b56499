import { canFetchStatus, canForget, canLookUp, type ClearAdapter } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import type { AttemptKey, AttemptRow, ClearMessage } from '@causeway/storage';
import { attemptRef } from './attempt-ref.js';
import type { EdgeContext } from './edge-context.js';
import { externalIdAad, numberAad } from './number-at-rest.js';
import type { RecordOutcome } from './record-outcome.js';
import { recordOf, type RecordReceipt } from './record-receipt.js';

/** Between two looks at an attempt whose outcome is unknown, and at one that waits for its receipt, milliseconds. */
const LOOK_UNKNOWN_MS = 3_000;
const LOOK_ACCEPTED_MS = 10 * 60_000;

/**
 * Finds out what became of an attempt that ended without a word: by asking the network, never by sending again blindly (P4). What the
 * network shows no trace of for five minutes is `unconfirmed`, or sent once more if the sender asked for that.
 */
export class ReconcileAttempt {
  constructor(
    private readonly edge: EdgeContext,
    private readonly outcome: RecordOutcome,
    private readonly receipt: RecordReceipt,
  ) {}

  async execute(key: AttemptKey): Promise<void> {
    const [message, rows] = await Promise.all([this.edge.attempts.message(key.ref), this.edge.attempts.of(key.ref)]);
    const row = rows.find((candidate) => candidate.attempt === key.attempt);
    const adapter = row && this.edge.adapters.get(row.network);
    if (!message || !row || !adapter) return;
    switch (row.outcome) {
      case 'started':
      case 'unknown':
        return this.findOut(message, row, adapter);
      case 'accepted':
      case 'sent':
        return this.askStatus(row, adapter);
      default:
        return this.haveForgotten(row, adapter);
    }
  }

  private async findOut(message: ClearMessage, row: AttemptRow, adapter: ClearAdapter): Promise<void> {
    const candidate = await this.search(message, row, adapter);
    if (candidate === 'not-asked') return this.lookLater(row, LOOK_UNKNOWN_MS);
    if (candidate) {
      await this.receipt.execute({ ...candidate, ref: attemptRef(row.ref, row.attempt) });
      return;
    }
    const silentMs = this.edge.clock.nowMs() - row.startedAt.getTime();
    if (silentMs < this.edge.times.unknownAbsentAfterMs) return this.lookLater(row, LOOK_UNKNOWN_MS);
    const key = { ref: row.ref, attempt: row.attempt };
    if (message.onUnknown === 'resend') {
      await this.outcome.writeAndWake({ ...key, outcome: 'not-sent', state: 'ready', leavesLane: false, lookAgainAt: null });
      return;
    }
    await this.outcome.writeAndWake({ ...key, outcome: 'unconfirmed', state: 'unconfirmed', leavesLane: true, lookAgainAt: null });
  }

  /** The one message from our number to theirs since then that no other attempt has. */
  private async search(message: ClearMessage, row: AttemptRow, adapter: ClearAdapter) {
    const from = this.edge.bridgeNumbers.get(row.bridgeNumberId);
    const to = await this.numberOf(message);
    if (!canLookUp(adapter) || from === undefined || to === undefined) return undefined;
    const answer = await adapter.lookUp({ from, to: new Plaintext(to), startedAtMs: row.startedAt.getTime() });
    if (answer.kind === 'unavailable') return 'not-asked';
    for (const candidate of answer.candidates) {
      if (await this.outcome.bind(row.ref, row.attempt, candidate.externalId)) return candidate;
    }
    return undefined;
  }

  private async numberOf(message: ClearMessage): Promise<string | undefined> {
    const contact = message.contact && (await this.edge.contacts.sealed(message.tenant, message.contact));
    const number = contact && this.edge.keys.openAtRest(contact.sealedNumber, numberAad(contact.tenant, contact.contact));
    return number ? Buffer.from(number).toString('utf8') : undefined;
  }

  private async askStatus(row: AttemptRow, adapter: ClearAdapter): Promise<void> {
    const externalId = this.externalIdOf(row);
    const status = externalId !== undefined && canFetchStatus(adapter) ? await adapter.fetchStatus(externalId) : undefined;
    const record = status?.kind === 'status' ? recordOf(status, this.edge.clock.nowMs()) : undefined;
    if (record) await this.outcome.writeAndWake({ ref: row.ref, attempt: row.attempt, ...record });
    if (record?.outcome === 'delivered' || record?.outcome === 'failed') return;
    const isSilent = this.edge.clock.nowMs() - row.startedAt.getTime() >= this.edge.times.unconfirmedAfterMs;
    if (!isSilent) return this.lookLater(row, LOOK_ACCEPTED_MS);
    const { ref, attempt } = row;
    await this.outcome.writeAndWake({ ref, attempt, outcome: 'unconfirmed', state: 'unconfirmed', leavesLane: true, lookAgainAt: null });
  }

  /** The network's own copy goes once the outcome is final (PROTOCOL 8). */
  private async haveForgotten(row: AttemptRow, adapter: ClearAdapter): Promise<void> {
    const externalId = this.externalIdOf(row);
    const answer = externalId !== undefined && canForget(adapter) ? await adapter.forget(externalId) : undefined;
    if (answer && answer.kind !== 'forgotten') return this.lookLater(row, LOOK_ACCEPTED_MS);
    await this.edge.attempts.close(row);
  }

  private externalIdOf(row: AttemptRow): string | undefined {
    const opened = row.sealedExternalId && this.edge.keys.openAtRest(row.sealedExternalId, externalIdAad(row.ref, row.attempt));
    return opened ? Buffer.from(opened).toString('utf8') : undefined;
  }

  private async lookLater(row: AttemptRow, afterMs: number): Promise<void> {
    await this.edge.attempts.postpone(row, new Date(this.edge.clock.nowMs() + afterMs));
  }
}
