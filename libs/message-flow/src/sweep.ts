import type { Clock, Events } from '@causeway/platform';
import type { LaneStore, MessageStore, PartitionStore } from '@causeway/storage';
import type { RetentionRules } from './lifetimes.js';
import type { DeviceWaker, LaneWaker } from './wakes.js';

const LANES_PER_SWEEP = 2_000;
const HOUR_MS = 3_600_000;

/**
 * The reconciler: wakes every lane whose time has come and ends messages past their deadline. Since due times are rows, losing the whole
 * queue costs one sweep and nothing else.
 */
export class Sweep {
  private sweptHour: number | undefined;

  constructor(
    private readonly lanes: LaneStore,
    private readonly messages: MessageStore,
    private readonly partitions: PartitionStore,
    private readonly queue: LaneWaker,
    private readonly devices: DeviceWaker,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly retention: Pick<RetentionRules, 'book'>,
  ) {}

  async execute(): Promise<void> {
    const now = this.clock.now();
    await this.partitions.ensureEventHour(now);
    const due = await this.lanes.takeDue(now, LANES_PER_SWEEP);
    const expired = await this.expire(now);
    this.devices.wake(expired.touched);
    const lanes = [...due, ...expired.lanes];
    for (const leg of ['native', 'clear'] as const) {
      const ids = lanes.filter((lane) => lane.leg === leg).map((lane) => lane.id);
      await this.queue.wake(leg, ids);
      if (ids.length > 0) this.events.lanesWoken({ track: leg, cause: 'sweep', count: ids.length });
    }
  }

  /**
   * A deadline is in the hour of its row, so the last two hours of deadlines are looked at; and with the first sweep of an hour, hence also
   * of a process, every row there still is, so that what ended while nobody swept ends too.
   */
  private async expire(now: Date) {
    const hour = Math.floor(now.getTime() / HOUR_MS);
    const lifetimes = await this.retention.book.metadataHoursInUse();
    const from = this.sweptHour === hour ? hour + Math.min(...lifetimes) - 1 : hour;
    const expired = await this.messages.expire(now, { from, to: hour + Math.max(...lifetimes) + 1 });
    if (expired.isComplete) this.sweptHour = hour;
    return expired;
  }
}
