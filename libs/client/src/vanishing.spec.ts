import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  conversationUri,
  encodeContent,
  messageIdOf,
  mintConversationId,
  textContent,
  type Expiration,
  type MessageId,
} from '@causeway/message-model';
import { composeMessage } from './compose.js';
import { learnPolicies } from './known-policies.js';
import { localMessages } from './local-messages.js';
import { keepMessage } from './received-messages.js';
import { RECORDS } from './records.js';
import { HOST, TestDevice } from './testing/test-device.js';
import { rawIn, rowsOf } from './testing/raw-rows.js';
import { startReadTimer, Vanishing } from './vanishing.js';

let device: TestDevice;
let peer: TestDevice;
const conversation = mintConversationId();
beforeEach(async () => {
  [device, peer] = [await TestDevice.make('ada'), await TestDevice.make('bo')];
  await device.knows(peer, conversation);
});
afterEach(async () => {
  device.context.alarm.stop();
  await device.dispose();
  await peer.dispose();
});

async function receive(text: string, expires?: Expiration): Promise<MessageId> {
  const header = { senderUri: peer.address, roomUri: conversationUri(HOST, conversation) };
  const content = textContent({ ...header, text, expires });
  const bytes = encodeContent(content);
  const messageId = messageIdOf({ content: bytes, ...header });
  const ends = {
    from: peer.address,
    to: device.address,
    conversation,
    direction: 'received',
    network: 'native',
  } as const;
  await device.context.store.unit((unit) => keepMessage(unit, device.context, { messageId, bytes, content, ...ends }));
  return messageId;
}

const texts = async () => (await localMessages(device.context.store, {})).map(({ text }) => text);
const inSeconds = (seconds: number): Expiration => ({
  relative: false,
  timeSeconds: Math.floor(device.clock.nowMs / 1000) + seconds,
});
const later = async (seconds: number): Promise<void> => {
  device.clock.nowMs += seconds * 1000;
  await new Vanishing(device.context).run();
};

describe('a message that vanishes', () => {
  it('is there until its time and gone at it, from the files too', async () => {
    await receive('stays');
    const before = await rowsOf(device.folder);
    await receive('for five seconds, and long enough to be the longest of the rows that come with it', inSeconds(5));
    const isNew = (row: Buffer) => !before.some((each) => each.equals(row));
    const words = (await rowsOf(device.folder))
      .filter(isNew)
      .toSorted((a, b) => b.length - a.length)
      .slice(0, 1);
    await later(4);
    expect(await texts()).toHaveLength(2);
    expect(await rawIn(device.folder, words)).toHaveLength(1);
    await later(2);
    expect(await texts()).toEqual(['stays']);
    expect(await rawIn(device.folder, words)).toEqual([]);
  });

  it('goes so long after it was read, and not before it is read', async () => {
    const messageId = await receive('for ten seconds after reading', { relative: true, timeSeconds: 10 });
    await later(3_600);
    expect(await texts()).toHaveLength(1);
    await device.context.store.unit(async (unit) => {
      const record = await unit.get(RECORDS.history, messageId);
      if (record) await startReadTimer(unit, device.context, record);
    });
    await later(9);
    expect(await texts()).toHaveLength(1);
    await later(2);
    expect(await texts()).toEqual([]);
  });

  it('goes at the next start when its time came while no process ran', async () => {
    await receive('for five seconds', inSeconds(5));
    await device.restart();
    device.clock.nowMs += 60_000;
    await new Vanishing(device.context).start();
    expect(await texts()).toEqual([]);
  });

  it('vanishes by itself, to the second, without anybody asking', async () => {
    device.clock.nowMs = Date.now();
    const ticking = setInterval(() => (device.clock.nowMs = Date.now()), 20);
    const vanished = new Promise((resolve) => device.context.events.on('vanished', resolve));
    await new Vanishing(device.context).start();
    const messageId = await receive('for a second', inSeconds(1));
    expect(await vanished).toEqual({ messageIds: [messageId] });
    clearInterval(ticking);
  });

  it('takes what was not sent yet with it', async () => {
    const build = (header: Parameters<typeof textContent>[0]) => textContent({ ...header, text: 'late' });
    await device.context.store.unit((unit) =>
      composeMessage(unit, device.context, {
        address: peer.address,
        conversation,
        build: (header) => build({ ...header, text: 'late' }),
        options: { expires: inSeconds(5) },
      }),
    );
    expect((await device.context.store.list(RECORDS.outgoing))[0]?.record.deliverBefore).toBe(inSeconds(5).timeSeconds);
    await later(6);
    expect(await device.context.store.list(RECORDS.outgoing)).toEqual([]);
    expect(await texts()).toEqual([]);
  });
});

describe('a history that is kept for a time', () => {
  const asked = (historySeconds: number | null, ofConversation?: number) =>
    learnPolicies(device.context, {
      policies: [],
      conversations:
        ofConversation === undefined ? [] : [{ conversation, class: 'history', keepSeconds: ofConversation }],
      ...(historySeconds === null ? {} : { policies: [{ ...historyRow, keepSeconds: historySeconds }] }),
    });
  const historyRow = {
    class: 'history',
    what: '',
    from: '',
    keepSeconds: 0,
    tenantSeconds: 0,
    decidedBy: 'account' as const,
    defaultSeconds: 1,
    minSeconds: 1,
    maxSeconds: 1,
    levels: [],
    keptBy: 'devices' as const,
    reason: '',
  };

  it('forgets a conversation after a month, and everything after a year', async () => {
    await receive('old');
    await asked(365 * 86_400, 30 * 86_400);
    await later(29 * 86_400);
    await receive('new');
    expect(await texts()).toEqual(['old', 'new']);
    await later(2 * 86_400);
    expect(await texts()).toEqual(['new']);
    await asked(365 * 86_400);
    await later(360 * 86_400);
    expect(await texts()).toEqual(['new']);
    await later(10 * 86_400);
    expect(await texts()).toEqual([]);
  });
});
