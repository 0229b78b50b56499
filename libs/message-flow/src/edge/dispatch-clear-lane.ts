import {
  messageIdFromBytes,
  permitsDelivery,
  type FailureReason,
  type LaneId,
  type TransitId,
} from '@causeway/message-model';
import { canNameMessages } from '@causeway/network-adapter';
import type { AttemptMaterial, LaneHead, LaneMessage } from '@causeway/storage';
import { GroupCommit } from '../group-commit.js';
import { BATCHES } from './batches.js';
import type { CheckPermission, Material } from './check-permission.js';
import { chooseNetwork, leftNetwork, type Choice } from './choose-network.js';
import type { EdgeContext } from './edge-context.js';
import type { FallBack } from './fall-back.js';
import { numberStanding } from './number-standing.js';
import { REPEAT_AFTER_MS, type MakeAttempt } from './make-attempt.js';
import { endedOr, PASSED, type Passage } from './passage.js';
import type { RecordOutcome } from './record-outcome.js';

const BATCH = 20;

/** A lane that is never done gives its worker to others and is woken again by the sweeper. */
const MAX_ROUNDS = 50;

/** What one drain did already, so that it does it once. */
interface Drain {
  hasWithdrawn: boolean;
  readonly repeated: Set<TransitId>;
}

/**
 * Sends the messages of a clear lane in order, one at a time. A head that cannot go holds the others back for two minutes, then steps aside,
 * visibly. Safe to run twice at once: the attempt's row decides who may call the carrier.
 */
export class DispatchClearLane {
  private isStopping = false;
  private readonly heads: GroupCommit<LaneId, LaneHead>;
  private readonly materials: GroupCommit<LaneMessage, AttemptMaterial>;

  constructor(
    private readonly edge: EdgeContext,
    private readonly permission: CheckPermission,
    private readonly attempt: MakeAttempt,
    private readonly after: { readonly outcome: RecordOutcome; readonly fallBack: FallBack },
  ) {
    this.heads = new GroupCommit((lanes) => edge.laneStore.heads(lanes, BATCH), BATCHES);
    this.materials = new GroupCommit((messages) => edge.attempts.materials(messages), BATCHES);
  }

  /** From now on no carrier call begins; those under way end in their own time. The lanes stay due. */
  stop(): void {
    this.isStopping = true;
  }

  async execute(lane: LaneId): Promise<void> {
    const drain: Drain = { hasWithdrawn: false, repeated: new Set() };
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      const head = await this.heads.add(lane);
      const { revision, messages, held } = head;
      const left = leftNetwork(head, this.edge.clock.nowMs());
      if (left !== undefined && held.length > 0 && !drain.hasWithdrawn) {
        // the lane moves as a whole: what waits at the network it left comes before what is new
        drain.hasWithdrawn = true;
        await this.after.fallBack.withdrawAll(held, left);
        continue;
      }
      const lookAtMs: number[] = [];
      let hasMoved = false;
      let isLaneEmpty = false;
      for (const message of messages) {
        if (this.isStopping) return;
        const passage = await this.pass(message, head, drain);
        if (passage.kind === 'passed') {
          hasMoved = true;
          isLaneEmpty = passage.isLaneEmpty ?? false;
          continue;
        }
        const blockEndMs = this.blockEndMs(message);
        const isHeldBack = !message.isDelayed && this.edge.clock.nowMs() < blockEndMs;
        const next = [passage.lookAtMs ?? Infinity, isHeldBack ? blockEndMs : Infinity];
        lookAtMs.push(Math.min(...next));
        if (isHeldBack) break;
        if (!message.isDelayed) await this.edge.attempts.stepAside(message.ref, this.edge.clock.now());
      }
      // the last word about a lane says that it rests: nothing is left to be looked at
      if (isLaneEmpty) return;
      if (hasMoved) continue;
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

  private async pass(message: LaneMessage, head: LaneHead, drain: Drain): Promise<Passage> {
    if (message.state === 'sending') return this.repeat(message, drain);
    // waiting for its sender, or for word of an attempt: either wakes the lane when it comes
    if (message.state !== 'ready') return { kind: 'blocks', lookAtMs: null };
    const nowMs = this.edge.clock.nowMs();
    if (nowMs >= message.deliverBefore.getTime())
      return endedOr(await this.after.outcome.stop(message, 'expired', null));
    const retryAtMs = message.retryAt?.getTime() ?? 0;
    if (nowMs < retryAtMs) return { kind: 'blocks', lookAtMs: Math.min(retryAtMs, message.deliverBefore.getTime()) };
    return this.send(message, head);
  }

  /** An attempt whose outcome is unknown, at a network where the same name is the same message; elsewhere word of it wakes the lane. */
  private async repeat(message: LaneMessage, { repeated }: Drain): Promise<Passage> {
    const adapter = this.edge.adapters.get(message.lastNetwork ?? '');
    const isOpen = message.lastOutcome === 'unknown' || message.lastOutcome === 'started';
    const nowMs = this.edge.clock.nowMs();
    if (!isOpen || !adapter || !canNameMessages(adapter) || nowMs >= message.deliverBefore.getTime())
      return { kind: 'blocks', lookAtMs: null };
    const dueMs = (message.lastUntil?.getTime() ?? 0) + REPEAT_AFTER_MS;
    if (nowMs < dueMs) return { kind: 'blocks', lookAtMs: dueMs };
    if (repeated.has(message.ref)) return { kind: 'blocks', lookAtMs: nowMs + REPEAT_AFTER_MS };
    repeated.add(message.ref);
    const { contact, ...material } = await this.materials.add(message);
    const ready = contact && (await this.prepare(message, { contact, ...material }));
    if (!ready || ready === 'no-way' || ready.permission.kind !== 'permitted')
      return { kind: 'blocks', lookAtMs: null };
    const { adapters } = this.edge;
    // asked as if the lane had not left: it is about the network that may have it
    const lane = { fellBackFrom: null, fellBackUntil: null };
    const choice = chooseNetwork(message, { adapters, lane, contact, nowMs });
    if (choice.kind !== 'network' || choice.adapter !== adapter) return { kind: 'blocks', lookAtMs: null };
    return this.attempt.again({ ...ready, ...choice, contact, message, permission: ready.permission });
  }

  private async send(message: LaneMessage, lane: LaneHead): Promise<Passage> {
    const { contact, ...material } = await this.materials.add(message);
    if (!contact) return this.giveBack(message, 'route');
    const { adapters, clock, attempts } = this.edge;
    const standing = numberStanding(contact, clock.nowMs());
    if (standing === 'recycled') await this.edge.standings.end(contact.tenant, contact.contact, clock.now());
    // a stranger may have the number by now: nothing that was meant for somebody else goes there
    if (standing === 'recycled' || standing === 'ended') return this.fail(message, 'recipient-unknown');
    const choice: Choice = chooseNetwork(message, { adapters, lane, contact, nowMs: clock.nowMs() });
    if (choice.kind === 'none') return this.giveBack(message, 'route');
    if (!permitsDelivery({ standing: 'none', isStopped: contact.isOptedOut }, 'clear')) {
      await attempts.withhold(message.ref, clock.now());
      return PASSED;
    }
    if (choice.kind === 'encryption-unavailable') return this.fail(message, choice.kind);
    const ready = await this.prepare(message, { contact, ...material });
    if (ready === 'no-way') return this.giveBack(message, 'route');
    if (!ready) return this.fail(message, 'unreadable');
    const { permission, messageId } = ready;
    this.edge.events.downgradeChecked({
      messageId,
      outcome: permission.kind === 'permitted' ? 'ok' : permission.reason,
    });
    switch (permission.kind) {
      case 'refused':
        return this.fail(message, permission.reason);
      case 'returned':
        return this.giveBack(message, permission.reason);
      case 'permitted':
        return this.attempt.execute({ ...ready, ...choice, message, contact, permission });
    }
  }

  private async fail(message: LaneMessage, reason: FailureReason): Promise<Passage> {
    return endedOr(await this.after.outcome.stop(message, 'failed', reason));
  }

  /** What a call needs besides its network. Undefined when the words are gone. */
  private async prepare(
    message: LaneMessage,
    { contact, envelope, deviceList }: AttemptMaterial & Pick<Material, 'contact'>,
  ) {
    const messageId = messageIdFromBytes(message.messageId);
    const bridgeNumber = this.edge.bridgeNumbers.get(contact.bridgeNumberId);
    if (!messageId || bridgeNumber === undefined) return 'no-way';
    if (!envelope) return undefined;
    const permission = await this.permission.execute(message, { contact, envelope, deviceList });
    return { messageId, bridgeNumber, permission };
  }

  /** It keeps its place: those behind it wait for the sender to seal it again, as long as a head may hold them back. */
  private async giveBack(message: LaneMessage, reason: 'route' | 'key-change'): Promise<Passage> {
    await this.after.outcome.stop(message, 'waiting-on-sender', reason);
    return { kind: 'blocks', lookAtMs: null };
  }
}
