import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverFrameSchema, toWireJson, type ServerFrame } from '@causeway/api-contract';
import { Acknowledge } from '@causeway/message-flow';
import { transitIdRandom, type ConversationId } from '@causeway/message-model';
import { WebSocket } from 'ws';
import { AdmitFirstContact } from '@causeway/people';
import { Authenticator } from '../../apps/gateway/src/caller.js';
import { DescribeMessage } from '../../apps/gateway/src/describe-message.js';
import { DeviceSockets } from '../../apps/gateway/src/device-sockets.js';
import { IdempotencyKeys } from '../../apps/gateway/src/idempotency-keys.js';
import { ReadInbox } from '../../apps/gateway/src/read-inbox.js';
import { LedgerDoor } from '../../apps/gateway/src/ledger-door.js';
import { SocketSubmissions } from '../../apps/gateway/src/socket-submissions.js';
import { SubmitMessage } from '../../apps/gateway/src/submit-message.js';
import { InProcess, must, type Person } from '../support/in-process.js';
import { befriended, messageTo } from '../support/native-message.js';

let bridge: InProcess;
let sockets: DeviceSockets;
let server: Server;
let url: string;
beforeAll(async () => {
  bridge = await InProcess.open();
  const { accounts, inbox, partitions, messages, attempts, discovery } = bridge.stores;
  const { clock, events, metrics } = bridge;
  const acknowledge = new Acknowledge(inbox, partitions, bridge.devices, clock, events, bridge.retention);
  const authenticator = new Authenticator(accounts);
  sockets = new DeviceSockets(
    authenticator,
    new ReadInbox(inbox, clock),
    acknowledge,
    events,
    metrics,
    new LedgerDoor(bridge.stores.purgeLedger),
  );
  server = createServer();
  const submit = new SubmitMessage(
    bridge.send,
    new DescribeMessage(messages, attempts, clock),
    new IdempotencyKeys(),
    new AdmitFirstContact(discovery, bridge.digests, clock),
  );
  sockets.attach(server, new SocketSubmissions(authenticator, submit, events, metrics));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = typeof address === 'object' && address ? `ws://127.0.0.1:${address.port}/v1/socket` : '';
}, 60_000);
afterAll(async () => {
  await sockets.beforeApplicationShutdown();
  await new Promise((resolve) => server.close(resolve));
  await bridge.close();
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`it did not happen in time: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** An open socket of a device, with what came over it. */
async function connect(person: Person) {
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${person.device.token}` } });
  const frames: ServerFrame[] = [];
  let closeCode: number | undefined;
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) frames.push(serverFrameSchema.parse(JSON.parse(data.toString('utf8'))));
  });
  socket.on('close', (code) => (closeCode = code));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    socket,
    frames,
    items: () => frames.flatMap((frame) => (frame.type === 'item' ? [frame.item.id] : [])),
    closeCode: () => closeCode,
    acknowledge: (ids: readonly string[]) => socket.send(JSON.stringify({ type: 'acknowledge', ids })),
    submit: (message: unknown) => socket.send(toWireJson({ type: 'submit', message })),
    answers: () => frames.filter(({ type }) => type === 'accepted' || type === 'refused'),
  };
}

async function sendMany(ada: Person, bob: Person, conversation: ConversationId, count: number): Promise<void> {
  const requests = Array.from({ length: count }, () => messageTo(bridge, { conversation, recipient: bob }));
  for (const request of requests) await bridge.send.execute(ada.caller, request);
}

/** What sockets are handed comes after the sender's answer. */
async function broughtTo(person: Person, count: number) {
  const own = () => bridge.brought.filter(({ device }) => device.account === person.caller.account);
  await until(() => own().length === count);
  return own();
}

describe('DeviceSockets', () => {
  it('pushes what lies ready, says so, and what arrives later when woken', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    await sendMany(ada, bob, conversation, 2);
    const device = await connect(bob);
    await until(() => device.frames.at(-1)?.type === 'caught-up');
    expect(device.items()).toEqual((await bridge.inbox(bob)).map(({ id }) => id));
    await sendMany(ada, bob, conversation, 1);
    sockets.wake([bob.caller]);
    await until(() => device.items().length === 3);
    device.socket.close();
  });

  it('gets what was just accepted straight, in order and once, also when the gateways tell it in the wrong order', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    await sendMany(ada, bob, conversation, 1);
    const device = await connect(bob);
    await until(() => device.frames.at(-1)?.type === 'caught-up');
    bridge.brought.length = 0;
    await sendMany(ada, bob, conversation, 6);
    const fresh = await broughtTo(bob, 6);
    const [first, second, third, fourth, fifth, sixth] = fresh.map((item) => [item]);
    // the first is of a lane this socket does not know: the inbox says what lies before it
    sockets.bring(must(first));
    await until(() => device.items().length === 7);
    device.acknowledge(device.items());
    await until(async () => (await bridge.inbox(bob)).length === 0);
    for (const late of [sixth, third, second, fourth, fifth]) sockets.bring(must(late));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(device.items()).toHaveLength(7);

    bridge.brought.length = 0;
    await sendMany(ada, bob, conversation, 3);
    const more = await broughtTo(bob, 3);
    const expected = (await bridge.inbox(bob)).map(({ id }) => id);
    sockets.bring(more.slice(0, 1));
    expect(device.frames.filter((frame) => frame.type === 'caught-up').length).toBeGreaterThan(0);
    sockets.bring([must(more[2])]);
    sockets.bring([must(more[1])]);
    await until(() => device.items().length === 10);
    expect(device.items().slice(7)).toEqual(expected);
    device.socket.close();
  });

  it('has no more than a window on its way, and goes on, in order, as the device acknowledges', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    await sendMany(ada, bob, conversation, 330);
    const expected = (await bridge.inbox(bob)).map(({ id }) => id);
    const device = await connect(bob);
    await until(() => device.items().length >= 300);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(device.items()).toHaveLength(300);
    device.acknowledge(device.items().slice(0, 40));
    await until(async () => (await bridge.inbox(bob)).length === 290);
    expect(device.items()).toHaveLength(300);
    device.acknowledge(device.items().slice(40, 240));
    await until(() => device.items().length === 330);
    expect(device.items()).toEqual(expected);
    device.acknowledge(device.items().slice(240));
    await until(async () => (await bridge.inbox(bob)).length === 0);
    device.socket.close();
  }, 60_000);

  it('shows again on the next socket what was not acknowledged, and closes the first for the second', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    await sendMany(ada, bob, conversation, 3);
    const first = await connect(bob);
    await until(() => first.items().length === 3);
    first.acknowledge(first.items().slice(0, 1));
    await until(async () => (await bridge.inbox(bob)).length === 2);
    const second = await connect(bob);
    await until(() => first.closeCode() === 4409 && second.items().length === 2);
    await sendMany(ada, bob, conversation, 1);
    sockets.wake([bob.caller]);
    await until(() => second.items().length === 3);
    expect(first.items()).toHaveLength(3);
    second.socket.close();
  });

  it('acknowledges nothing that belongs to another device', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    await sendMany(ada, bob, conversation, 1);
    const eve = await connect(ada);
    eve.acknowledge((await bridge.inbox(bob)).map(({ id }) => id));
    eve.acknowledge(['iaaaaaaAAAAAAAAAAAAAAAAAAAAAA']);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await bridge.inbox(bob)).toHaveLength(1);
    eve.socket.close();
  });

  it('refuses a token it does not know and a frame it does not understand', async () => {
    const stranger = new WebSocket(url, { headers: { authorization: `Bearer ${'A'.repeat(43)}` } });
    const status = await new Promise((resolve) =>
      stranger.once('unexpected-response', (_, response) => resolve(response.statusCode)),
    );
    expect(status).toBe(401);
    const { ada } = await befriended(bridge);
    const device = await connect(ada);
    device.socket.send('{"type":"acknowledge","ids":["not an id"]}');
    await until(() => device.closeCode() === 1008);
    expect(device.frames).toContainEqual(expect.objectContaining({ type: 'problem', code: 'invalid-request' }));
  });

  it('accepts a message as a request does, and knows it when it comes again', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const device = await connect(ada);
    const message = messageTo(bridge, { conversation, recipient: bob });
    device.submit(message);
    await until(() => device.answers().length === 1);
    const [answer] = device.answers();
    expect(answer).toMatchObject({
      type: 'accepted',
      message: { messageId: message.messageId, state: { kind: 'sent' }, deliverBefore: message.deliverBefore },
    });
    expect(await bridge.inbox(bob)).toHaveLength(1);
    device.submit(message);
    await until(() => device.answers().length === 2);
    expect(device.answers()[1]).toEqual(answer);
    const { ref } = await bridge.send.execute(ada.caller, message);
    expect(answer).toMatchObject({ message: { id: ref } });
    expect(await bridge.inbox(bob)).toHaveLength(1);
    device.submit({ ...message, floor: 'clear' });
    await until(() => device.answers().length === 3);
    expect(device.answers()[2]).toMatchObject({
      type: 'refused',
      messageId: message.messageId,
      problem: { code: 'idempotency-mismatch', status: 422 },
    });
    device.socket.close();
  });

  it('keeps the order in which one device submits', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const device = await connect(ada);
    const messages = Array.from({ length: 200 }, () => messageTo(bridge, { conversation, recipient: bob }));
    for (const message of messages) device.submit(message);
    await until(() => device.answers().length === messages.length);
    const boxIds = messages.flatMap(({ body }) =>
      body.leg === 'native' ? body.recipient.map(({ boxId }) => boxId) : [],
    );
    expect((await bridge.inbox(bob)).map(({ id }) => transitIdRandom(id))).toEqual(boxIds);
    device.socket.close();
  }, 30_000);

  it('says what is wrong with a message and goes on with the connection', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const device = await connect(ada);
    const message = messageTo(bridge, { conversation, recipient: bob });
    device.submit({ ...message, deliverBefore: 'soon' });
    device.submit({ ...message, body: { ...message.body, recipient: [] } });
    device.submit(message);
    await until(() => device.answers().length === 3);
    const refusals = device.answers().flatMap((frame) => (frame.type === 'refused' ? [frame.problem] : []));
    expect(refusals.map(({ errors }) => errors?.map(({ pointer }) => pointer))).toEqual([
      ['/deliverBefore'],
      ['/body/recipient'],
    ]);
    expect(await bridge.inbox(bob)).toHaveLength(1);
    device.submit({ messageId: 'not an id' });
    await until(() => device.closeCode() === 1008);
  });

  it('takes nothing from a device whose token is gone since it connected', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const device = await connect(ada);
    await bridge.stores.database.query(
      'DELETE FROM registry.device WHERE account_id = $1 AND id = $2',
      ada.caller.account,
      ada.caller.device,
    );
    device.submit(messageTo(bridge, { conversation, recipient: bob }));
    await until(() => device.answers().length === 1);
    expect(device.answers()).toMatchObject([{ type: 'refused', problem: { code: 'unauthorized', status: 401 } }]);
    expect(await bridge.inbox(bob)).toHaveLength(0);
    device.socket.close();
  });

  it('answers what it took and closes every socket when the process ends, before the server waits for them', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const device = await connect(ada);
    device.submit(messageTo(bridge, { conversation, recipient: bob }));
    await until(async () => (await bridge.inbox(bob)).length === 1);
    await sockets.beforeApplicationShutdown();
    await until(() => device.closeCode() === 1001);
    expect(device.answers()).toMatchObject([{ type: 'accepted' }]);
  });
});
