import {
  purgeHourOf,
  type AccountId,
  type Bytes,
  type ContactId,
  type ConversationId,
  type DeviceId,
  type LaneId,
  type MessageId,
  type TenantId,
  type TransitId,
} from '@causeway/message-model';
import type { DeviceRef } from './account.store.js';

/** A sealed box for one device; its id is the sealer's, its row id carries the hour. */
export interface BoxRow {
  readonly id: TransitId;
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly sealKeyId: number;
  readonly body: Bytes;
  readonly isSync: boolean;
  /** Its recipient blocked the sender: it is written like any other, to where no device looks. */
  readonly isWithheld: boolean;
  readonly expiresAt: Date;
}

export interface SealedBody {
  readonly leg: 'native' | 'clear';
  readonly planDigest: string;
  readonly networks: readonly string[];
  readonly edgeKeyId: string | null;
  /** Clear leg: the box to the edge. Native: none, the boxes are rows of their own. */
  readonly sealed: Bytes | null;
  readonly statement: Bytes | null;
  readonly recipientDevices: number;
  readonly boxes: readonly BoxRow[];
}

export interface NewMessage {
  readonly ref: TransitId;
  readonly sender: DeviceRef;
  readonly messageId: MessageId;
  readonly conversation: ConversationId;
  readonly laneId: LaneId;
  readonly laneLeg: 'native' | 'clear';
  readonly contact: ContactId | null;
  /** Set for a first contact without a grant. */
  readonly requestAddress: string | null;
  readonly floor: string;
  readonly onUnknown: string;
  readonly waitReason: string | null;
  readonly body: SealedBody | null;
  readonly deliverBefore: Date;
  readonly digest: Bytes;
  readonly previousDigest: Bytes;
  readonly fingerprint: Bytes;
}

export const base64OrNull = (bytes: Uint8Array | null): string | null =>
  bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') : null;

// Rows as they travel to PostgreSQL: one JSON text for a whole batch. Written out member by member, since they are made for every message.

/**
 * Devices have numbers from 1 on. What is withheld lies under the negative of its device's: as many rows of the same size in the same place,
 * so that no answer comes sooner for a block, and nobody is ever handed one. It leaves by its hour like what a silent device leaves lying.
 */
export const boxJson = (ref: TransitId, box: BoxRow) => ({
  ref,
  id: box.id,
  hour: purgeHourOf(box.id),
  tenant: box.tenant,
  account: box.account,
  device: box.isWithheld ? -Number(box.device) : box.device,
  sealKeyId: box.sealKeyId,
  body: base64OrNull(box.body),
  isSync: box.isSync,
  expiresAt: box.expiresAt,
});

export const bodyJson = (body: SealedBody | null) => ({
  leg: body?.leg ?? 'none',
  planDigest: body?.planDigest ?? null,
  networks: body?.networks ?? [],
  edgeKeyId: body?.edgeKeyId ?? null,
  sealed: base64OrNull(body?.sealed ?? null),
  statement: base64OrNull(body?.statement ?? null),
  recipientDevices: body?.recipientDevices ?? 0,
});

/** Under its digests a repetition is recognised, and with its fingerprint it must agree. */
export function messageJson(message: NewMessage, order: number) {
  const { body, sender } = message;
  return {
    order,
    ref: message.ref,
    hour: purgeHourOf(message.ref),
    tenant: sender.tenant,
    account: sender.account,
    device: sender.device,
    messageId: Buffer.from(message.messageId, 'base64url').toString('base64'),
    conversation: message.conversation,
    laneId: message.laneId,
    laneLeg: message.laneLeg,
    contact: message.contact,
    requestAddress: message.requestAddress,
    floor: message.floor,
    onUnknown: message.onUnknown,
    leg: body?.leg ?? 'none',
    planDigest: body?.planDigest ?? null,
    networks: body?.networks ?? [],
    edgeKeyId: body?.edgeKeyId ?? null,
    sealed: base64OrNull(body?.sealed ?? null),
    statement: base64OrNull(body?.statement ?? null),
    recipientDevices: body?.recipientDevices ?? 0,
    state: body ? 'ready' : 'waiting-on-sender',
    reason: message.waitReason,
    canGoNow: body?.leg === 'native',
    deliverBefore: message.deliverBefore,
    digest: base64OrNull(message.digest),
    previousDigest: base64OrNull(message.previousDigest),
    fingerprint: base64OrNull(message.fingerprint),
  };
}
