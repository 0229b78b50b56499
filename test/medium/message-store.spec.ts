import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  mintAccountId,
  mintBoxId,
  mintConversationId,
  mintLaneId,
  mintTransitId,
  messageIdFromBytes,
  parseDeviceId,
  parseTenantId,
  purgeHourOf,
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
  type BoxRow,
  type DeviceRef,
  type NewMessage,
} from '@causeway/storage';
import { freshDatabase } from '../support/database.js';

const HOUR = 3_600_000;
const now = new Date('2026-11-23T10:00:00Z');
const deadline = new Date(now.getTime() + 24 * HOUR);
const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('a fixture is not valid');
  return value;
};
const deviceId = (value: number): DeviceId => must(parseDeviceId(value));
const tenant = must(parseTenantId('default'));
const ada: DeviceRef = { tenant, account: mintAccountId(), device: deviceId(1) };
const bob: DeviceRef = { tenant, account: mintAccountId(), device: deviceId(1) };

let database: Database;
let messages: MessageStore;
let lanes: LaneStore;
let inbox: InboxStore;
let attempts: AttemptStore;

beforeAll(async () => {
  database = new Database(await freshDatabase());
  messages = new MessageStore(database);
  lanes = new LaneStore(database);
  inbox = new InboxStore(database);
  attempts = new AttemptStore(database);
  const partitions = new PartitionStore(database);
  const hour = Math.ceil(deadline.getTime() / HOUR);
  for (const ahead of [hour, hour + 7 * 24, Math.ceil(now.getTime() / HOUR) + 24]) {
    await partitions.ensure('m', ahead);
    await partitions.ensure('i', ahead);
  }
});
afterAll(async () => database.close());

const boxFor = (device: DeviceRef, isSync = false): BoxRow => ({
  id: mintTransitId('i', deadline.getTime(), mintBoxId()),
  tenant,
  account: device.account,
  device: device.device,
  sealKeyId: 1,
  body: toBytes(randomBytes(40)),
  isSync,
  expiresAt: deadline,
});

const newMessage = (conversation: ConversationId, change: Partial<NewMessage> = {}): NewMessage => ({
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

const facts = { now, metadataHours: [7 * 24] };
const read = async (device: DeviceRef) => only(await inbox.pending([{ device, underWay: [], limit: 100 }], now));
const only = <T>(rows: readonly T[]): T => must(rows[0]);

describe('MessageStore', () => {
  it('puts the boxes of an idle native lane into the inbox with the accept itself', async () => {
    const message = newMessage(mintConversationId());
    const result = only(await messages.accept([message], now));
    expect(result).toMatchObject({ isNew: true, state: 'sent', isDelivered: true });
    expect((await read(bob)).map((row) => row.id)).toContain(message.body?.boxes[0]?.id);
  });

  it('accepts a repeated digest once and answers with what is stored, also within one batch', async () => {
    const first = newMessage(mintConversationId());
    const again = { ...first, ref: mintTransitId('m', deadline.getTime() + 7 * 24 * HOUR) };
    const [one, two] = await messages.accept([first, again], now);
    const three = only(await messages.accept([{ ...again, fingerprint: toBytes(randomBytes(16)) }], now));
    expect(one?.isNew).toBe(true);
    expect(two).toMatchObject({ isNew: false, isSameMessage: true, ref: first.ref, state: 'sent' });
    expect(three).toMatchObject({ isNew: false, isSameMessage: false });
  });

  it('keeps a ready message behind a waiting one and drains both in order once the first has its body', async () => {
    const conversation = mintConversationId();
    const waiting = newMessage(conversation, { body: null, waitReason: 'consent' });
    const behind = newMessage(conversation);
    const held = only(await messages.accept([waiting], now));
    const queued = only(await messages.accept([behind], now));
    expect(held).toMatchObject({ state: 'waiting-on-sender', reason: 'consent' });
    expect(queued).toMatchObject({ isDelivered: false, state: 'ready', lane: held.lane });
    const box = boxFor(bob);
    const lane = must(await messages.attach(waiting.ref, { ...must(behind.body ?? undefined), boxes: [box] }, now));
    expect(await messages.attach(waiting.ref, must(behind.body ?? undefined), now)).toBeUndefined();
    const head = await lanes.head(lane, 10);
    expect(head.messages.map((message) => [message.ref, message.state])).toEqual([
      [waiting.ref, 'ready'],
      [behind.ref, 'ready'],
    ]);
    const { moved, touched } = await lanes.drainNative(
      head.messages.map((message) => message.ref),
      [],
      now,
    );
    expect(touched).toEqual([bob]);
    expect(moved).toBe(2);
    const ids = (await read(bob)).map((row) => row.id);
    expect(ids.slice(-2)).toEqual([box.id, behind.body?.boxes[0]?.id]);
    await lanes.settle(lane, (await lanes.head(lane, 10)).revision, null);
    expect(only(await messages.accept([newMessage(conversation)], now)).isDelivered).toBe(true);
  });

  it('is delivered, and tells the sender, when the last device acknowledged', async () => {
    const second: DeviceRef = { ...bob, device: deviceId(2) };
    const conversation = mintConversationId();
    const plain = newMessage(conversation);
    const boxes = [boxFor(bob), boxFor(second)];
    const message = { ...plain, body: { ...must(plain.body ?? undefined), recipientDevices: 2, boxes } };
    await messages.accept([message], now);
    expect(await inbox.acknowledge([{ device: bob, ids: [must(boxes[0]).id] }], facts)).toEqual([]);
    expect(await inbox.acknowledge([{ device: bob, ids: [must(boxes[1]).id] }], facts)).toEqual([]);
    const told = await inbox.acknowledge([{ device: second, ids: [must(boxes[1]).id] }], facts);
    expect(told.map(({ tenant, account, device }) => ({ tenant, account, device }))).toEqual([ada]);
    expect(await messages.find(ada, message.ref)).toMatchObject({ state: 'delivered' });
    const events = (await read(ada))
      .filter((row) => row.kind === 'event')
      .map((row): unknown => JSON.parse(Buffer.from(row.body).toString()));
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'message-state',
        id: message.ref,
        messageId: message.messageId,
        state: { kind: 'delivered' },
      }),
    );
  });

  it('cancels what waits and lets the lane go on', async () => {
    const conversation = mintConversationId();
    const waiting = newMessage(conversation, { body: null, waitReason: 'consent' });
    await messages.accept([waiting], now);
    expect(await messages.cancel(bob, waiting.ref, now)).toBeUndefined();
    expect(await messages.cancel(ada, waiting.ref, now)).toMatchObject({ lane: { leg: 'native' } });
    expect(await messages.cancel(ada, waiting.ref, now)).toBeUndefined();
    expect(only(await messages.accept([newMessage(conversation)], now)).isDelivered).toBe(true);
  });

  it('expires what nobody took by its deadline', async () => {
    const message = newMessage(mintConversationId(), { body: null, waitReason: 'consent' });
    await messages.accept([message], now);
    await new PartitionStore(database).ensure('i', Math.ceil(deadline.getTime() / HOUR) + 24);
    const { touched } = await messages.expire(deadline, {
      from: purgeHourOf(message.ref) - 1,
      to: purgeHourOf(message.ref),
    });
    expect(touched.length).toBeGreaterThan(0);
    expect(await messages.find(ada, message.ref)).toMatchObject({ state: 'expired' });
  });
});

describe('AttemptStore', () => {
  const clear = async (conversation: ConversationId) => {
    const message = newMessage(conversation, {
      laneLeg: 'clear',
      body: {
        leg: 'clear',
        planDigest: 'p',
        networks: ['sms'],
        edgeKeyId: 'k',
        sealed: toBytes(randomBytes(9)),
        statement: toBytes(randomBytes(5)),
        recipientDevices: 0,
        boxes: [],
      },
    });
    const result = only(await messages.accept([message], now));
    return { message, lane: must(result.lane ?? undefined) };
  };
  const begin = async (ref: NewMessage['ref'], attempt: number, statement: string) =>
    attempts.begin({
      ref,
      attempt,
      network: 'sms',
      isSimulated: true,
      bridgeNumberId: 'b',
      startedAt: now,
      callBefore: now,
      statement: { tenant, id: statement, use: statement },
    });

  it('lets one caller begin an attempt, and one message use a statement', async () => {
    const { message, lane } = await clear(mintConversationId());
    const other = await clear(mintConversationId());
    expect(await begin(message.ref, 1, 's1')).toBe('begun');
    expect(await begin(message.ref, 1, 's1')).toBe('taken');
    expect(await begin(other.message.ref, 1, 's1')).toBe('statement-used');
    expect((await lanes.head(lane, 5)).messages[0]).toMatchObject({ state: 'sending', attempts: 1 });
    expect(await attempts.envelope(message.ref)).toMatchObject({ sealed: message.body?.sealed });
  });

  it('never takes an outcome back, and drops the envelope when the carrier has the message', async () => {
    const { message, lane } = await clear(mintConversationId());
    await begin(message.ref, 1, 's2');
    const key = { ref: message.ref, attempt: 1 };
    const moved = await attempts.record(
      { ...key, outcome: 'accepted', state: 'sent', leavesLane: true, lookAgainAt: deadline, segments: 2 },
      now,
    );
    expect(moved).toEqual({ sender: ada, lane, hasLeftLane: true });
    expect(await attempts.envelope(message.ref)).toBeUndefined();
    expect((await lanes.head(lane, 5)).messages).toEqual([]);
    await attempts.record(
      { ...key, outcome: 'delivered', state: 'delivered', leavesLane: false, lookAgainAt: null },
      now,
    );
    expect(
      await attempts.record({ ...key, outcome: 'sent', state: 'sent', leavesLane: false, lookAgainAt: null }, now),
    ).toBeUndefined();
    expect(await messages.find(ada, message.ref)).toMatchObject({ state: 'delivered' });
    expect(await attempts.of(message.ref)).toMatchObject([{ outcome: 'delivered', segments: 2 }]);
  });

  it('keeps an unknown outcome in its lane and hands it out again when it is due', async () => {
    const { message, lane } = await clear(mintConversationId());
    await begin(message.ref, 1, 's3');
    await attempts.record(
      { ref: message.ref, attempt: 1, outcome: 'unknown', state: null, leavesLane: false, lookAgainAt: now },
      now,
    );
    const open = await attempts.takeOpen(new Date(now.getTime() + 1), { postponedTo: deadline, limit: 50 });
    expect(open).toContainEqual({ ref: message.ref, attempt: 1 });
    await attempts.record(
      { ref: message.ref, attempt: 1, outcome: 'not-sent', state: 'ready', leavesLane: false, lookAgainAt: null },
      now,
    );
    expect((await lanes.head(lane, 5)).messages[0]).toMatchObject({ state: 'ready' });
    expect(await begin(message.ref, 2, 's3')).toBe('begun');
  });

  it('gives a message back to its sender without its words', async () => {
    const { message } = await clear(mintConversationId());
    await attempts.stop(message.ref, { kind: 'waiting-on-sender', reason: 'route' }, now);
    expect(await attempts.envelope(message.ref)).toBeUndefined();
    expect(await messages.find(ada, message.ref)).toMatchObject({ state: 'waiting-on-sender', reason: 'route' });
    expect(purgeHourOf(message.ref)).toBeGreaterThan(0);
  });
});
