import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import type { Device } from '@causeway/client';
import { agentIdOf, RcsSimulatedAdapter } from '@causeway/adapter-rcs-simulated';
import { Secret, SYSTEM_CLOCK } from '@causeway/platform';
import { z } from 'zod';
import { freePorts } from '../support/free-ports.js';
import { must } from '../support/in-process.js';
import { BRIDGE_NUMBERS, eventually, World } from '../support/world.js';

const PHONE = '+14155550171';
const ENCRYPTED_PHONE = '+14155550172';
const ACCESS_TOKEN = 'an-access-token-for-tests';
const CLIENT_TOKEN = 'a-client-token-for-tests';
const AGENT_ID = agentIdOf(BRIDGE_NUMBERS[0]);
const BOTH = { allowClear: ['rcs', 'sms'] } as const;
const phoneSchema = z.object({ bubbles: z.array(z.object({ content: z.object({ text: z.string() }) })) });

let world: World;
let ada: Device;
beforeAll(async () => {
  const ports = await freePorts(3);
  const env = {
    CAUSEWAY_RCS_API_URL: `http://127.0.0.1:${ports[2]}/rcs`,
    CAUSEWAY_RCS_ACCESS_TOKEN: ACCESS_TOKEN,
    CAUSEWAY_RCS_CLIENT_TOKEN: CLIENT_TOKEN,
    CAUSEWAY_FALLBACK_AFTER_SECONDS: '3',
  };
  world = await World.start({ ports, env });
  ada = await world.register('ada');
}, 90_000);
afterAll(async () => world.close(), 30_000);

async function post(path: string, body: object): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const { status } = await fetch(`${world.carrier.url}${path}`, init);
  expect(status).toBe(200);
}
const switchPhone = (e164: string, online: boolean) => post(`/handsets/${e164}/state`, { online });

/** What lies on the phone, whichever network brought it. */
async function copies(e164: string): Promise<readonly string[]> {
  const { bubbles } = phoneSchema.parse(await (await fetch(`${world.carrier.url}/rcs/handsets/${e164}`)).json());
  const bySms = (await world.carrier.received(e164)).map(({ body }) => `sms: ${body}`);
  return [...bubbles.map(({ content }) => `rcs: ${content.text}`), ...bySms];
}

const statusOf = async (id: Parameters<Device['status']>[0]) => must((await ada.status(id)).gateway);
const triedFor = async (id: Parameters<Device['status']>[0]) =>
  (await statusOf(id)).attempts.map(({ network, outcome }) => `${network} ${outcome}`);

/** A word of the network that comes late, signed as it signs all. */
async function sayDelivered(messageId: string): Promise<number> {
  const inner = { agentId: AGENT_ID, senderPhoneNumber: PHONE, messageId, eventId: 'late-1', eventType: 'DELIVERED' };
  const data = Buffer.from(JSON.stringify(inner));
  const { status } = await fetch(`${world.edgeUrl}/webhooks/rcs/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-goog-signature': createHmac('sha512', CLIENT_TOKEN).update(data).digest('base64'),
    },
    body: JSON.stringify({ message: { data: data.toString('base64'), messageId: '1' }, subscription: 'simulated' }),
  });
  return status;
}

/** The id under which the network has an attempt. */
const idOf = (ref: string): string =>
  new RcsSimulatedAdapter({
    apiUrl: world.carrier.url,
    accessToken: new Secret(ACCESS_TOKEN),
    clientToken: new Secret(CLIENT_TOKEN),
    agents: [],
    publicWebhookUrl: world.edgeUrl,
    clock: SYSTEM_CLOCK,
  }).externalIdOf(ref);

describe('a phone that RCS does not reach in time', () => {
  it('gets exactly one copy, by SMS, and a DELIVERED that comes late is noted on its attempt', async () => {
    await switchPhone(PHONE, false);
    const sent = await ada.send(`tel:${PHONE}`, 'once, whatever happens', BOTH);
    await eventually(async () => (await triedFor(sent.messageId)).length === 2, {
      withinMs: 40_000,
      what: `two attempts: ${world.logs.slice(-500)}`,
    });
    await switchPhone(PHONE, true);
    await eventually(async () => (await ada.status(sent.messageId)).state.kind === 'delivered', { withinMs: 30_000 });
    expect(await copies(PHONE)).toEqual(['sms: once, whatever happens']);
    expect(await triedFor(sent.messageId)).toEqual(['rcs withdrawn', 'sms delivered']);
    expect(await sayDelivered(idOf(`${(await statusOf(sent.messageId)).id}.1`))).toBe(200);
    await eventually(async () => (await triedFor(sent.messageId))[0] === 'rcs delivered');
    expect(await copies(PHONE)).toHaveLength(1);
  }, 100_000);

  it('gets nothing by SMS in a conversation that is end-to-end encrypted, and the sender learns that it failed', async () => {
    const callsBefore = (await world.carrier.counts())['create'] ?? 0;
    await switchPhone(ENCRYPTED_PHONE, false);
    await post(`/rcs/handsets/${ENCRYPTED_PHONE}/state`, { encryption: { agentId: AGENT_ID, isOn: true } });
    const deliverBefore = Math.floor(Date.now() / 1_000) + 15;
    const sent = await ada.send(`tel:${ENCRYPTED_PHONE}`, 'not in the clear', { ...BOTH, deliverBefore });
    await eventually(async () => (await ada.status(sent.messageId)).state.kind === 'failed', { withinMs: 60_000 });
    expect((await ada.status(sent.messageId)).state).toEqual({ kind: 'failed', reason: 'recipient-unreachable' });
    const second = await ada.send(`tel:${ENCRYPTED_PHONE}`, 'nor this', { allowClear: ['sms'] });
    await eventually(async () => (await ada.status(second.messageId)).state.kind === 'failed');
    expect((await ada.status(second.messageId)).state).toEqual({ kind: 'failed', reason: 'encryption-unavailable' });
    await switchPhone(ENCRYPTED_PHONE, true);
    expect((await world.carrier.counts())['create'] ?? 0).toBe(callsBefore);
    expect(await copies(ENCRYPTED_PHONE)).toEqual([]);
  }, 100_000);
});
