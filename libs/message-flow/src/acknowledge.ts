import type { TransitId } from '@causeway/message-model';
import type { Clock, Events } from '@causeway/platform';
import type { Acknowledgement, DeviceRef, InboxStore, PartitionStore } from '@causeway/storage';
import { GroupCommit } from './group-commit.js';
import { METADATA_HOURS } from './lifetimes.js';
import type { DeviceWaker } from './wakes.js';

/** Forgets what a device has stored for good, and tells senders whose message every device of the recipient now has. */
export class Acknowledge {
  private readonly batches: GroupCommit<Acknowledgement, true>;

  constructor(
    private readonly inbox: InboxStore,
    private readonly partitions: PartitionStore,
    private readonly devices: DeviceWaker,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {
    this.batches = new GroupCommit((batch) => this.acknowledge(batch), { maxItems: 500, maxUnderWay: 1 });
  }

  async execute(device: DeviceRef, ids: readonly TransitId[]): Promise<void> {
    await this.batches.add({ device, ids });
  }

  private async acknowledge(batch: readonly Acknowledgement[]): Promise<readonly true[]> {
    const now = this.clock.now();
    await this.partitions.ensureEventHour(now);
    const senders = await this.inbox.acknowledge(batch, { now, metadataHours: METADATA_HOURS });
    this.events.boxesAcknowledged({ leg: 'native', count: batch.reduce((total, { ids }) => total + ids.length, 0) });
    this.devices.wake(senders);
    return batch.map(() => true);
  }
}
