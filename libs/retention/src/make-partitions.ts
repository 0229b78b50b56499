import type { Clock } from '@causeway/platform';
import { lifetimeOf } from '@causeway/message-model';
import type { PartitionStore } from '@causeway/storage';

const HOUR_MS = 3_600_000;
const NATIVE_HOURS = lifetimeOf('undelivered-envelope').hours;
const CLEAR_HOURS = lifetimeOf('clear-envelope').hours;
const METADATA_HOURS = lifetimeOf('metadata').hours;

/** Hours ahead whose partitions are ready before anyone needs them: of receipts and events, and of messages with the longest deadline. */
const AHEAD = [
  { kind: 'i', hours: lifetimeOf('receipts').hours },
  { kind: 'i', hours: lifetimeOf('events').hours },
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
