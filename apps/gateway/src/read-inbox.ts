import { Injectable } from '@nestjs/common';
import { transitIdRandom, type TransitId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { InboxStore, type DeviceRef, type InboxRow } from '@causeway/storage';

/** Inbox rows in the form in which devices get them, by socket or by polling. */
@Injectable()
export class ReadInbox {
  constructor(
    private readonly inbox: InboxStore,
    private readonly clock: Clock,
  ) {}

  async execute(device: DeviceRef, page: { readonly underWay: readonly TransitId[]; readonly limit: number }) {
    const rows = await this.inbox.pending(device, { ...page, now: this.clock.now() });
    return rows.map(itemOf);
  }
}

function itemOf(row: InboxRow) {
  if (row.kind === 'event') {
    const event: unknown = JSON.parse(Buffer.from(row.body).toString('utf8'));
    return { kind: 'event', id: row.id, event } as const;
  }
  return { kind: 'box', id: row.id, boxId: transitIdRandom(row.id), sealKeyId: row.sealKeyId, box: row.body } as const;
}
