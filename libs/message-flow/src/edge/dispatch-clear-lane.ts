import { messageIdFromBytes, type LaneId } from '@causeway/message-model';
import type { LaneMessage } from '@causeway/storage';
import type { CheckPermission } from './check-permission.js';
import type { EdgeContext } from './edge-context.js';
import type { MakeAttempt } from './make-attempt.js';
import { PASSED, type Passage } from './passage.js';
import type { RecordOutcome } from './record-outcome.js';

const BATCH = 20;

/** A lane that is never done gives its worker to others and is woken again by the sweeper. */
const MAX_ROUNDS = 50;

/**
 * Sends the messages of a clear lane in order, one at a time. A head that cannot go holds the others back for two minutes, then steps aside,
 * visibly. Safe to run twice at once: the attempt's row decides who may call the carrier.
 */
export class DispatchClearLane {
  private isStopping = false;

  constructor(
    private readonly edge: EdgeContext,
    private readonly permission: CheckPermission,
    private readonly attempt: MakeAttempt,
    private readonly outcome: RecordOutcome,
  ) {}

  /** From now on no carrier call begins; those under way end in their own time. The lanes stay due. */
  stop(): void {
    this.isStopping = true;
  }

  async execute(lane: LaneId): Promise<void> {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      const { revision, messages } = await this.edge.laneStore.head(lane, BATCH);
      const lookAtMs: number[] = [];
      let passed = 0;
      for (const message of messages) {
        if (this.isStopping) return;
        const passage = await this.pass(message);
        if (passage.kind === 'passed') {
          passed += 1;
          continue;
        }
        const blockEndMs = this.blockEndMs(message);
        const isHeldBack = !message.isDelayed && this.edge.clock.nowMs() < blockEndMs;
        const next = [passage.lookAtMs ?? Infinity, isHeldBack ? blockEndMs : Infinity];
        lookAtMs.push(Math.min(...next));
        if (isHeldBack) break;
        if (!message.isDelayed) await this.edge.attempts.stepAside(message.ref, this.edge.clock.now());
      }
      const mayBeEmpty = passed === messages.length && passed < BATCH;
      if (passed > 0 && mayBeEmpty && (await this.edge.laneStore.restIfEmpty(lane))) return;
      if (passed > 0) continue;
      const soonestMs = Math.min(...lookAtMs);
      await this.edge.laneStore.settle(lane, revision, Number.isFinite(soonestMs) ? new Date(soonestMs) : null);
      return;
    }
  }

  /** Two minutes from when it was first tried, which may be now; of what only waits for its sender, from when it was accepted. */
  private blockEndMs({ firstAttemptAt, state, acceptedAt }: LaneMessage): number {
    const firstTriedMs =
      firstAttemptAt?.getTime() ?? (state === 'ready' ? this.edge.clock.nowMs() : acceptedAt.getTime());
    return firstTriedMs + this.edge.times.headBlockMs;
  }

  private async pass(message: LaneMessage): Promise<Passage> {
    // waiting for its sender, or for word of an attempt: either wakes the lane when it comes
    if (message.state !== 'ready') return { kind: 'blocks', lookAtMs: null };
    const nowMs = this.edge.clock.nowMs();
    if (nowMs >= message.deliverBefore.getTime()) return this.outcome.stop(message, 'expired', null).then(() => PASSED);
    const retryAtMs = message.retryAt?.getTime() ?? 0;
    if (nowMs < retryAtMs) return { kind: 'blocks', lookAtMs: Math.min(retryAtMs, message.deliverBefore.getTime()) };
    return this.send(message);
  }

  private async send(message: LaneMessage): Promise<Passage> {
    const messageId = messageIdFromBytes(message.messageId);
    const contact = message.contact && (await this.edge.contacts.sealed(message.tenant, message.contact));
    const adapter = message.networks
      .map((network) => this.edge.adapters.get(network))
      .find((known) => known !== undefined);
    const bridgeNumber = contact ? this.edge.bridgeNumbers.get(contact.bridgeNumberId) : undefined;
    if (!messageId || !contact || !adapter || bridgeNumber === undefined) return this.giveBack(message, 'route');
    if (contact.isOptedOut) {
      await this.edge.attempts.withhold(message.ref, this.edge.clock.now());
      return PASSED;
    }
    const envelope = await this.edge.attempts.envelope(message.ref);
    if (!envelope) return this.outcome.stop(message, 'failed', 'unreadable').then(() => PASSED);
    const permission = await this.permission.execute(message, contact, envelope);
    this.edge.events.downgradeChecked({
      messageId,
      outcome: permission.kind === 'permitted' ? 'ok' : permission.reason,
    });
    switch (permission.kind) {
      case 'refused':
        return this.outcome.stop(message, 'failed', permission.reason).then(() => PASSED);
      case 'returned':
        return this.giveBack(message, permission.reason);
      case 'permitted':
        return this.attempt.execute({ message, messageId, contact, adapter, bridgeNumber, permission });
    }
  }

  /** It keeps its place: those behind it wait for the sender to seal it again, as long as a head may hold them back. */
  private async giveBack(message: LaneMessage, reason: 'route' | 'key-change'): Promise<Passage> {
    await this.outcome.stop(message, 'waiting-on-sender', reason);
    return { kind: 'blocks', lookAtMs: null };
  }
}
