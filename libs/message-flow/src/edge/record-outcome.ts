import { lifetimeOf, messageIdFromBytes, purgeHourOf, utf8 } from '@causeway/message-model';
import { type DeliverOutcome } from '@causeway/network-adapter';
import type {
  AttemptKey,
  AttemptOutcome,
  AttemptWord,
  ExternalIdClaim,
  LaneMessage,
  Recorded,
} from '@causeway/storage';
import { GroupCommit } from '../group-commit.js';
import { attemptRef } from './attempt-ref.js';
import { BATCHES } from './batches.js';
import type { EdgeContext } from './edge-context.js';
import { externalIdAad } from './number-at-rest.js';

/** Webhooks and lists may name an external id for this long, hours. PROTOCOL 7: 90 days, since signatures carry no time. */
export const RECEIVED_HOURS = lifetimeOf('duplicates').hours;

/** Writes down what became of an attempt and tells the sender's devices. */
export class RecordOutcome {
  private readonly words: GroupCommit<AttemptWord, Recorded>;

  constructor(private readonly edge: EdgeContext) {
    this.words = new GroupCommit((words) => this.writeAll(words), BATCHES);
  }

  async execute(message: Pick<LaneMessage, 'ref'>, record: AttemptOutcome, outcome: DeliverOutcome): Promise<Recorded> {
    if (outcome.kind !== 'accepted') return this.write(record);
    const claim = {
      ...this.claimOf({ ref: message.ref, attempt: record.attempt }, outcome.externalId),
      isDecisive: false,
    };
    return this.write({ ...record, claim, sealedExternalId: this.sealExternalId(record, outcome.externalId) });
  }

  write(word: AttemptWord): Promise<Recorded> {
    return this.words.add(word);
  }

  /** The same, from outside the lane's own drain: when the lane may go on, it is woken. */
  async writeAndWake(word: AttemptWord): Promise<Recorded> {
    const recorded = await this.write(word);
    if (recorded.kind !== 'moved') return recorded;
    const { lane, hasLeftLane, isLaneEmpty } = recorded.moved;
    if (word.state === 'ready' || (hasLeftLane && !isLaneEmpty)) await this.edge.lanes.wake('clear', [lane]);
    return recorded;
  }

  private async writeAll(words: readonly AttemptWord[]): Promise<readonly Recorded[]> {
    const now = this.edge.clock.now();
    await this.edge.partitions.ensureEventHour(now);
    const recorded = await this.edge.attempts.record(words, now);
    const senders = recorded.flatMap((each) => (each.kind === 'moved' ? [each.moved.sender] : []));
    if (senders.length > 0) this.edge.devices.wake(senders);
    return recorded;
  }

  /**
   * Ends a message that has no attempt under way, or gives it back to its sender's device. False when it was not for us to end: somebody else
   * began an attempt since it was read, and what is behind it has to wait for that.
   */
  async stop(
    message: LaneMessage,
    kind: 'failed' | 'waiting-on-sender' | 'expired',
    reason: string | null,
  ): Promise<boolean> {
    const now = this.edge.clock.now();
    await this.edge.partitions.ensureEventHour(now);
    const moved = await this.edge.attempts.stop(message.ref, { kind, reason }, now);
    if (!moved) return false;
    this.edge.devices.wake([moved.sender]);
    const messageId = messageIdFromBytes(message.messageId);
    if (kind === 'waiting-on-sender' || !messageId) return true;
    this.edge.events.messageFinished({ messageId, leg: 'clear', state: kind, ...(reason === null ? {} : { reason }) });
    return true;
  }

  /** True when this external id belongs to this attempt, now or already; false when another attempt has it. */
  async bind(key: AttemptKey, externalId: string): Promise<boolean> {
    const { digest, owner, purgeHour } = this.claimOf(key, externalId);
    return this.edge.inbox.claimDigest(digest, owner, purgeHour);
  }

  /** The claim of an attempt to an external id. Decisive: what it comes with counts only when the id is this attempt's. */
  claimOf({ ref, attempt }: AttemptKey, externalId: string): ExternalIdClaim {
    const hour = Math.ceil(this.edge.clock.nowMs() / 3_600_000) + RECEIVED_HOURS;
    const { digest } = this.edge.digests.of(['bound', externalId], new Date(0));
    const owner = attemptRef(ref, attempt);
    return { digest, owner, purgeHour: Math.max(hour, purgeHourOf(ref)), isDecisive: true };
  }

  /** Whose external id this is, for networks that report without our ref. */
  async boundTo(externalId: string): Promise<string | undefined> {
    const { digest } = this.edge.digests.of(['bound', externalId], new Date(0));
    return this.edge.inbox.ownerOfDigest(digest);
  }

  sealExternalId(key: AttemptKey, externalId: string) {
    return this.edge.keys.sealAtRest(utf8(externalId), externalIdAad(key.ref, key.attempt));
  }
}
