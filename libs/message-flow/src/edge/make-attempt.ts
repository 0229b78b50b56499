import { CausewayError, degrade, type Degraded, type MessageId } from '@causeway/message-model';
import {
  canCheckRecipients,
  canNameMessages,
  type ClearAdapter,
  type DeliverOutcome,
  type OutboundBody,
} from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import type { AttemptKey, Begun, LaneMessage, NewAttempt, SealedContact } from '@causeway/storage';
import { GroupCommit } from '../group-commit.js';
import { attemptRef } from './attempt-ref.js';
import { BATCHES } from './batches.js';
import { buildOutboundBody, type FileLinks } from './build-outbound-body.js';
import type { Permitted } from './check-permission.js';
import type { EdgeContext } from './edge-context.js';
import { provesAbsence, toRecord } from './outcome-to-record.js';
import { deliveryOutcomeOf } from './delivery-outcome.js';
import { hearRefusal } from './hear-refusal.js';
import { endedOr, type Passage } from './passage.js';
import type { RecordOutcome } from './record-outcome.js';

/** A carrier may report on a message this long after its deadline: the ledger keeps an attempt for so long, seconds. */
const LEDGER_MARGIN_SECONDS = 3_600;

/** Between two times that a message whose outcome is unknown is handed over, milliseconds. */
export const REPEAT_AFTER_MS = 2_000;

/** Files of other messages leave within minutes; then there is room for this one's. */
const ROOM_WAIT_MS = 30_000;

export interface AttemptQuestion {
  readonly message: LaneMessage;
  readonly messageId: MessageId;
  readonly contact: SealedContact;
  readonly adapter: ClearAdapter;
  /** E.164. */
  readonly bridgeNumber: string;
  readonly permission: Permitted;
  /** Another network may follow when this one does not deliver in time. */
  readonly hasFallback: boolean;
  readonly isEncryptionRequired: boolean;
}

/**
 * One attempt at a carrier: the words are fitted to what it carries, the attempt is written down, in the database and in the edge's own
 * ledger, then the carrier is called, once. A crash in between leaves an attempt whose outcome is unknown.
 */
export class MakeAttempt {
  private readonly begins: GroupCommit<NewAttempt, Begun>;

  constructor(
    private readonly edge: EdgeContext,
    private readonly outcome: RecordOutcome,
  ) {
    this.begins = new GroupCommit((attempts) => edge.attempts.begin(attempts), BATCHES);
  }

  async execute(asked: AttemptQuestion): Promise<Passage> {
    const question = await this.asEncrypted(asked);
    const { message, messageId, contact, adapter, permission } = question;
    const { clock, times } = this.edge;
    // for the country of the preview, and so the same
    const degraded = degrade(permission.content, await adapter.capabilities({ country: contact.country }));
    if (degraded.kind === 'refused') return this.fail(message, 'content-rejected');
    const attempt = message.attempts + 1;
    const key = { ref: message.ref, attempt };
    // the edge's own memory outlives the attempts table: a wiped table cannot send twice
    if (message.attempts === 0 && (await this.edge.ledger.wasSent(messageId))) return this.fail(message, 'no-answer');
    const body = this.bodyOf(degraded, { ...key, notAfterMs: message.deliverBefore.getTime() });
    if (!body) return { kind: 'blocks', lookAtMs: clock.nowMs() + ROOM_WAIT_MS };
    const startedMs = clock.nowMs();
    const callBeforeMs = startedMs + times.callBeforeMs;
    const begun = await this.begins.add({
      ...key,
      network: adapter.network,
      isSimulated: adapter.isSimulated,
      bridgeNumberId: contact.bridgeNumberId,
      startedAt: new Date(startedMs),
      callBefore: new Date(callBeforeMs),
      statement: { tenant: message.tenant, id: permission.statement.statementId, use: useOf(permission, messageId) },
    });
    if (begun === 'statement-used') return this.fail(message, 'statement-invalid');
    if (begun === 'statement-revoked') {
      await this.outcome.stop(message, 'waiting-on-sender', 'downgrade');
      return { kind: 'blocks', lookAtMs: null };
    }
    if (begun === 'taken') return { kind: 'blocks', lookAtMs: callBeforeMs };
    const notAfter = Math.ceil(message.deliverBefore.getTime() / 1000) + LEDGER_MARGIN_SECONDS;
    const remembered = await unlessUnavailable(this.edge.ledger.rememberSent({ messageId, attempt, notAfter }));
    if (remembered === 'known') return { kind: 'blocks', lookAtMs: null };
    const outcome = remembered === 'unavailable' ? NOT_CALLED : await this.call(question, { attempt, body });
    // what stays behind when nobody keeps the ledger now is forgotten after the deadline, and the next attempt has another number
    const passage = await this.conclude(question, { attempt, startedMs, outcome });
    if (outcome.kind === 'failed' && outcome.certainty === 'not-sent')
      await unlessUnavailable(this.edge.ledger.retractSent({ messageId, attempt }));
    return passage;
  }

  /**
   * The last attempt, of which nothing is known, once more under its own name: the network carries it once however often it is handed over.
   * What does not prove anything leaves it unknown.
   */
  async again(question: AttemptQuestion): Promise<Passage> {
    const { message, adapter, permission, contact } = question;
    const degraded = degrade(permission.content, await adapter.capabilities({ country: contact.country }));
    if (degraded.kind === 'refused') return { kind: 'blocks', lookAtMs: null };
    const attempt = message.attempts;
    const body = this.bodyOf(degraded, { ref: message.ref, attempt, notAfterMs: message.deliverBefore.getTime() });
    if (!body) return { kind: 'blocks', lookAtMs: this.edge.clock.nowMs() + ROOM_WAIT_MS };
    const startedMs = this.edge.clock.nowMs();
    const outcome = await this.call(question, { attempt, body });
    if (outcome.kind === 'failed' && !provesAbsence(outcome))
      return { kind: 'blocks', lookAtMs: this.edge.clock.nowMs() + REPEAT_AFTER_MS };
    return this.conclude(question, { attempt, startedMs, outcome });
  }

  private bodyOf(
    degraded: Exclude<Degraded, { kind: 'refused' }>,
    { ref, attempt, notAfterMs }: AttemptKey & { readonly notAfterMs: number },
  ) {
    const links: FileLinks = { make: (file) => this.edge.fileLinks.make(file, notAfterMs) };
    return buildOutboundBody(degraded, { links, ref: attemptRef(ref, attempt) });
  }

  /** A conversation that the network keeps end-to-end encrypted has no fallback, and so all the time there is. */
  private async asEncrypted(question: AttemptQuestion): Promise<AttemptQuestion> {
    const { adapter, permission, bridgeNumber, message, contact } = question;
    if (!question.hasFallback || !canCheckRecipients(adapter)) return question;
    const standing = await adapter.checkRecipient({ from: bridgeNumber, to: new Plaintext(permission.e164) });
    if (standing.kind !== 'reachable' || standing.encryption === 'none') return question;
    await this.edge.standings.markEncrypted(message.tenant, contact.contact, adapter.network);
    return { ...question, hasFallback: false, isEncryptionRequired: true };
  }

  private async call(
    { message, permission, adapter, bridgeNumber, ...question }: AttemptQuestion,
    { attempt, body }: { readonly attempt: number; readonly body: OutboundBody },
  ): Promise<DeliverOutcome> {
    const ref = attemptRef(message.ref, attempt);
    // before the call, since the receipt may be here before the answer is
    if (canNameMessages(adapter)) await this.outcome.bind({ ref: message.ref, attempt }, adapter.externalIdOf(ref));
    const nowMs = this.edge.clock.nowMs();
    const deadlineMs = message.deliverBefore.getTime();
    return adapter.deliver(
      {
        ref,
        to: new Plaintext(permission.e164),
        from: bridgeNumber,
        body,
        expiresAtMs: question.hasFallback ? Math.min(deadlineMs, nowMs + this.edge.times.fallbackAfterMs) : deadlineMs,
        ...(question.isEncryptionRequired ? { isEncryptionRequired: true } : {}),
      },
      { callBeforeMs: nowMs + this.edge.times.callBeforeMs, signal: new AbortController().signal },
    );
  }

  private async conclude(
    { message, messageId, contact, adapter, hasFallback }: AttemptQuestion,
    {
      attempt,
      startedMs,
      outcome,
    }: { readonly attempt: number; readonly startedMs: number; readonly outcome: DeliverOutcome },
  ): Promise<Passage> {
    const endedMs = this.edge.clock.nowMs();
    const firstMs = message.firstAttemptAt?.getTime() ?? startedMs;
    const deadlineMs = message.deliverBefore.getTime();
    const { fallbackAfterMs } = this.edge.times;
    // the network's own time for it runs from the call; our patience with one that cannot be called, from the first try
    const sinceMs = outcome.kind === 'accepted' ? startedMs : firstMs;
    const expiresAtMs = Math.min(deadlineMs, sinceMs + fallbackAfterMs);
    const fallback = hasFallback ? { from: adapter.network, expiresAtMs } : undefined;
    if (outcome.kind === 'accepted' && outcome.encryption === 'end-to-end')
      await this.edge.standings.markEncrypted(message.tenant, contact.contact, adapter.network);
    // a carrier bills every part; nobody waits for it to be counted
    if (outcome.kind === 'accepted' && outcome.segments !== undefined && outcome.segments > 1)
      void this.edge.chargeParts.execute(message.tenant, contact.country, outcome.segments);
    const record = toRecord({ ref: message.ref, attempt }, outcome, { nowMs: endedMs, deadlineMs, fallback });
    const recorded = await this.outcome.execute(message, record, outcome);
    const { tenant } = message;
    await hearRefusal(this.edge, { tenant, contact: contact.contact, reason: record.reason });
    const known = deliveryOutcomeOf(record);
    if (known) this.edge.conduct.outcome({ tenant, sender: contact.account, recipient: contact.contact }, known);
    const durationMs = endedMs - startedMs;
    this.edge.events.attemptEnded({ messageId, network: adapter.network, attempt, outcome: outcome.kind, durationMs });
    if (record.leavesLane || record.isHeld || record.fallsBack)
      return { kind: 'passed', isLaneEmpty: recorded.kind === 'moved' && recorded.moved.isLaneEmpty };
    const unknownLookMs = record.outcome === 'unknown' && canNameMessages(adapter) ? endedMs + REPEAT_AFTER_MS : null;
    return { kind: 'blocks', lookAtMs: record.retryAt?.getTime() ?? unknownLookMs };
  }

  private async fail(
    message: LaneMessage,
    reason: 'content-rejected' | 'no-answer' | 'statement-invalid',
  ): Promise<Passage> {
    return endedOr(await this.outcome.stop(message, 'failed', reason));
  }
}

/** A permission is used once: one for a message by that message, one for a conversation once by each. */
const useOf = ({ statement }: Permitted, messageId: MessageId): string =>
  statement.subject.kind === 'message' ? statement.statementId : `${statement.statementId}:${messageId}`;

/** Whoever keeps the ledger went away in the middle. Whether it remembered the attempt or not, the carrier was not called. */
const NOT_CALLED: DeliverOutcome = {
  kind: 'failed',
  reason: 'network-unavailable',
  retry: 'later',
  retryAfterMs: 500,
  certainty: 'not-sent',
};

async function unlessUnavailable<Answer>(asking: Promise<Answer>): Promise<Answer | 'unavailable'> {
  try {
    return await asking;
  } catch (thrown) {
    if (thrown instanceof CausewayError && thrown.code === 'unavailable') return 'unavailable';
    throw thrown;
  }
}
