import { messageIdFromBytes, purgeHourOf, utf8, type TransitId } from '@causeway/message-model';
import { type DeliverOutcome } from '@causeway/network-adapter';
import type { AttemptKey, AttemptOutcome, LaneMessage, Moved } from '@causeway/storage';
import { attemptRef } from './attempt-ref.js';
import type { EdgeContext } from './edge-context.js';
import { externalIdAad } from './number-at-rest.js';

/** Webhooks and lists may name an external id for this long, hours. PROTOCOL 7: 90 days, since signatures carry no time. */
export const RECEIVED_HOURS = 90 * 24;

/** Writes down what became of an attempt and tells the sender's devices. */
export class RecordOutcome {
  constructor(private readonly edge: EdgeContext) {}

  async execute(message: Pick<LaneMessage, 'ref'>, record: AttemptOutcome, outcome: DeliverOutcome): Promise<void> {
    if (outcome.kind === 'accepted') await this.bind(message.ref, record.attempt, outcome.externalId);
    const sealedExternalId = outcome.kind === 'accepted' ? this.sealExternalId(record, outcome.externalId) : undefined;
    await this.write({ ...record, sealedExternalId });
  }

  async write(record: AttemptOutcome): Promise<Moved | undefined> {
    const now = this.edge.clock.now();
    await this.edge.partitions.ensureEventHour(now);
    const moved = await this.edge.attempts.record(record, now);
    if (moved) this.edge.devices.wake([moved.sender]);
    return moved;
  }

  /** The same, from outside the lane's own drain: when the lane may go on, it is woken. */
  async writeAndWake(record: AttemptOutcome): Promise<void> {
    const moved = await this.write(record);
    if (!moved) return;
    if (record.state === 'ready' || moved.hasLeftLane) await this.edge.lanes.wake('clear', [moved.lane]);
  }

  /** Ends a message that has no attempt under way, or gives it back to its sender's device. */
  async stop(
    message: LaneMessage,
    kind: 'failed' | 'waiting-on-sender' | 'expired',
    reason: string | null,
  ): Promise<void> {
    const now = this.edge.clock.now();
    await this.edge.partitions.ensureEventHour(now);
    const moved = await this.edge.attempts.stop(message.ref, { kind, reason }, now);
    if (!moved) return;
    this.edge.devices.wake([moved.sender]);
    const messageId = messageIdFromBytes(message.messageId);
    if (kind === 'waiting-on-sender' || !messageId) return;
    this.edge.events.messageFinished({ messageId, leg: 'clear', state: kind, ...(reason === null ? {} : { reason }) });
  }

  /** True when this external id belongs to this attempt, now or already; false when another attempt has it. */
  async bind(ref: TransitId, attempt: number, externalId: string): Promise<boolean> {
    const hour = Math.ceil(this.edge.clock.nowMs() / 3_600_000) + RECEIVED_HOURS;
    const { digest } = this.edge.digests.of(['bound', externalId], new Date(0));
    return this.edge.inbox.claimDigest(digest, attemptRef(ref, attempt), Math.max(hour, purgeHourOf(ref)));
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
