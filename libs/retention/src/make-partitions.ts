import type { Clock } from '@causeway/platform';
import type { PartitionStore } from '@causeway/storage';
import { POLICIES } from './policies.js';

const HOUR_MS = 3_600_000;
const HOUR_SECONDS = 3600;

const EVENT_HOURS = POLICIES.events.defaultSeconds / HOUR_SECONDS;
const NATIVE_HOURS = POLICIES['undelivered-envelope'].defaultSeconds / HOUR_SECONDS;
const CLEAR_HOURS = 24;
const METADATA_HOURS = POLICIES.metadata.defaultSeconds / HOUR_SECONDS;

/** Hours ahead whose partitions are ready before anyone needs them: of events, and of messages with the longest deadline. */
const AHEAD = [
  { kind: 'i', hours: EVENT_HOURS },
  { kind: 'i', hours: NATIVE_HOURS },
  { kind: 'm', hours: CLEAR_HOURS + METADATA_HOURS },
  { kind: 'm', hours: NATIVE_HOURS + METADATA_HOURS },
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
