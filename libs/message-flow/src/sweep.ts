import type { Clock, Events } from '@causeway/platform';
import type { LaneStore, MessageStore, PartitionStore } from '@causeway/storage';
import type { Lanes } from '@causeway/work-queue';
import { METADATA_HOURS } from './send-message.js';
import type { DeviceWaker } from './wakes.js';

const LANES_PER_SWEEP = 2_000;

/**
 * The reconciler: wakes every lane whose time has come and ends messages past their deadline. Since due times are rows, losing the whole
 * queue costs one sweep and nothing else.
 */
export class Sweep {
  constructor(
    private readonly lanes: LaneStore,
    private readonly messages: MessageStore,
    private readonly partitions: PartitionStore,
    private readonly queue: Lanes,
    private readonly devices: DeviceWaker,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  async execute(): Promise<void> {
    const now = this.clock.now();
    await this.partitions.ensureEventHour(now);
    const due = await this.lanes.takeDue(now, LANES_PER_SWEEP);
    const expired = await this.messages.expire(now, METADATA_HOURS);
    this.devices.wake(expired.touched);
    const lanes = [...due, ...expired.lanes];
    for (const leg of ['native', 'clear'] as const) {
      const ids = lanes.filter((lane) => lane.leg === leg).map((lane) => lane.id);
      await this.queue.wake(leg, ids);
      if (ids.length > 0) this.events.lanesWoken({ track: leg, cause: 'sweep', count: ids.length });
    }
  }
}
