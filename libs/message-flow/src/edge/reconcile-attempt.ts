import {
  canFetchStatus,
  canForget,
  canLookUp,
  canNameMessages,
  type ClearAdapter,
  type LookUpCandidate,
} from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import type { AttemptKey, AttemptRow, ClearMessage } from '@causeway/storage';
import { attemptRef } from './attempt-ref.js';
import type { EdgeContext } from './edge-context.js';
import { hearOutcome } from './hear-refusal.js';
import { externalIdAad, numberAad } from './number-at-rest.js';
import type { RecordOutcome } from './record-outcome.js';
import type { FallBack } from './fall-back.js';
import { asDisclosed, isOver, recordOf, type RecordReceipt } from './record-receipt.js';

/** Between two looks at an attempt whose outcome is unknown, and at one that waits for its receipt, milliseconds. */
const LOOK_UNKNOWN_MS = 3_000;
const LOOK_ACCEPTED_MS = 10 * 60_000;

/** What our clock and the network's may differ by, milliseconds. */
const CLOCK_MARGIN_MS = 60_000;

/**
 * Finds out what became of an attempt that ended without a word: by asking the network, never by sending again blindly (P4). What the
 * network shows no trace of for five minutes is `unconfirmed`, or sent once more if the sender asked for that.
 */
export class ReconcileAttempt {
  constructor(
    private readonly edge: EdgeContext,
    private readonly outcome: RecordOutcome,
    private readonly receipt: RecordReceipt,
    private readonly fallBack: FallBack,
  ) {}

  async execute(key: AttemptKey): Promise<void> {
    const [message, rows] = await Promise.all([this.edge.attempts.message(key.ref), this.edge.attempts.of(key.ref)]);
    const row = rows.find((candidate) => candidate.attempt === key.attempt);
    // left with its partition: nothing is to be found out about it any more
    if (!message || !row) return this.edge.attempts.close(key);
    // a network that was switched off: its attempts end by their time
    const adapter = this.edge.adapters.get(row.network);
    switch (row.outcome) {
      case 'started':
      case 'unknown':
        return this.findOut(message, row, adapter);
      case 'accepted':
      case 'sent':
        return this.askStatus(message, row, adapter);
      default:
        return this.haveForgotten(row, adapter);
    }
  }

  private async findOut(message: ClearMessage, row: AttemptRow, adapter: ClearAdapter | undefined): Promise<void> {
    if (adapter && canNameMessages(adapter)) return this.awaitRepetition(message, row);
    const found = adapter ? await this.search(message, row, adapter) : ({ kind: 'not-asked' } as const);
    if (found.kind === 'found') {
      await this.receipt.execute(row.network, { ...found.candidate, ref: attemptRef(row.ref, row.attempt) });
      return;
    }
    const nowMs = this.edge.clock.nowMs();
    const silentMs = nowMs - row.startedAt.getTime();
    const { unknownAbsentAfterMs, unconfirmedAfterMs } = this.edge.times;
    // absence counts only when the network was asked; one that never answers is waited for as long as for a receipt
    if (silentMs < (found.kind === 'absent' ? unknownAbsentAfterMs : unconfirmedAfterMs))
      return this.lookLater(row, LOOK_UNKNOWN_MS);
    const key = { ref: row.ref, attempt: row.attempt };
    if (found.kind === 'absent' && message.onUnknown === 'resend' && nowMs < message.deliverBefore.getTime()) {
      await this.outcome.writeAndWake({
        ...key,
        outcome: 'not-sent',
        state: 'ready',
        leavesLane: false,
        lookAgainAt: null,
      });
      return;
    }
    await this.giveUp(row);
  }

  /** Its lane hands it over again under the same name, as long as it may still be delivered: nobody has to look for it. */
  private async awaitRepetition(message: ClearMessage, row: AttemptRow): Promise<void> {
    const endMs = message.deliverBefore.getTime() + this.edge.times.unknownAbsentAfterMs;
    const leftMs = endMs - this.edge.clock.nowMs();
    return leftMs > 0 ? this.lookLater(row, leftMs) : this.giveUp(row);
  }

  /** The one message from our number to theirs of that moment that no other attempt has. */
  private async search(message: ClearMessage, row: AttemptRow, adapter: ClearAdapter): Promise<Found> {
    const from = this.edge.bridgeNumbers.get(row.bridgeNumberId);
    const to = await this.numberOf(message);
    if (!canLookUp(adapter) || from === undefined || to === undefined) return { kind: 'not-asked' };
    const startedAtMs = row.startedAt.getTime();
    const answer = await adapter.lookUp({ from, to: new Plaintext(to), startedAtMs });
    if (answer.kind === 'unavailable') return { kind: 'not-asked' };
    // its call began within `callBefore`: what came later is another attempt's, which may be unknown as well once this one stepped aside
    const latestMs = startedAtMs + this.edge.times.callBeforeMs + CLOCK_MARGIN_MS;
    for (const candidate of answer.candidates) {
      if (candidate.createdAtMs > latestMs) continue;
      if (await this.outcome.bind(row, candidate.externalId)) return { kind: 'found', candidate };
    }
    return { kind: 'absent' };
  }

  private async numberOf(message: ClearMessage): Promise<string | undefined> {
    const contact = message.contact && (await this.edge.contacts.sealed(message.tenant, message.contact));
    const number =
      contact && this.edge.keys.openAtRest(contact.sealedNumber, numberAad(contact.tenant, contact.contact));
    return number ? Buffer.from(number).toString('utf8') : undefined;
  }

  private async askStatus(message: ClearMessage, row: AttemptRow, adapter: ClearAdapter | undefined): Promise<void> {
    const isHeld = this.fallBack.isHeld(message, row);
    // its time is up, and the network is silent: our own timer
    const silentMs = this.edge.clock.nowMs() - row.startedAt.getTime();
    if (isHeld && silentMs >= this.edge.times.fallbackAfterMs && silentMs < this.edge.times.unconfirmedAfterMs)
      return this.fallBack.withdraw(message, row);
    const externalId = this.externalIdOf(row);
    const status =
      externalId !== undefined && adapter && canFetchStatus(adapter)
        ? await adapter.fetchStatus(externalId)
        : undefined;
    if (isHeld && status?.kind === 'status' && isOver(status.status)) return this.fallBack.release(message, row);
    const told = status?.kind === 'status' ? await asDisclosed(this.edge, status, async () => message) : undefined;
    const record = told ? recordOf(told, { nowMs: this.edge.clock.nowMs(), isHeld }) : undefined;
    if (record) {
      await this.outcome.writeAndWake({ ref: row.ref, attempt: row.attempt, ...record });
      await hearOutcome(this.edge, message, record);
    }
    if (record && record.outcome !== 'accepted' && record.outcome !== 'sent') return;
    if (silentMs < this.edge.times.unconfirmedAfterMs)
      return this.lookLater(row, isHeld ? this.edge.times.fallbackAfterMs : LOOK_ACCEPTED_MS);
    await this.giveUp(row);
  }

  /** Nobody will say what became of it. The network is still asked to forget what it may have. */
  private async giveUp({ ref, attempt, sealedExternalId }: AttemptRow): Promise<void> {
    const lookAgainAt = sealedExternalId === null ? null : this.edge.clock.now();
    await this.outcome.writeAndWake({
      ref,
      attempt,
      outcome: 'unconfirmed',
      state: 'unconfirmed',
      leavesLane: true,
      lookAgainAt,
    });
  }

  /** The network's own copy goes once the outcome is final (PROTOCOL 8). */
  private async haveForgotten(row: AttemptRow, adapter: ClearAdapter | undefined): Promise<void> {
    const externalId = this.externalIdOf(row);
    const answer =
      externalId !== undefined && adapter && canForget(adapter) ? await adapter.forget(externalId) : undefined;
    if (answer && answer.kind !== 'forgotten') return this.lookLater(row, LOOK_ACCEPTED_MS);
    await this.edge.attempts.close(row);
  }

  private externalIdOf(row: AttemptRow): string | undefined {
    const opened =
      row.sealedExternalId && this.edge.keys.openAtRest(row.sealedExternalId, externalIdAad(row.ref, row.attempt));
    return opened ? Buffer.from(opened).toString('utf8') : undefined;
  }

  private async lookLater(row: AttemptRow, afterMs: number): Promise<void> {
    await this.edge.attempts.postpone(row, new Date(this.edge.clock.nowMs() + afterMs));
  }
}

type Found =
  | { readonly kind: 'found'; readonly candidate: LookUpCandidate }
  /** The network answered, and has no trace of it. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'not-asked' };
