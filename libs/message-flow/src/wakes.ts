import type { DeviceRef } from '@causeway/storage';
import type { Lanes } from '@causeway/work-queue';

/** Tells devices that something lies in their inbox. A lost word is made good by the next one, or by the device's own look. */
export interface DeviceWaker {
  wake(devices: readonly DeviceRef[]): void;
}

/** All a use case needs of the queue: "look at these lanes". A lost word is made good by the sweep. */
export type LaneWaker = Pick<Lanes, 'wake'>;

/** Name of the word between our processes. */
export const WAKE_DEVICES = 'gateway.wake-devices';
