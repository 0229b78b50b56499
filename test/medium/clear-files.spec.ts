import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  conversationUri,
  decodeContent,
  degrade,
  encodeContent,
  filesContent,
  messageIdOf,
  toBytes,
  transitIdRandom,
  type BoxId,
  type InlineFile,
} from '@causeway/message-model';
import { readStampedBox } from '@causeway/message-flow';
import { openAtDevice } from '@causeway/signal-protocol';
import {
  PERSON,
  startSimulatedRcs,
  type SimulatedRcs,
} from '../../libs/adapter-rcs-simulated/src/testing/simulated-rcs.js';
import { BRIDGE, ClearBridge, eventually } from '../support/clear-bridge.js';
import { must, type Person } from '../support/in-process.js';
import type { RawContact } from '../support/clear-message.js';

const KIB = 1024;
const PIXEL = toBytes(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);

let edge: ClearBridge;
let rcs: SimulatedRcs;
let files: Server;
let cy: Person;
const served: (readonly [path: string, status: number])[] = [];
beforeAll(async () => {
  files = createServer((request, response) => {
    const file = edge.links.open(request.url?.split('/').at(-1) ?? '');
    served.push([request.url ?? '', file ? 200 : 404]);
    response.writeHead(file ? 200 : 404, { 'content-type': file?.contentType ?? 'text/plain' });
    response.end(file && Buffer.from(file.content));
  });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  const address = files.address();
  edge = await ClearBridge.open({
    publicUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
  });
  rcs = await startSimulatedRcs();
  edge.bridge.adapters.set('rcs', rcs.adapter());
  cy = await edge.bridge.person('cy');
}, 60_000);
afterAll(async () => {
  await rcs?.close();
  await edge?.close();
  files.closeAllConnections();
  await new Promise((resolve) => files.close(resolve));
});
beforeEach(() => edge.bridge.clock.set(Date.now()));

/** What the person's device finds in its inbox, opened. */
async function opened(person: Person) {
  const rows = (await edge.bridge.inbox(person)).filter(({ kind }) => kind === 'box');
  const { tenant, account, device } = person.caller;
  return rows.map((row) => {
    const context = { tenant, account, device, sealKeyId: 1, boxId: transitIdRandom(row.id) as BoxId };
    const body = openAtDevice({
      context,
      sealPrivateKey: person.device.seal.privateKey,
      box: readStampedBox(row.body).box,
    });
    if (body?.leg !== 'clear') throw new Error('it does not open');
    return decodeContent(body.content, edge.bridge.clock.nowMs()).part;
  });
}

async function comesBySms(e164: string, content: Uint8Array): Promise<readonly string[]> {
  const file = { to: BRIDGE, body: 'look', contentType: 'image/png', content: Buffer.from(content).toString('base64') };
  const { sid } = await edge.twilio.post(`/handsets/${e164}/media`, file);
  const request = await eventually(() => edge.twilio.webhooks.find(({ body }) => Buffer.from(body).includes(sid)));
  const received = await must(edge.context.adapters.get('sms')).receive(request);
  if (received.kind !== 'events') throw new Error(received.reason);
  return [
    ...(await edge.acceptInbound.execute('sms', received.events)),
    ...(await edge.acceptInbound.execute('sms', received.events)),
  ];
}

/** A message that is a file, sealed and permitted for one network. */
function sendFile(person: Person, to: RawContact, network: 'sms' | 'rcs', file: InlineFile) {
  const header = { senderUri: person.device.address, roomUri: conversationUri('causeway.local', to.conversation) };
  const content = encodeContent(filesContent({ ...header, files: [file], text: 'look' }));
  const messageId = messageIdOf({ content, ...header });
  return edge.send(person, to, '', { draft: { content, messageId, networks: [network] } });
}

describe('a picture from a phone', () => {
  it('arrives inside the sealed message, and is fetched once however often the network tells of it', async () => {
    const person = await edge.bridge.person('ada');
    await edge.contact(person, '+14155553001');
    expect(await comesBySms('+14155553001', PIXEL)).toEqual(['accepted', 'repeated']);
    expect((await edge.twilio.get('/log')).counts['fetch-media']).toBe(1);
    const [part] = await opened(person);
    expect(part).toMatchObject({ kind: 'multi', parts: [{}, { contentType: 'image/png', content: PIXEL }] });
  });

  it('of 48 KiB still fits, and one byte more is named instead', async () => {
    const person = await edge.bridge.person('bob');
    await edge.contact(person, '+14155553002');
    await comesBySms('+14155553002', new Uint8Array(48 * KIB));
    await comesBySms('+14155553002', new Uint8Array(48 * KIB + 1));
    const parts = await opened(person);
    expect(parts.map(({ kind }) => kind).toSorted()).toEqual(['multi', 'single']);
    const told = must(parts.find(({ kind }) => kind === 'single'));
    expect(told.kind === 'single' && Buffer.from(told.content).toString()).toBe(
      'look\n[Attachment not carried over: image/png; too large]',
    );
  });
});

describe('a picture to a phone', () => {
  it('goes over RCS by a link that opens once', async () => {
    const to = await edge.contact(cy, PERSON);
    const sent = await sendFile(cy, to, 'rcs', { contentType: 'image/png', content: PIXEL });
    await edge.drain(sent.lane);
    const [bubble] = await eventually(async () => {
      const { bubbles } = await rcs.phone();
      return bubbles.length > 0 ? bubbles : undefined;
    });
    const card = must(must(bubble).content.richCard?.standaloneCard).cardContent;
    expect([card.description, card.media]).toEqual(['look', expect.anything()]);
    // the network fetched it and holds a copy; nobody opens the link again
    await eventually(() => (served.length > 0 ? served : undefined));
    const [path, status] = must(served.find(([, answered]) => answered === 200));
    expect([path, status]).toEqual([expect.stringMatching(/^\/media\/[\w-]{43}$/), 200]);
    expect(edge.links.open(path.split('/').at(-1) ?? '')).toBeUndefined();
    expect(await edge.find(cy, sent)).toMatchObject({ state: 'sent' });
  });

  it('is named in words where the network carries none', async () => {
    const person = await edge.bridge.person('di');
    const to = await edge.contact(person, '+14155553003');
    const sent = await sendFile(person, to, 'sms', { contentType: 'image/png', content: PIXEL });
    await edge.drain(sent.lane);
    expect(await edge.received('+14155553003', 1)).toEqual(['look\n[Attachment not included: image/png]']);
  });

  it('waits while the edge holds as many files as it may, and no attempt is made', async () => {
    const to = await edge.contact(cy, PERSON);
    const hog = must(edge.links.make({ contentType: 'video/mp4', content: toBytes(new Uint8Array(100_000_000 - 10)) }));
    const sent = await sendFile(cy, to, 'rcs', { contentType: 'image/png', content: PIXEL });
    await edge.drain(sent.lane);
    expect(await edge.find(cy, sent)).toMatchObject({ state: 'ready', attempts: [] });
    expect(await edge.dueMs(sent.lane)).toBe(edge.bridge.clock.nowMs() + 30_000);
    edge.links.open(hog.url.reveal().split('/').at(-1) ?? '');
    edge.bridge.clock.advanceSeconds(30);
    await edge.drain(sent.lane);
    expect(await edge.find(cy, sent)).toMatchObject({ state: 'sent' });
  });
});

describe('a picture by MMS', () => {
  beforeAll(() => {
    const { clock } = edge.bridge;
    edge.bridge.adapters.set('sms', edge.twilio.adapter({ clock, sendsMedia: true, callTimeoutMs: 5_000 }));
  });

  it('goes as a file to a country that has it, by a link that opened once, and what is shown before says so', async () => {
    const person = await edge.bridge.person('flo');
    const to = await edge.contact(person, '+14155553009');
    const opened = served.length;
    const sent = await sendFile(person, to, 'sms', { contentType: 'image/png', content: PIXEL });
    await edge.drain(sent.lane);
    expect(await edge.received('+14155553009', 1)).toEqual(['look']);
    expect(await edge.find(person, sent)).toMatchObject({ attempts: [{ network: 'sms' }] });
    const [path] = must(served.slice(opened).find(([, status]) => status === 200));
    expect(edge.links.open(path.split('/').at(-1) ?? '')).toBeUndefined();
    expect((await edge.bridge.desk().capabilities('US'))['sms']?.features.attachment).toBe('partial');
  });

  it('is named in words in a country that has none, as it was shown', async () => {
    const person = await edge.bridge.person('gus');
    const to = await edge.contact(person, '+447400123456');
    const opened = served.length;
    const sent = await sendFile(person, to, 'sms', { contentType: 'image/png', content: PIXEL });
    await edge.drain(sent.lane);
    expect(await edge.received('+447400123456', 1)).toEqual(['look\n[Attachment not included: image/png]']);
    expect(served).toHaveLength(opened);
    expect((await edge.bridge.desk().capabilities('GB'))['sms']?.features.attachment).toBe('unsupported-with-fallback');
  });

  it('is refused when it is larger than MMS carries, before anything is sent', async () => {
    const { sms } = await edge.bridge.desk().capabilities('US');
    const header = { senderUri: 'mimi://causeway.local/u/x', roomUri: 'mimi://causeway.local/r/x' };
    const large = { contentType: 'image/png', content: toBytes(new Uint8Array(5_000_001)) };
    expect(degrade(filesContent({ ...header, files: [large] }), must(sms))).toEqual({
      kind: 'refused',
      reason: 'attachment-too-large',
    });
  });
});
