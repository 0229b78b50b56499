import { CausewayError, type TransitId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { AuthenticatedDevice, MessageStore, PartitionStore } from '@causeway/storage';
import type { Lanes } from '@causeway/work-queue';
import type { DeviceWaker } from './wakes.js';

/** Calls a message back that has not begun to be sent. Calling back twice is the same. */
export class CancelMessage {
  constructor(
    private readonly messages: MessageStore,
    private readonly partitions: PartitionStore,
    private readonly lanes: Lanes,
    private readonly devices: DeviceWaker,
    private readonly clock: Clock,
  ) {}

  async execute(caller: AuthenticatedDevice, ref: TransitId): Promise<void> {
    const now = this.clock.now();
    await this.partitions.ensureEventHour(now);
    const cancelled = await this.messages.cancel(caller, ref, now);
    if (cancelled) {
      this.devices.wake([caller]);
      await this.lanes.wake(cancelled.leg, [cancelled.lane]);
      return;
    }
    const stored = await this.messages.find(caller, ref);
    if (!stored) throw new CausewayError('not-found');
    if (stored.state !== 'cancelled') throw new CausewayError('not-cancellable');
  }
}
