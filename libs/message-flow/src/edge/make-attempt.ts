import { CausewayError, degrade, type MessageId, type TransitId } from '@causeway/message-model';
import type { ClearAdapter, DeliverOutcome } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import type { AttemptOutcome, LaneMessage, SealedContact } from '@causeway/storage';
import { attemptRef } from './attempt-ref.js';
import { buildOutboundBody } from './build-outbound-body.js';
import type { Permitted } from './check-permission.js';
import type { EdgeContext } from './edge-context.js';
import { hearRefusal } from './hear-refusal.js';
import { PASSED, type Passage } from './passage.js';
import type { RecordOutcome } from './record-outcome.js';

/** A carrier may report on a message this long after its deadline: the ledger keeps an attempt for so long, seconds. */
const LEDGER_MARGIN_SECONDS = 3_600;

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
}

/**
 * One attempt at a carrier: the words are fitted to what it carries, the attempt is written down, in the database and in the edge's own
 * ledger, then the carrier is called, once. A crash in between leaves an attempt whose outcome is unknown.
 */
export class MakeAttempt {
  constructor(
    private readonly edge: EdgeContext,
    private readonly outcome: RecordOutcome,
  ) {}

  async execute(question: AttemptQuestion): Promise<Passage> {
    const { message, messageId, contact, adapter, permission } = question;
    const { clock, attempts, times } = this.edge;
    // without a country, as the preview was made: what is carried everywhere
    const degraded = degrade(permission.content, await adapter.capabilities({}));
    if (degraded.kind === 'refused') return this.fail(message, 'content-rejected');
    const attempt = message.attempts + 1;
    const key = { ref: message.ref, attempt };
    // the edge's own memory outlives the attempts table: a wiped table cannot send twice
    if (message.attempts === 0 && (await this.edge.ledger.wasSent(messageId))) return this.fail(message, 'no-answer');
    const body = buildOutboundBody(degraded, this.edge.fileLinks);
    if (!body) return { kind: 'blocks', lookAtMs: clock.nowMs() + ROOM_WAIT_MS };
    const startedMs = clock.nowMs();
    const callBeforeMs = startedMs + times.callBeforeMs;
    const begun = await attempts.begin({
      ...key,
      network: adapter.network,
      isSimulated: adapter.isSimulated,
      bridgeNumberId: contact.bridgeNumberId,
      startedAt: new Date(startedMs),
      callBefore: new Date(callBeforeMs),
      statement: { tenant: message.tenant, id: permission.statement.statementId },
    });
    if (begun === 'statement-used') return this.fail(message, 'statement-invalid');
    if (begun === 'taken') return { kind: 'blocks', lookAtMs: callBeforeMs };
    const notAfter = Math.ceil(message.deliverBefore.getTime() / 1000) + LEDGER_MARGIN_SECONDS;
    const remembered = await unlessUnavailable(this.edge.ledger.rememberSent({ messageId, attempt, notAfter }));
    if (remembered === 'known') return { kind: 'blocks', lookAtMs: null };
    const outcome: DeliverOutcome =
      remembered === 'unavailable'
        ? NOT_CALLED
        : await adapter.deliver(
            {
              ref: attemptRef(message.ref, attempt),
              to: new Plaintext(permission.e164),
              from: question.bridgeNumber,
              body,
              expiresAtMs: message.deliverBefore.getTime(),
            },
            { callBeforeMs, signal: new AbortController().signal },
          );
    const endedMs = clock.nowMs();
    const record = toRecord(key, outcome, { nowMs: endedMs, deadlineMs: message.deliverBefore.getTime() });
    await this.outcome.execute(message, record, outcome);
    // what stays behind when nobody keeps the ledger now is forgotten after the deadline, and the next attempt has another number
    if (outcome.kind === 'failed' && outcome.certainty === 'not-sent')
      await unlessUnavailable(this.edge.ledger.retractSent({ messageId, attempt }));
    await hearRefusal(this.edge, { tenant: message.tenant, contact: contact.contact, reason: record.reason });
    const durationMs = endedMs - startedMs;
    this.edge.events.attemptEnded({ messageId, network: adapter.network, attempt, outcome: outcome.kind, durationMs });
    return record.leavesLane ? PASSED : { kind: 'blocks', lookAtMs: record.retryAt?.getTime() ?? null };
  }

  private async fail(
    message: LaneMessage,
    reason: 'content-rejected' | 'no-answer' | 'statement-invalid',
  ): Promise<Passage> {
    await this.outcome.stop(message, 'failed', reason);
    return PASSED;
  }
}

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

/** Waits between attempts when the network names none, milliseconds: doubling from two seconds to five minutes. */
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 300_000;
const retryDelayMs = (attempt: number): number => Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS);

/** First look at an attempt whose outcome is open, milliseconds after it. */
const FIRST_LOOK_MS = { accepted: 60_000, unknown: 2_000 };

/** The rule of PROTOCOL 8: what an adapter's answer makes of attempt and message. */
export function toRecord(
  key: { readonly ref: TransitId; readonly attempt: number },
  outcome: DeliverOutcome,
  { nowMs, deadlineMs }: { readonly nowMs: number; readonly deadlineMs: number },
): AttemptOutcome {
  if (outcome.kind === 'accepted') {
    const lookAgainAt = new Date(nowMs + FIRST_LOOK_MS.accepted);
    return { ...key, outcome: 'accepted', state: 'sent', leavesLane: true, lookAgainAt, segments: outcome.segments };
  }
  const vendorCode = outcome.vendorCode;
  if (outcome.reason === 'expired') {
    return { ...key, outcome: 'not-sent', state: 'expired', vendorCode, leavesLane: true, lookAgainAt: null };
  }
  const { reason } = outcome;
  if (outcome.certainty === 'maybe-sent') {
    const lookAgainAt = new Date(nowMs + FIRST_LOOK_MS.unknown);
    return { ...key, outcome: 'unknown', state: null, reason, vendorCode, leavesLane: false, lookAgainAt };
  }
  if (outcome.retry === 'later') {
    // past the deadline the lane ends it, as expired
    const retryAt = new Date(Math.min(nowMs + (outcome.retryAfterMs ?? retryDelayMs(key.attempt)), deadlineMs));
    return {
      ...key,
      outcome: 'not-sent',
      state: 'ready',
      reason,
      vendorCode,
      leavesLane: false,
      lookAgainAt: null,
      retryAt,
    };
  }
  return { ...key, outcome: 'failed', state: 'failed', reason, vendorCode, leavesLane: true, lookAgainAt: null };
}
