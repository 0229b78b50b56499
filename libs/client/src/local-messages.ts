import type { DeviceStore } from './device-store.js';
import type { ReceivedMessage, SendingState } from './device-events.js';
import { shownMessage } from './history.js';
import { RECORDS } from './records.js';

/** A message of this device's history. */
export interface LocalMessage extends ReceivedMessage {
  /** Of messages sent here; `undefined` for what arrived. */
  readonly state: SendingState | undefined;
  /** What the other end reported: `read` and the like. */
  readonly report: string | undefined;
}

export interface MessageFilter {
  /** Only messages from or to this address. */
  readonly with?: string;
}

/** Oldest first; deleted messages and reports are left out. */
export async function localMessages(store: DeviceStore, filter: MessageFilter): Promise<LocalMessage[]> {
  const records = (await store.list(RECORDS.history)).map(({ record }) => record);
  return records
    .filter(({ from, to }) => filter.with === undefined || from === filter.with || to === filter.with)
    .toSorted((a, b) => a.order - b.order)
    .flatMap((record) => {
      const message = shownMessage(record);
      if (!message) return [];
      const state = record.direction === 'sent' ? (record.state ?? { kind: 'unsubmitted' as const }) : undefined;
      return [{ ...message, state, report: record.report ?? undefined }];
    });
}
