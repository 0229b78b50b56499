import { randomBytes } from 'node:crypto';
import {
  mintAccountId,
  mintBoxId,
  mintLaneId,
  mintTransitId,
  messageIdFromBytes,
  parseDeviceId,
  parseTenantId,
  toBytes,
  type ConversationId,
  type DeviceId,
} from '@causeway/message-model';
import {
  AttemptStore,
  Database,
  InboxStore,
  LaneStore,
  MessageStore,
  PartitionStore,
  RevokedStatementStore,
  type BoxRow,
  type DeviceRef,
  type NewMessage,
} from '@causeway/storage';
import { freshDatabase } from './database.js';

export const HOUR = 3_600_000;
export const now = new Date('2026-11-23T10:00:00Z');
export const deadline = new Date(now.getTime() + 24 * HOUR);
export const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('a fixture is not valid');
  return value;
};
export const deviceId = (value: number): DeviceId => must(parseDeviceId(value));
export const tenant = must(parseTenantId('default'));
export const ada: DeviceRef = { tenant, account: mintAccountId(), device: deviceId(1) };
export const bob: DeviceRef = { tenant, account: mintAccountId(), device: deviceId(1) };

/** Stores on a database of their own, with the partitions that these rows go into. */
export async function openStores() {
  const database = new Database(await freshDatabase());
  const partitions = new PartitionStore(database);
  const hour = Math.ceil(deadline.getTime() / HOUR);
  for (const ahead of [hour, hour + 7 * 24, Math.ceil(now.getTime() / HOUR) + 24]) {
    await partitions.ensure('m', ahead);
    await partitions.ensure('i', ahead);
  }
  await database.query(
    `WITH mine AS (INSERT INTO registry.tenant (id, native_host, region, registration, created_at) VALUES ($1, 'rows.example', 'r', 'open', now())
       ON CONFLICT DO NOTHING)
     INSERT INTO registry.account (tenant_id, id, address, account_key, device_list, device_list_signature, device_list_version, created_at)
     SELECT $1, id, 'mimi://rows.example/u/' || id, '', '', '', 1, now() FROM unnest($2::text[]) AS id`,
    tenant,
    [ada.account, bob.account],
  );
  return {
    messages: new MessageStore(database),
    lanes: new LaneStore(database),
    inbox: new InboxStore(database),
    attempts: new AttemptStore(database),
    revoked: new RevokedStatementStore(database),
    partitions,
    close: () => database.close(),
  };
}

export type OpenStores = Awaited<ReturnType<typeof openStores>>;

export const boxFor = (device: DeviceRef, isSync = false): BoxRow => ({
  id: mintTransitId('i', deadline.getTime(), mintBoxId()),
  tenant,
  account: device.account,
  device: device.device,
  sealKeyId: 1,
  body: toBytes(randomBytes(40)),
  isSync,
  isWithheld: false,
  expiresAt: deadline,
});

export const newMessage = (conversation: ConversationId, change: Partial<NewMessage> = {}): NewMessage => ({
  ref: mintTransitId('m', deadline.getTime() + 7 * 24 * HOUR),
  sender: ada,
  messageId: must(messageIdFromBytes(Buffer.concat([Buffer.from([1]), randomBytes(31)]))),
  conversation,
  laneId: mintLaneId(),
  laneLeg: 'native',
  contact: null,
  requestAddress: null,
  floor: 'sealed',
  onUnknown: 'report',
  waitReason: null,
  body: {
    leg: 'native',
    planDigest: 'p',
    networks: ['native'],
    edgeKeyId: null,
    sealed: null,
    statement: null,
    recipientDevices: 1,
    boxes: [boxFor(bob)],
  },
  deliverBefore: deadline,
  digest: toBytes(randomBytes(16)),
  previousDigest: toBytes(randomBytes(16)),
  fingerprint: toBytes(randomBytes(16)),
  ...change,
});

export const only = <T>(rows: readonly T[]): T => must(rows[0]);
