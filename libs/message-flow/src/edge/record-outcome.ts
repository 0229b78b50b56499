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
    if (outcome.kind !== 'accepted') return void (await this.write(record));
    const { externalId } = outcome;
    await this.write({
      ...record,
      sealedExternalId: this.sealExternalId(record, externalId),
      claim: { ...this.claimOf({ ref: message.ref, attempt: record.attempt }, externalId), isRequired: false },
    });
  }

  async write(record: AttemptOutcome): Promise<Moved | 'not-ours' | undefined> {
    const now = this.edge.clock.now();
    await this.edge.partitions.ensureEventHour(now);
    const moved = await this.edge.attempts.record(record, now);
    if (moved && moved !== 'not-ours') this.edge.devices.wake([moved.sender]);
    return moved;
  }

  /** The same, from outside the lane's own drain: when the lane may go on, it is woken. */
  async writeAndWake(record: AttemptOutcome): Promise<'recorded' | 'not-ours'> {
    const moved = await this.write(record);
    if (moved === 'not-ours') return moved;
    if (moved && (record.state === 'ready' || moved.hasLeftLane)) await this.edge.lanes.wake('clear', [moved.lane]);
    return 'recorded';
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
    const { digest, owner, purgeHour } = this.claimOf({ ref, attempt }, externalId);
    return this.edge.inbox.claimDigest(digest, owner, purgeHour);
  }

  claimOf({ ref, attempt }: AttemptKey, externalId: string) {
    const hour = Math.ceil(this.edge.clock.nowMs() / 3_600_000) + RECEIVED_HOURS;
    const { digest } = this.edge.digests.of(['bound', externalId], new Date(0));
    return { digest, owner: attemptRef(ref, attempt), purgeHour: Math.max(hour, purgeHourOf(ref)) };
  }

  sealExternalId(key: AttemptKey, externalId: string) {
    return this.edge.keys.sealAtRest(utf8(externalId), externalIdAad(key.ref, key.attempt));
  }
}
