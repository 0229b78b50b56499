import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { randomUUID } from 'node:crypto';
import twilio from 'twilio';
import { createSimulator, type Simulator } from './create-simulator.js';

const ACCOUNT_SID = `AC${'0123456789abcdef'.repeat(2)}`;
const AUTH_TOKEN = 'simulated-token';
const BRIDGE = '+14155550100';
const PERSON = '+14155550123';

interface Answer {
  readonly sid: string;
  readonly simulated: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly messages: readonly { readonly direction: string; readonly body: string }[];
}

let simulator: Simulator;
let listener: Server;
let publicUrl: string;
let webhooks: { readonly url: string; readonly signature: string; readonly form: Record<string, string> }[];

beforeEach(async () => {
  webhooks = [];
  listener = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      await once(request, 'end');
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
      const signature = String(request.headers['x-twilio-signature']);
      webhooks.push({ url: `${publicUrl}${request.url}`, signature, form });
      response.statusCode = 500;
      response.end();
    })();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  publicUrl = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
  const delays = { sendDelayMs: 5, deliverDelayMs: 5 };
  simulator = await createSimulator({
    port: 0,
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    bridgeNumbers: [BRIDGE],
    inboundUrl: `${publicUrl}/inbound`,
    ...delays,
  });
});

afterEach(async () => {
  await simulator.close();
  listener.closeAllConnections();
  await new Promise((resolve) => listener.close(resolve));
});

/** The SDK as anyone uses it, pointed at the simulator. */
function sdk(token = AUTH_TOKEN) {
  const client = twilio(ACCOUNT_SID, token);
  client.api.baseUrl = simulator.url;
  return client;
}

const get = async (path: string): Promise<Answer> => (await (await fetch(`${simulator.url}${path}`)).json()) as Answer;
const post = (path: string, body: unknown) =>
  fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 500; round += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('It did not happen');
}

const hello = { to: PERSON, from: BRIDGE, body: 'Hello 👋' };

describe('the simulated SMS carrier, seen through the SDK of Twilio', () => {
  it('creates, fetches and delivers a message', async () => {
    const created = await sdk().messages.create(hello);
    expect(created.sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(created).toMatchObject({ status: 'queued', numSegments: '1', direction: 'outbound-api', body: 'Hello 👋' });
    expect(created.dateCreated.getTime()).toBeGreaterThan(Date.now() - 5_000);
    await until(async () => (await sdk().messages(created.sid).fetch()).status === 'delivered');
    const { messages } = await get(`/handsets/${PERSON}/messages`);
    expect(messages).toMatchObject([{ direction: 'received', body: 'Hello 👋' }]);
  });

  it('reports sent and delivered by signed callbacks, each once although the receiver fails', async () => {
    const created = await sdk().messages.create({ ...hello, statusCallback: `${publicUrl}/status/ref?x=1` });
    await until(() => webhooks.length >= 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(webhooks.map(({ form }) => form['MessageStatus'])).toEqual(['sent', 'delivered']);
    for (const { url, signature, form } of webhooks) {
      expect(form['MessageSid']).toBe(created.sid);
      expect(twilio.validateRequest(AUTH_TOKEN, signature, url, form)).toBe(true);
    }
  });

  it('posts what a handset writes, signed, and keeps it in the list', async () => {
    const response = await post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: 'Hi & bye' });
    expect(response.status).toBe(201);
    await until(() => webhooks.length === 1);
    expect(webhooks[0]?.form).toMatchObject({ Body: 'Hi & bye', From: PERSON, To: BRIDGE, NumMedia: '0' });
    const listed = await sdk().messages.list({ to: BRIDGE });
    expect(listed).toMatchObject([{ direction: 'inbound', status: 'received', body: 'Hi & bye' }]);
  });

  it('lists by number and time, walking pages', async () => {
    const before = new Date(Date.now() - 60_000);
    for (let index = 0; index < 7; index += 1) await sdk().messages.create({ ...hello, body: `number ${index}` });
    const listed = await sdk().messages.list({ to: PERSON, from: BRIDGE, dateSentAfter: before, pageSize: 3 });
    expect(listed.map(({ body }) => body)).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `number ${index}`));
    expect(await sdk().messages.list({ to: PERSON, limit: 2 })).toHaveLength(2);
    expect(await sdk().messages.list({ dateSentAfter: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await sdk().messages.list({ dateSentBefore: before })).toEqual([]);
  });

  it('redacts and deletes what is final, and cancels nothing', async () => {
    const { sid } = await sdk().messages.create(hello);
    await expect(sdk().messages(sid).update({ status: 'canceled' })).rejects.toMatchObject({ code: 30409 });
    await until(async () => (await sdk().messages(sid).fetch()).status === 'delivered');
    expect(await sdk().messages(sid).update({ body: '' })).toMatchObject({ body: '' });
    expect(await sdk().messages(sid).remove()).toBe(true);
    await expect(sdk().messages(sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it('forgets the text once delivered when asked to discard it', async () => {
    const { sid } = await sdk().messages.create({ ...hello, contentRetention: 'discard' });
    await until(async () => (await sdk().messages(sid).fetch()).status === 'delivered');
    expect((await sdk().messages(sid).fetch()).body).toBe('');
  });

  it.each([
    ['a recipient that is no number', { to: '+1415' }, 21211],
    ['no recipient', { to: '' }, 21604],
    ['a number of somebody else', { from: '+14155550199' }, 21606],
    ['a sender that is no number', { from: 'Causeway' }, 21212],
    ['a message to itself', { to: BRIDGE }, 21266],
    ['an empty body', { body: '' }, 21602],
    ['a body too long', { body: 'x'.repeat(1_601) }, 21617],
    ['a validity too long', { validityPeriod: 36_001 }, 90007],
    ['a callback that is no address', { statusCallback: 'nowhere' }, 21609],
  ])('refuses %s', async (_what, change, code) => {
    await expect(sdk().messages.create({ ...hello, ...change })).rejects.toMatchObject({ status: 400, code });
  });

  it('refuses a wrong token and another account', async () => {
    await expect(sdk('wrong').messages.create(hello)).rejects.toMatchObject({ status: 401, code: 20003 });
  });

  it('stops at STOP, starts at START, and confirms both on the handset', async () => {
    await post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: 'stop' });
    await expect(sdk().messages.create(hello)).rejects.toMatchObject({ code: 21610 });
    await post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: 'Start' });
    await sdk().messages.create(hello);
    const { messages } = await get(`/handsets/${PERSON}/messages`);
    expect(messages.filter(({ direction }) => direction === 'received')).toHaveLength(2);
  });

  it('holds a message for a handset that is off and gives up when its validity ends', async () => {
    await post(`/handsets/${PERSON}/state`, { online: false });
    const waits = await sdk().messages.create(hello);
    const lapses = await sdk().messages.create({ ...hello, validityPeriod: 1 });
    await until(async () => (await sdk().messages(lapses.sid).fetch()).errorCode === 30036);
    expect((await sdk().messages(waits.sid).fetch()).status).toBe('sent');
    await post(`/handsets/${PERSON}/state`, { online: true });
    expect((await sdk().messages(waits.sid).fetch()).status).toBe('delivered');
    expect((await get(`/handsets/${PERSON}/messages`)).messages).toHaveLength(1);
  });

  it('strikes with scripted faults as often as told and counts every call', async () => {
    await post('/faults', { network: 'sms', mode: '429', count: 2 });
    await post('/faults', { network: 'sms', mode: 'refuse-code', code: 30007 });
    for (const code of [20429, 20429, 30007])
      await expect(sdk().messages.create(hello)).rejects.toMatchObject({ code });
    await post('/faults', { network: 'sms', mode: 'fail-code', code: 30003 });
    const { sid } = await sdk().messages.create(hello);
    await until(async () => (await sdk().messages(sid).fetch()).status === 'undelivered');
    expect((await get('/log')).counts).toMatchObject({ create: 4 });
  });

  it('says everywhere that it is simulated, and refuses control requests it does not understand', async () => {
    for (const path of ['/', '/log', '/settings', '/handsets', '/nowhere'])
      expect((await fetch(`${simulator.url}${path}`)).headers.get('x-simulated')).toBe('true');
    expect((await get('/')).simulated).toBe(true);
    expect((await post('/faults', { network: 'sms', mode: randomUUID() })).status).toBe(400);
    expect((await post('/handsets/12/messages', { to: BRIDGE, body: 'x' })).status).toBe(400);
    const taken = { port: Number(new URL(simulator.url).port), accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN };
    await expect(createSimulator(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
