import type { TransitId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { Events } from '@causeway/platform/server';
import type { Acknowledgement, DeviceRef, InboxStore, NewEvent, PartitionStore } from '@causeway/storage';
import { GroupCommit } from './group-commit.js';
import type { RetentionRules } from './lifetimes.js';
import type { DeviceWaker } from './wakes.js';

/** A sender waits for this word, but not by the millisecond. */
const GATHER_MS = 40;

/** Forgets what a device has stored for good, and tells senders whose message every device of the recipient now has. */
export class Acknowledge {
  private readonly batches: GroupCommit<Acknowledgement, true>;

  constructor(
    private readonly inbox: InboxStore,
    private readonly partitions: PartitionStore,
    private readonly devices: DeviceWaker,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly retention: Pick<RetentionRules, 'book'>,
  ) {
    this.batches = new GroupCommit((batch) => this.acknowledge(batch), {
      maxItems: 500,
      maxUnderWay: 1,
      gatherMs: GATHER_MS,
    });
  }

  async execute(device: DeviceRef, ids: readonly TransitId[]): Promise<void> {
    await this.batches.add({ device, ids });
  }

  private async acknowledge(batch: readonly Acknowledgement[]): Promise<readonly true[]> {
    const now = this.clock.now();
    await this.partitions.ensureEventHour(now);
    const told = await this.inbox.acknowledge(batch, {
      now,
      metadataHours: await this.retention.book.metadataHoursInUse(),
    });
    this.events.boxesAcknowledged({ leg: 'native', count: batch.reduce((total, { ids }) => total + ids.length, 0) });
    this.devices.bring(told.map(eventOf));
    return batch.map(() => true);
  }
}

const eventOf = ({ tenant, account, device, id, body }: NewEvent) =>
  ({ kind: 'event', device: { tenant, account, device }, row: { id, kind: 'event', sealKeyId: null, body } }) as const;
