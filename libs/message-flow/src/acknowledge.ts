import type { TransitId } from '@causeway/message-model';
import type { Clock, Events } from '@causeway/platform';
import type { DeviceRef, InboxStore, PartitionStore } from '@causeway/storage';
import type { DeviceWaker } from './wakes.js';

/** Forgets what a device has stored for good, and tells senders whose message every device of the recipient now has. */
export class Acknowledge {
  constructor(
    private readonly inbox: InboxStore,
    private readonly partitions: PartitionStore,
    private readonly devices: DeviceWaker,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  async execute(device: DeviceRef, ids: readonly TransitId[]): Promise<void> {
    const now = this.clock.now();
    await this.partitions.ensureEventHour(now);
    const senders = await this.inbox.acknowledge(device, ids, now);
    this.events.boxesAcknowledged({ leg: 'native', count: ids.length });
    this.devices.wake(senders);
  }
}
