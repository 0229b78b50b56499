import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { FAULT_FILE } from './control/fault-file.js';
import { createSimulator, type Simulator } from './create-simulator.js';

const ACCOUNT_SID = `AC${'0123456789abcdef'.repeat(2)}`;
const AUTH_TOKEN = 'simulated-token';
const [BRIDGE, PERSON] = ['+14155550100', '+14155550123'];

let folder: string;
let simulator: Simulator;
let listener: Server;
let publicUrl: string;
let heard: string[];
let posted: { readonly url: string; readonly signature: string; readonly form: Readonly<Record<string, string>> }[];

beforeEach(async () => {
  heard = [];
  posted = [];
  folder = await mkdtemp(join(tmpdir(), 'causeway-carrier-'));
  listener = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(text));
      heard.push(form['MessageStatus'] ?? 'inbound');
      const signature = String(request.headers['x-twilio-signature']);
      posted.push({ url: `${publicUrl}${request.url}`, signature, form });
      response.end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  publicUrl = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
  simulator = await createSimulator({
    port: 0,
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    bridgeNumbers: [BRIDGE],
    inboundUrl: `${publicUrl}/inbound`,
    sendDelayMs: 5,
    deliverDelayMs: 5,
    logFile: join(folder, 'carrier.jsonl'),
    faults: FAULT_FILE.parse([{ network: 'sms', mode: '429', operation: 'fetch' }]),
  });
});

afterEach(async () => {
  await simulator.close();
  listener.closeAllConnections();
  await new Promise((resolve) => listener.close(resolve));
  await rm(folder, { recursive: true });
});

function sdk() {
  const client = twilio(ACCOUNT_SID, AUTH_TOKEN);
  client.api.baseUrl = simulator.url;
  return client;
}

const post = (path: string, body: unknown) =>
  fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const fault = (mode: string, more: Readonly<Record<string, string | number>> = {}) =>
  post('/faults', { network: 'sms', mode, ...more });
const held = async (): Promise<unknown> =>
  Reflect.get(Object(await (await fetch(`${simulator.url}/holds`)).json()), 'held');
const logged = async (): Promise<string[]> =>
  (await readFile(join(folder, 'carrier.jsonl'), 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => String(Reflect.get(Object(JSON.parse(line)), 'event')));

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 1_000; round += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('It did not happen');
}

const hello = (): Parameters<ReturnType<typeof sdk>['messages']['create']>[0] => ({
  to: PERSON,
  from: BRIDGE,
  body: 'Hello',
  statusCallback: `${publicUrl}/status`,
});

describe('the simulated SMS carrier under a script', () => {
  it('writes down what it accepted, what a handset showed and what was written on one, whatever it says of it', async () => {
    await fault('accept-then-drop');
    await expect(sdk().messages.create(hello())).rejects.toThrow();
    await until(async () => (await logged()).includes('shown'));
    await post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: 'Hi' });
    expect(await logged()).toEqual(['accepted', 'shown', 'written']);
  });

  it('lets a call stand still before it is taken or before it is answered, until it is told to go on', async () => {
    for (const [point, isTaken] of [
      ['before', false],
      ['accepted', true],
    ] as const) {
      const before = (await logged()).filter((event) => event === 'accepted').length;
      await fault('hold', { point });
      const created = sdk().messages.create(hello());
      await until(async () => String(await held()) === point);
      expect((await logged()).filter((event) => event === 'accepted').length - before).toBe(isTaken ? 1 : 0);
      await post('/holds/release', { as: 'go-on' });
      await created;
      expect((await logged()).filter((event) => event === 'accepted').length - before).toBe(1);
    }
  });

  it('drops a call that stood still before it was taken, and takes nothing', async () => {
    await fault('hold', { point: 'before' });
    const created = sdk().messages.create(hello());
    await until(async () => String(await held()) === 'before');
    await post('/holds/release', { as: 'drop' });
    await expect(created).rejects.toThrow();
    expect(await logged()).toEqual([]);
  });

  it('hides what is young from a list that lags', async () => {
    await sdk().messages.create(hello());
    await fault('lag', { operation: 'list', delayMs: 60_000 });
    expect(await sdk().messages.list({ to: PERSON })).toEqual([]);
    expect(await sdk().messages.list({ to: PERSON })).toHaveLength(1);
  });

  it('doubles, turns round, delays and loses callbacks', async () => {
    const statusesUnder = async (mode: string, count: number): Promise<readonly string[]> => {
      heard = [];
      await fault(mode, { delayMs: 50 });
      await sdk().messages.create(hello());
      await until(() => heard.length >= count);
      return heard;
    };
    expect((await statusesUnder('double-callbacks', 4)).toSorted()).toEqual(['delivered', 'delivered', 'sent', 'sent']);
    expect(await statusesUnder('reorder-callbacks', 2)).toEqual(['delivered', 'sent']);
    expect(await statusesUnder('late-callbacks', 2)).toEqual(['sent', 'delivered']);
    const shownBefore = (await logged()).length;
    expect(await statusesUnder('lose-callbacks', 0)).toEqual([]);
    await until(async () => (await logged()).length === shownBefore + 2);
    expect(heard).toEqual([]);
  });

  it('doubles and loses the webhook of what is written on a handset', async () => {
    await fault('double-callbacks', { operation: 'inbound' });
    await post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: 'one' });
    await until(() => heard.length === 2);
    await fault('lose-callbacks', { operation: 'inbound' });
    await post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: 'two' });
    await post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: 'three' });
    await until(() => heard.length === 3);
    expect(heard).toEqual(['inbound', 'inbound', 'inbound']);
  });

  it('brings the last part late or never, and shows nothing until it is there', async () => {
    const inParts = { ...hello(), body: 'two parts '.repeat(20) };
    await fetch(`${simulator.url}/faults`, { method: 'DELETE' });
    await fault('late-part', { delayMs: 60 });
    await sdk().messages.create(inParts);
    await until(() => heard.includes('partially_delivered'));
    expect(await logged()).toEqual(['accepted']);
    await until(() => heard.length === 3);
    expect(heard).toEqual(['sent', 'partially_delivered', 'delivered']);
    expect(await logged()).toEqual(['accepted', 'shown']);
    heard = [];
    await fault('lost-part', { delayMs: 10 });
    const { sid } = await sdk().messages.create(inParts);
    await until(() => heard.length === 3);
    expect(heard).toEqual(['sent', 'partially_delivered', 'undelivered']);
    expect(await sdk().messages(sid).fetch()).toMatchObject({ status: 'undelivered', errorCode: 30009 });
    expect((await logged()).filter((event) => event === 'shown')).toHaveLength(1);
  });

  it('signs with another token when told to, texts and files that were written too', async () => {
    const isGenuine = (): boolean => {
      const { url, signature, form } = posted.at(-1) ?? { url: '', signature: '', form: {} };
      return twilio.validateRequest(AUTH_TOKEN, signature, url, form);
    };
    const file = { to: BRIDGE, contentType: 'image/gif', content: Buffer.from('gif').toString('base64') };
    for (const [path, written] of [
      ['messages', { to: BRIDGE, body: 'words' }],
      ['media', file],
    ] as const) {
      await fault('wrong-signature', { operation: 'inbound' });
      for (const expected of [false, true]) {
        const before = posted.length;
        await post(`/handsets/${PERSON}/${path}`, written);
        await until(() => posted.length > before);
        expect([path, isGenuine()]).toEqual([path, expected]);
      }
    }
  });

  it('takes faults of both networks by one door, each for what it can strike', async () => {
    const scripted = async (): Promise<readonly object[]> =>
      Reflect.get(Object(await (await fetch(`${simulator.url}/faults`)).json()), 'faults');
    await fetch(`${simulator.url}/faults`, { method: 'DELETE' });
    await fault('lag');
    await post('/faults', { network: 'rcs', mode: 'silent-expiry' });
    expect(await scripted()).toMatchObject([
      { network: 'sms', mode: 'lag', operation: 'list' },
      { network: 'rcs', mode: 'silent-expiry', operation: 'expiry' },
    ]);
    for (const wrong of [
      { network: 'sms', mode: 'lag', operation: 'create' },
      { network: 'sms', mode: 'silent-expiry' },
      { network: 'rcs', mode: 'wrong-signature', operation: 'create' },
      { network: 'rcs', mode: 'late-part' },
      { network: 'smoke', mode: 'slow' },
    ])
      expect([wrong, (await post('/faults', wrong)).status]).toEqual([wrong, 400]);
    expect(await scripted()).toHaveLength(2);
    await fetch(`${simulator.url}/faults`, { method: 'DELETE' });
    expect(await scripted()).toEqual([]);
  });

  it('starts with the faults of its file', async () => {
    const { sid } = await sdk().messages.create(hello());
    await until(async () => (await (await fetch(`${simulator.url}/faults`)).text()).includes('429'));
    await expect(sdk().messages(sid).fetch()).rejects.toMatchObject({ status: 429 });
    expect(await sdk().messages(sid).fetch()).toMatchObject({ sid });
  });
});
