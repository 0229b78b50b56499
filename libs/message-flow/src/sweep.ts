import type { Clock } from '@causeway/platform';
import type { Events } from '@causeway/platform/server';
import type { DeviceRef, LaneStore, MessageStore, MovedLane, PartitionStore } from '@causeway/storage';
import type { RetentionRules } from './lifetimes.js';
import type { DeviceWaker, LaneWaker } from './wakes.js';

const LANES_PER_SWEEP = 2_000;
const HOUR_MS = 3_600_000;
/** A statement that was committed late is still seen by the next sweep. */
const OVERLAP_MS = 60_000;
/** Statements in one sweep; more than this is due, and the next sweep goes on. */
const MOST_ROUNDS = 50;

/**
 * The reconciler: wakes every lane whose time has come and ends messages past their deadline. Since due times are rows, losing the whole
 * queue costs one sweep and nothing else.
 */
export class Sweep {
  /** The last sweep that left nothing behind. */
  private swept: { readonly hour: number; readonly atMs: number } | undefined;

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

  /** All that is due, however much that is: a deadline is kept to the second. */
  private async expire(
    now: Date,
  ): Promise<{ readonly touched: readonly DeviceRef[]; readonly lanes: readonly MovedLane[] }> {
    const hour = Math.floor(now.getTime() / HOUR_MS);
    const purgeHours = await this.hours(hour);
    const since = new Date(this.swept?.hour === hour ? this.swept.atMs - OVERLAP_MS : 0);
    const touched: DeviceRef[] = [];
    const lanes: MovedLane[] = [];
    for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
      const expired = await this.messages.expire(now, { purgeHours, since });
      touched.push(...expired.touched);
      lanes.push(...expired.lanes);
      if (!expired.isComplete) continue;
      this.swept = { hour, atMs: now.getTime() };
      break;
    }
    return { touched, lanes };
  }

  /**
   * A deadline is in the hour of its row, so the last two hours of deadlines are looked at; and with the first sweep of an hour, hence also
   * of a process, every row there still is, so that what ended while nobody swept ends too.
   */
  private async hours(hour: number): Promise<readonly number[]> {
    const lifetimes = await this.retention.book.metadataHoursInUse();
    if (this.swept?.hour === hour) return lifetimes.flatMap((later) => [-1, 0, 1].map((near) => hour + later + near));
    return Array.from({ length: Math.max(...lifetimes) + 2 }, (_, later) => hour + later);
  }
}
