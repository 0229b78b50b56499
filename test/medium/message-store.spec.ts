import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintConversationId, mintTransitId, purgeHourOf, toBytes } from '@causeway/message-model';
import type { DeviceRef } from '@causeway/storage';
import {
  ada,
  bob,
  boxFor,
  deadline,
  deviceId,
  must,
  newMessage,
  now,
  only,
  HOUR,
  openStores,
  type OpenStores,
} from '../support/stored-rows.js';

let messages: OpenStores['messages'];
let lanes: OpenStores['lanes'];
let inbox: OpenStores['inbox'];
let partitions: OpenStores['partitions'];
let close: OpenStores['close'];
beforeAll(async () => {
  ({ messages, lanes, inbox, partitions, close } = await openStores());
});
afterAll(async () => close());

const facts = { now, metadataHours: [7 * 24] };
const read = async (device: DeviceRef) => only(await inbox.pending([{ device, underWay: [], limit: 100 }], now));

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
      { withheld: [], dropped: [] },
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
    await partitions.ensure('i', Math.ceil(deadline.getTime() / HOUR) + 24);
    const { touched } = await messages.expire(deadline, {
      purgeHours: [purgeHourOf(message.ref) - 1, purgeHourOf(message.ref)],
      since: now,
    });
    expect(touched.length).toBeGreaterThan(0);
    expect(await messages.find(ada, message.ref)).toMatchObject({ state: 'expired' });
  });
});
