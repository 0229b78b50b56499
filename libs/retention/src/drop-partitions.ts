import { lifetimeOf, POLICIES } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { Events } from '@causeway/platform/server';
import type { PartitionStore } from '@causeway/storage';
import { GRACE_MS, PURGE_LAG, purgeLagSeconds } from './purge-lag.js';

const HOUR_MS = 3_600_000;
const HOUR_SECONDS = 3_600;

/**
 * Drops partitions whose hour is past, and the narrow rows that left with them, and says how far behind it is. Reads never saw an expired
 * row anyway. Whatever moment it is killed at, the next run finishes what it began.
 */
export class DropPartitions {
  /** The hour for which lanes that somebody wants kept for less long were last looked for. */
  private lanesLookedAt: number | undefined;

  constructor(
    private readonly partitions: PartitionStore,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  async execute(): Promise<void> {
    const now = this.clock.now();
    // the rows of hour h were to go by h o'clock
    const lastHour = Math.floor((now.getTime() - GRACE_MS) / HOUR_MS);
    try {
      for (const { table, hour } of await this.partitions.dropPast(lastHour, now))
        this.events.partitionPurged({ partition: `${table}_${hour}`, class: table, count: 1 });
      await this.partitions.forgetPast(lastHour, lifetimeOf('lanes').hours);
      if (this.lanesLookedAt !== lastHour)
        await this.partitions.forgetAskedLanes(lastHour, POLICIES.lanes.minSeconds / HOUR_SECONDS);
      this.lanesLookedAt = lastHour;
    } finally {
      await this.tellLag();
    }
  }

  private async tellLag(): Promise<void> {
    for (const [table, oldestHour] of await this.partitions.oldestHours()) {
      const lagSeconds = purgeLagSeconds(oldestHour, this.clock.nowMs());
      this.events.purgeLag({ class: table, lagSeconds, limits: PURGE_LAG });
    }
  }
}
