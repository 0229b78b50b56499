import { CausewayError } from '@causeway/message-model';
import { Remembered, type Clock } from '@causeway/platform';
import type { PartitionStore } from '@causeway/storage';
import { PURGE_LAG, purgeLagSeconds } from './purge-lag.js';

const LOOK_AGAIN_MS = 10_000;

/**
 * Whoever cannot forget must not take in more: when the purge is more than an hour behind, new content is refused. Looks at the database
 * itself, so that it holds also where no purge runs at all.
 */
export class PurgeBrake {
  private readonly lag: Remembered<number>;

  constructor(
    private readonly partitions: PartitionStore,
    private readonly clock: Clock,
  ) {
    this.lag = new Remembered(() => this.lagSeconds(), LOOK_AGAIN_MS);
  }

  /** Throws `purge-behind`; trying again helps once the purge has caught up. */
  async check(): Promise<void> {
    if (!(await this.isOn())) return;
    throw new CausewayError('purge-behind', {
      detail: 'The purge is more than an hour behind; nothing new is stored until it has caught up',
    });
  }

  async isOn(): Promise<boolean> {
    return (await this.lag.get()) > PURGE_LAG.brakeSeconds;
  }

  private async lagSeconds(): Promise<number> {
    const oldest = await this.partitions.oldestHours();
    return Math.max(0, ...[...oldest.values()].map((hour) => purgeLagSeconds(hour, this.clock.nowMs())));
  }
}
