import { CausewayError, hasLeft, type TransitId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { AuthenticatedDevice, MessageStore, PartitionStore } from '@causeway/storage';
import type { DeviceWaker, LaneWaker } from './wakes.js';

/** Calls a message back that has not begun to be sent. Calling back twice is the same. */
export class CancelMessage {
  constructor(
    private readonly messages: MessageStore,
    private readonly partitions: PartitionStore,
    private readonly lanes: LaneWaker,
    private readonly devices: DeviceWaker,
    private readonly clock: Clock,
  ) {}

  async execute(caller: AuthenticatedDevice, ref: TransitId): Promise<void> {
    const now = this.clock.now();
    if (hasLeft(ref, now.getTime())) throw new CausewayError('not-found');
    await this.partitions.ensureEventHour(now);
    const cancelled = await this.messages.cancel(caller, ref, now);
    if (cancelled) {
      this.devices.wake([cancelled.touched]);
      if (cancelled.lane) await this.lanes.wake(cancelled.lane.leg, [cancelled.lane.id]);
      return;
    }
    const stored = await this.messages.find(caller, ref);
    if (!stored) throw new CausewayError('not-found');
    if (stored.state !== 'cancelled') throw new CausewayError('not-cancellable');
  }
}
