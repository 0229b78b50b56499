import { degrade, messageIdFromBytes, type LaneId, type MessageId, type TransitId } from '@causeway/message-model';
import type { ClearAdapter, DeliverOutcome } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import type { AttemptOutcome, LaneMessage, SealedContact } from '@causeway/storage';
import type { CheckPermission, Permitted } from './check-permission.js';
import type { EdgeContext } from './edge-context.js';
import { attemptRef } from './attempt-ref.js';
import type { RecordOutcome } from './record-outcome.js';

const BATCH = 20;

/** A lane that is never done gives its worker to others and is woken again by the sweeper. */
const MAX_ROUNDS = 50;

/** What one message does to those behind it: nothing, or hold them back until a time (milliseconds since the epoch). */
type Passage = { readonly kind: 'passed' } | { readonly kind: 'blocks'; readonly untilMs: number };
const PASSED: Passage = { kind: 'passed' };

/**
 * Sends the messages of a clear lane in order, one at a time. A head that cannot go holds the others back for two minutes, then steps aside,
 * visibly. Safe to run twice at once: the attempt's row decides who may call the carrier.
 */
export class DispatchClearLane {
  constructor(
    private readonly edge: EdgeContext,
    private readonly permission: CheckPermission,
    private readonly outcome: RecordOutcome,
  ) {}

  async execute(lane: LaneId): Promise<void> {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      const { revision, messages } = await this.edge.laneStore.head(lane, BATCH);
      const dueMs: number[] = [];
      let hasMoved = false;
      for (const message of messages) {
        const passage = await this.pass(message);
        hasMoved ||= passage.kind === 'passed';
        if (passage.kind === 'passed') continue;
        dueMs.push(passage.untilMs);
        if (!(await this.stepsAside(message))) break;
      }
      if (hasMoved && messages.length > 0) continue;
      await this.edge.laneStore.settle(lane, revision, dueMs.length > 0 ? new Date(Math.min(...dueMs)) : null);
      return;
    }
  }

  private async stepsAside(message: LaneMessage): Promise<boolean> {
    if (message.isDelayed) return true;
    if (this.edge.clock.nowMs() < this.blockEndMs(message)) return false;
    await this.edge.attempts.stepAside(message.ref, this.edge.clock.now());
    return true;
  }

  private blockEndMs(message: LaneMessage): number {
    return message.acceptedAt.getTime() + this.edge.times.headBlockMs;
  }

  private async pass(message: LaneMessage): Promise<Passage> {
    if (message.state === 'ready') return this.send(message);
    const nowMs = this.edge.clock.nowMs();
    const deadlineMs = message.deliverBefore.getTime();
    // waiting for its sender, or for word of an attempt: looked at again when its block ends, then at its deadline
    return { kind: 'blocks', untilMs: nowMs < this.blockEndMs(message) ? this.blockEndMs(message) : deadlineMs };
  }

  private async send(message: LaneMessage): Promise<Passage> {
    const messageId = messageIdFromBytes(message.messageId);
    const contact = message.contact && (await this.edge.contacts.sealed(message.tenant, message.contact));
    const adapter = message.networks.map((network) => this.edge.adapters.get(network)).find((known) => known !== undefined);
    const bridgeNumber = contact ? this.edge.bridgeNumbers.get(contact.bridgeNumberId) : undefined;
    if (!messageId || !contact || !adapter || bridgeNumber === undefined) return this.outcome.stop(message, 'waiting-on-sender', 'route').then(() => PASSED);
    if (contact.isOptedOut) {
      await this.edge.attempts.withhold(message.ref, this.edge.clock.now());
      return PASSED;
    }
    const envelope = await this.edge.attempts.envelope(message.ref);
    if (!envelope) return this.outcome.stop(message, 'failed', 'unreadable').then(() => PASSED);
    const permission = await this.permission.execute(message, contact, envelope);
    this.edge.events.downgradeChecked({ messageId, outcome: permission.kind === 'permitted' ? 'ok' : permission.reason });
    switch (permission.kind) {
      case 'refused':
        return this.outcome.stop(message, 'failed', permission.reason).then(() => PASSED);
      case 'returned':
        return this.outcome.stop(message, 'waiting-on-sender', permission.reason).then(() => PASSED);
      case 'permitted':
        return this.attempt({ message, messageId, contact, adapter, bridgeNumber, permission });
    }
  }

  private async attempt(input: {
    message: LaneMessage;
    messageId: MessageId;
    contact: SealedContact;
    adapter: ClearAdapter;
    bridgeNumber: string;
    permission: Permitted;
  }): Promise<Passage> {
    const { message, messageId, contact, adapter, permission } = input;
    const { clock, attempts, ledger, times } = this.edge;
    const degraded = degrade(permission.content, await adapter.capabilities({ country: contact.country }));
    if (degraded.kind === 'refused') return this.outcome.stop(message, 'failed', 'content-rejected').then(() => PASSED);
    const attempt = message.attempts + 1;
    const key = { ref: message.ref, attempt };
    // the edge's own memory outlives the attempts table: a wiped table cannot send twice
    if (message.attempts === 0 && (await ledger.wasSent(messageId))) return this.outcome.stop(message, 'failed', 'no-answer').then(() => PASSED);
    const startedMs = clock.nowMs();
    const callBeforeMs = startedMs + times.callBeforeMs;
    const begun = await attempts.begin({
      ...key,
      network: adapter.network,
      isSimulated: adapter.isSimulated,
      bridgeNumberId: contact.bridgeNumberId,
      startedAt: new Date(startedMs),
      callBefore: new Date(callBeforeMs),
      statement: permission.statement.subject.kind === 'message' ? { tenant: message.tenant, id: permission.statement.statementId } : null,
    });
    if (begun === 'statement-used') return this.outcome.stop(message, 'failed', 'statement-invalid').then(() => PASSED);
    if (begun === 'taken') return { kind: 'blocks', untilMs: callBeforeMs };
    const notAfter = Math.ceil(message.deliverBefore.getTime() / 1000) + 3_600;
    if ((await ledger.rememberSent({ messageId, attempt, notAfter })) === 'known') return { kind: 'blocks', untilMs: callBeforeMs };
    const outcome = await adapter.deliver(
      {
        ref: attemptRef(message.ref, attempt),
        to: new Plaintext(permission.e164),
        from: input.bridgeNumber,
        text: new Plaintext(degraded.text),
        expiresAtMs: message.deliverBefore.getTime(),
      },
      { callBeforeMs, signal: new AbortController().signal },
    );
    const isKnownNotSent = outcome.kind === 'failed' && outcome.certainty === 'not-sent';
    if (isKnownNotSent) await ledger.retractSent({ messageId, attempt });
    await this.outcome.execute(message, toRecord(key, outcome, { nowMs: clock.nowMs(), times, deadlineMs: message.deliverBefore.getTime() }), outcome);
    this.edge.events.attemptEnded({ messageId, network: adapter.network, attempt, outcome: outcome.kind, durationMs: clock.nowMs() - startedMs });
    return afterOutcome(outcome, clock.nowMs(), attempt, callBeforeMs);
  }
}

/** Waits between attempts when the network names none, milliseconds: doubling from two seconds to five minutes. */
export const retryDelayMs = (attempt: number): number => Math.min(2_000 * 2 ** (attempt - 1), 300_000);

function afterOutcome(outcome: DeliverOutcome, nowMs: number, attempt: number, callBeforeMs: number): Passage {
  if (outcome.kind === 'accepted' || outcome.retry === 'never') return PASSED;
  const untilMs = outcome.certainty === 'maybe-sent' ? callBeforeMs : nowMs + (outcome.retryAfterMs ?? retryDelayMs(attempt));
  return { kind: 'blocks', untilMs };
}

/** First look at an attempt whose outcome is open, milliseconds after it. */
const FIRST_LOOK_MS = { accepted: 60_000, unknown: 2_000 };

/** The rule of PROTOCOL 8: what an adapter's answer makes of attempt and message. */
export function toRecord(
  key: { readonly ref: TransitId; readonly attempt: number },
  outcome: DeliverOutcome,
  facts: { readonly nowMs: number; readonly deadlineMs: number; readonly times: EdgeContext['times'] },
): AttemptOutcome {
  if (outcome.kind === 'accepted') {
    const lookAgainAt = new Date(facts.nowMs + FIRST_LOOK_MS.accepted);
    return { ...key, outcome: 'accepted', state: 'sent', leavesLane: true, lookAgainAt, segments: outcome.segments };
  }
  const vendorCode = outcome.vendorCode;
  const reason = outcome.reason === 'expired' ? undefined : outcome.reason;
  if (outcome.certainty === 'maybe-sent') {
    return { ...key, outcome: 'unknown', state: null, reason, vendorCode, leavesLane: false, lookAgainAt: new Date(facts.nowMs + FIRST_LOOK_MS.unknown) };
  }
  if (outcome.retry === 'later' && facts.nowMs < facts.deadlineMs) {
    return { ...key, outcome: 'not-sent', state: 'ready', reason, vendorCode, leavesLane: false, lookAgainAt: null };
  }
  return { ...key, outcome: 'failed', state: 'failed', reason: reason ?? 'network-unavailable', vendorCode, leavesLane: true, lookAgainAt: null };
}
