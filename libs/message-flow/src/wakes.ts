import type { LaneId } from '@causeway/message-model';
import type { DeviceRef, InboxRow } from '@causeway/storage';
import type { Lanes } from '@causeway/work-queue';

/** Tells devices that something lies in their inbox. A lost word is made good by the next one, or by the device's own look. */
export interface DeviceWaker {
  wake(devices: readonly DeviceRef[]): void;
  /** As `wake`, with what lies there: whoever holds the device's socket need not read it again. */
  bring(items: readonly FreshItem[]): void;
}

/** What was just committed to a device's inbox. */
export type FreshItem = { readonly device: DeviceRef; readonly row: InboxRow } & (
  | { readonly kind: 'event' }
  /** The box of a message, with the message's place in its lane: boxes of one lane are handed out in this order. */
  | { readonly kind: 'box'; readonly lane: LaneId; readonly position: bigint }
);

/** All a use case needs of the queue: "look at these lanes". A lost word is made good by the sweep. */
export type LaneWaker = Pick<Lanes, 'wake'>;

/** Name of the word between our processes. */
export const WAKE_DEVICES = 'gateway.wake-devices';
