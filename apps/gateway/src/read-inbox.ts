import { Injectable } from '@nestjs/common';
import { transitIdRandom, type TransitId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { GroupCommit, readStampedBox } from '@causeway/message-flow';
import type { DeviceRef, InboxQuestion, InboxRow, InboxStore } from '@causeway/storage';

/** Under load one read is for the devices that ask in this time. */
const GATHER_MS = 5;

/** Inbox rows in the form in which devices get them, by socket or by polling. */
@Injectable()
export class ReadInbox {
  private readonly batches: GroupCommit<InboxQuestion, readonly InboxRow[]>;

  constructor(inbox: InboxStore, clock: Clock) {
    this.batches = new GroupCommit((batch) => inbox.pending(batch, clock.now()), {
      maxItems: 500,
      maxUnderWay: 1,
      gatherMs: GATHER_MS,
    });
  }

  async execute(device: DeviceRef, page: { readonly underWay: readonly TransitId[]; readonly limit: number }) {
    const rows = await this.batches.add({ device, ...page });
    return rows.map(inboxItem);
  }
}

/** A row as the device gets it. */
export function inboxItem(row: InboxRow) {
  if (row.kind === 'event') {
    const event: unknown = JSON.parse(Buffer.from(row.body).toString('utf8'));
    return { kind: 'event', id: row.id, event } as const;
  }
  const { box, stamp } = readStampedBox(row.body);
  const { id, sealKeyId } = row;
  return { kind: 'box', id, boxId: transitIdRandom(id), sealKeyId, box, ...(stamp && { report: stamp }) } as const;
}
