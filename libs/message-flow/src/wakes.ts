import type { DeviceRef } from '@causeway/storage';

/** Tells devices that something lies in their inbox. A lost word is made good by the next one, or by the device's own look. */
export interface DeviceWaker {
  wake(devices: readonly DeviceRef[]): void;
}

/** Name of the word between our processes. */
export const WAKE_DEVICES = 'gateway.wake-devices';
