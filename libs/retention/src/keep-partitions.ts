import type { Clock, Events } from '@causeway/platform';
import type { PartitionStore } from '@causeway/storage';

const HOUR_MS = 3_600_000;

/** Hours ahead whose partitions are ready before anyone needs them: events live 24 h, native messages 7 days and their metadata 7 more. */
const AHEAD = [
  { kind: 'i', hours: 24 },
  { kind: 'i', hours: 7 * 24 },
  { kind: 'm', hours: 8 * 24 },
  { kind: 'm', hours: 14 * 24 },
] as const;

/** Makes the partitions of the coming hour ahead of time; other deadlines make theirs on demand. */
export class MakePartitions {
  constructor(
    private readonly partitions: PartitionStore,
    private readonly clock: Clock,
  ) {}

  async execute(): Promise<void> {
    const hour = Math.ceil(this.clock.nowMs() / HOUR_MS);
    for (const { kind, hours } of AHEAD) {
      await this.partitions.ensure(kind, hour + hours);
      await this.partitions.ensure(kind, hour + hours + 1);
    }
  }
}

/** What is due at the hour stays for a moment: a row for it may be on its way, minted a second before. */
const GRACE_MS = 5 * 60_000;
/** A lane that nobody used for so long goes; the next message makes a new one. */
const IDLE_LANE_HOURS = 7 * 24;

/** Drops partitions whose hour is past, and the narrow rows that left with them. Reads never saw an expired row anyway. */
export class DropPartitions {
  constructor(
    private readonly partitions: PartitionStore,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  async execute(): Promise<void> {
    const nowMs = this.clock.nowMs();
    // the rows of hour h were to go by h o'clock
    const lastHour = Math.floor((nowMs - GRACE_MS) / HOUR_MS);
    for (const { table, hour } of await this.partitions.dropPast(lastHour)) {
      const lagSeconds = Math.floor((nowMs - hour * HOUR_MS) / 1000);
      this.events.partitionPurged({ partition: `${table}_${hour}`, class: table, count: 1, lagSeconds });
    }
    await this.partitions.forgetPast(lastHour, IDLE_LANE_HOURS);
  }
}
