import { Injectable } from '@nestjs/common';
import { toBase64Url, transitIdRandom, type TransitId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { GroupCommit, readStampedBox } from '@causeway/message-flow';
import type { DeviceRef, InboxQuestion, InboxRow, InboxStore } from '@causeway/storage';

/** Under load one read is for the devices that ask in this time. */
const GATHER_MS = 5;

/** What lies ready for a device, for sockets and for those who poll. */
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

  execute(
    device: DeviceRef,
    page: { readonly underWay: readonly TransitId[]; readonly limit: number },
  ): Promise<readonly InboxRow[]> {
    return this.batches.add({ device, ...page });
  }
}

/** A row as the device gets it. */
export function inboxItem(row: InboxRow) {
  if (row.kind === 'event') {
    const event: unknown = JSON.parse(textOf(row));
    return { kind: 'event', id: row.id, event } as const;
  }
  const { box, stamp } = readStampedBox(row.body);
  const { id, sealKeyId } = row;
  return { kind: 'box', id, boxId: transitIdRandom(id), sealKeyId, box, ...(stamp && { report: stamp }) } as const;
}

/** The frame that pushes a row, the same as `inboxItem` would make; an event is JSON as it lies there and is not read for this. */
export function itemFrame(row: InboxRow): string {
  if (row.kind === 'event') return `{"type":"item","item":{"kind":"event","id":"${row.id}","event":${textOf(row)}}}`;
  const { box, stamp } = readStampedBox(row.body);
  const { id, sealKeyId } = row;
  const report = stamp ? `,"report":{"messageId":"${stamp.messageId}","token":"${toBase64Url(stamp.token)}"}` : '';
  // ids and base64url have nothing in them that JSON would escape
  return `{"type":"item","item":{"kind":"box","id":"${id}","boxId":"${transitIdRandom(id)}","sealKeyId":${sealKeyId},"box":"${toBase64Url(box)}"${report}}}`;
}

const textOf = ({ body }: InboxRow): string => Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8');
