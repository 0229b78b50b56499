import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device, ReceivedMessage } from '@causeway/client';
import { WebSocket, type ClientOptions } from 'ws';
import { addContact, sealedNumber, type RawContact } from '../support/clear-message.js';
import { expectProblem, refusal, refuses } from '../support/problem.js';
import { RawDevice, say } from '../support/raw-device.js';
import { postWebhook, type Webhook } from '../support/webhook.js';
import { BRIDGE_NUMBERS, eventually, World } from '../support/world.js';

const PHONE = '+14155550181';
const AUTH_TOKEN = 'a-token-of-this-test';
const ACCOUNT_SID = 'AC00000000000000000000000000000001';

let world: World;
let raw: RawDevice;
let contact: RawContact;
let kim: Device;
const received: ReceivedMessage[] = [];

beforeAll(async () => {
  world = await World.start({
    env: { CAUSEWAY_TWILIO_AUTH_TOKEN: AUTH_TOKEN, CAUSEWAY_INBOUND_SWEEP_SECONDS: '3600' },
  });
  raw = await RawDevice.register(world.gatewayUrl, world.handle('raw'));
  contact = await addContact(raw, '+14155550182');
  kim = await world.register('kim');
  kim.on('message', (message) => void received.push(message));
  await kim.send(`tel:${PHONE}`, 'so that an answer finds its way', { allowClear: ['sms'] });
  await eventually(async () => (await world.carrier.received(PHONE)).length === 1);
}, 90_000);
afterAll(async () => world.close(), 30_000);

const form = (text: string, changes: Readonly<Record<string, string>> = {}) => ({
  AccountSid: ACCOUNT_SID,
  ApiVersion: '2010-04-01',
  MessageSid: `SM${'0'.repeat(26)}${String(Date.now()).slice(-6)}`,
  From: PHONE,
  To: BRIDGE_NUMBERS[0],
  Body: text,
  NumMedia: '0',
  ...changes,
});
const webhook =
  (text: string, changes: Partial<Webhook> = {}) =>
  () =>
    postWebhook({ url: `${world.edgeUrl}/webhooks/sms/inbound`, form: form(text), authToken: AUTH_TOKEN, ...changes });

describe('a webhook', () => {
  refuses([
    refusal('signed with another token', webhook('forged', { authToken: 'not-the-token' }), 403, 'forbidden'),
    refusal('with a signature that is none', webhook('forged', { signature: 'AAAA' }), 403, 'forbidden'),
    refusal(
      'without a signature',
      () =>
        say(`${world.edgeUrl}/webhooks/sms/inbound`, 'POST', {
          text: 'Body=forged',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      403,
      'forbidden',
    ),
    refusal(
      'of another account',
      webhook('forged', { form: form('forged', { AccountSid: `AC${'f'.repeat(32)}` }) }),
      403,
      'forbidden',
    ),
    refusal(
      'on a path that is none',
      () => webhook('forged', { url: `${world.edgeUrl}/webhooks/sms/elsewhere` })(),
      404,
      'not-found',
    ),
    refusal(
      'of a network that is none',
      () => webhook('forged', { url: `${world.edgeUrl}/webhooks/pigeon/inbound` })(),
      404,
      'not-found',
    ),
    refusal(
      'outside of all webhooks',
      () => webhook('forged', { url: `${world.edgeUrl}/v1/messages` })(),
      404,
      'not-found',
    ),
    refusal(
      'that lacks its fields',
      webhook('forged', { form: { AccountSid: ACCOUNT_SID, Body: 'forged' } }),
      400,
      'invalid-request',
    ),
    refusal('by another method', () => say(`${world.edgeUrl}/webhooks/sms/inbound`, 'GET'), 403, 'forbidden'),
    refusal('that is huge', webhook('x'.repeat(70 * 1024)), 413, 'payload-too-large'),
  ]);

  it('whose words were changed on the way says nothing to anybody', async () => {
    const genuine = form('the genuine words');
    const url = `${world.edgeUrl}/webhooks/sms/inbound`;
    const { default: twilio } = await import('twilio');
    const signature = twilio.getExpectedTwilioSignature(AUTH_TOKEN, url, { ...genuine });
    expectProblem(
      await postWebhook({ url, authToken: AUTH_TOKEN, signature, form: { ...genuine, Body: 'changed words' } }),
      { status: 403, code: 'forbidden' },
    );
    expect((await postWebhook({ url, authToken: AUTH_TOKEN, form: genuine })).status).toBe(200);
    await eventually(() => received.some(({ text }) => text === 'the genuine words'));
    expect(received.map(({ text }) => text)).not.toContain('changed words');
    expect(received.map(({ text }) => text)).not.toContain('forged');
  });
});

interface Ending {
  readonly status: number | undefined;
  readonly code: number | undefined;
  readonly frames: readonly string[];
}

/** Opens a socket, says `words` on it, and tells how it ended. */
function connect(options: {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly words?: string | Buffer;
}): Promise<Ending> {
  const { path = '/v1/socket', headers = { authorization: `Bearer ${raw.token}` }, words } = options;
  const frames: string[] = [];
  const socketOptions: ClientOptions = { headers: { ...headers } };
  const socket = new WebSocket(`${world.gatewayUrl.replace('http', 'ws')}${path}`, socketOptions);
  return new Promise((resolve) => {
    socket.on('open', () => words !== undefined && socket.send(words));
    socket.on('message', (frame: Buffer) => void frames.push(frame.toString('utf8')));
    socket.on('unexpected-response', (_, response) => {
      response.on('data', (chunk: Buffer) => void frames.push(chunk.toString('utf8')));
      response.on('end', () => resolve({ status: response.statusCode, code: undefined, frames }));
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => resolve({ status: undefined, code, frames }));
  });
}

describe('a socket', () => {
  it.each([
    ['with a token of nobody', { headers: { authorization: `Bearer ${'A'.repeat(43)}` } }, 401, 'unauthorized'],
    ['without a token', { headers: {} }, 401, 'unauthorized'],
    ['on a path that is none', { path: '/v1/elsewhere' }, 404, 'not-found'],
  ])('%s is not opened', async (_, options, status, code) => {
    const ending = await connect(options);
    expect(ending.status).toBe(status);
    expect(JSON.parse(ending.frames.join(''))).toMatchObject({ type: `urn:causeway:problem:${code}`, status, code });
  });

  it.each([
    ['that is no JSON', 'hello'],
    ['of an unknown type', '{"type":"sing"}'],
    ['with an id that is none', '{"type":"acknowledge","ids":["x"]}'],
    ['with an hour that no row can have', `{"type":"acknowledge","ids":["izzzzzz${'A'.repeat(22)}"]}`],
    ['of noise', Buffer.from([0xff, 0x00, 0x80])],
  ])('that gets a frame %s says so and is closed', async (_, words) => {
    const ending = await connect({ words });
    expect(ending.frames.map((frame) => JSON.parse(frame) as unknown)).toContainEqual(
      expect.objectContaining({ type: 'problem', code: 'invalid-request' }),
    );
    expect(ending.code).toBe(1008);
  });

  it('that gets a huge frame is closed', async () => {
    expect((await connect({ words: JSON.stringify({ type: 'acknowledge', ids: ['x'.repeat(100_000)] }) })).code).toBe(
      1009,
    );
  });
});

describe('while the edge is down', () => {
  it('what needs it is unavailable, what does not goes on, and nothing is lost', async () => {
    const question = await sealedNumber(raw, '+14155550183');
    await world.edge.stop('SIGKILL');
    expectProblem(await raw.call('POST', '/v1/contacts', { body: question }), { status: 503, code: 'unavailable' });
    const plan = () => raw.call('POST', '/v1/routes', { body: { to: { kind: 'contact', contact: contact.contact } } });
    await eventually(async () => (await plan()).status === 503, { what: 'the gateway forgot what the edge said' });
    expectProblem(await plan(), { status: 503, code: 'unavailable' });
    expect((await raw.send(raw.header())).status).toBe(202);
    const sent = await kim.send(`tel:${PHONE}`, 'written while the edge was down', { allowClear: ['sms'] });
    expect(sent.state).toEqual({ kind: 'unsubmitted' });
    await world.edge.start();
    await eventually(
      async () => (await world.carrier.received(PHONE)).some(({ body }) => body === 'written while the edge was down'),
      { withinMs: 30_000 },
    );
    expect((await raw.call('POST', '/v1/contacts', { body: await sealedNumber(raw, '+14155550183') })).status).toBe(
      201,
    );
  }, 90_000);

  it('nothing of all this was a bug', () => {
    expect(world.logs).not.toContain('bug.caught');
  });
});
