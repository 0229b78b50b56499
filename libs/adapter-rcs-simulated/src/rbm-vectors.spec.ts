import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { utf8 } from '@causeway/message-model';
import type { InboundEvent, RawRequest } from '@causeway/network-adapter';
import { ManualClock, Secret } from '@causeway/platform';
import { z } from 'zod';
import { revealed } from '../../network-adapter/src/testing/revealed.js';
import { capabilitiesOf } from './rcs-capabilities.js';
import { RcsSimulatedAdapter } from './rcs-simulated-adapter.js';
import { signedRequest } from './testing/sign.js';

const FILE = join(process.cwd(), '../shared/vectors/rcs/rcs-webhook-events.json');
const VECTORS = z.looseObject({
  handshake: z.object({ request: z.unknown(), response: z.object({ status: z.number(), body: z.string() }) }),
  capabilities: z.object({ features: z.array(z.string()) }),
  signedEnvelope: z.object({ clientToken: z.string(), body: z.unknown(), 'X-Goog-Signature': z.string() }),
});

const hasVectors = existsSync(FILE);
if (!hasVectors)
  process.stderr.write(`\n*** SKIPPED: the events of the RBM guides, because ${FILE} is not there ***\n\n`);
const vectors = hasVectors ? VECTORS.parse(JSON.parse(readFileSync(FILE, 'utf8'))) : undefined;

const CLIENT_TOKEN = 'SJENCPGJESMGUFPY';
const BRIDGE = '+14155550100';
const adapter = new RcsSimulatedAdapter({
  apiUrl: 'http://127.0.0.1:9/rcs',
  accessToken: new Secret('token'),
  clientToken: new Secret(CLIENT_TOKEN),
  agents: [{ agentId: 'AGENT_ID', bridgeNumber: BRIDGE }],
  publicWebhookUrl: 'https://bridge.example',
  clock: new ManualClock(),
});
const { webhookUrl } = adapter;

async function eventsOf(request: RawRequest): Promise<readonly InboundEvent[]> {
  const outcome = await adapter.receive(request);
  if (outcome.kind !== 'events') throw new Error(outcome.reason);
  expect(outcome.response.status).toBe(200);
  return outcome.events;
}

const PERSON = { from: { revealed: '+12223334444' }, to: BRIDGE };
const MESSAGE = { kind: 'message', externalId: 'MESSAGE_ID', ...PERSON, media: [] };
const RECEIPT = { kind: 'receipt', externalId: 'MESSAGE_ID' };

const EXPECTED: readonly (readonly [name: string, event: object])[] = [
  ['userText', { ...MESSAGE, text: { revealed: 'Hello, world!' } }],
  [
    'userSuggestion',
    { ...MESSAGE, text: { revealed: 'Suggestion #1' }, suggestion: { postback: { revealed: 'suggestion_1' } } },
  ],
  ['userLocation', { ...MESSAGE, text: { revealed: 'geo:37.422,-122.084056' } }],
  [
    'userFile',
    {
      ...MESSAGE,
      text: { revealed: '' },
      media: [{ url: { revealed: 'https://storage.example/p' }, contentType: 'image/gif', sizeBytes: 127_806 }],
    },
  ],
  ['delivered', { ...RECEIPT, status: 'delivered' }],
  ['read', { ...RECEIPT, status: 'displayed' }],
  ['typing', { kind: 'typing', externalId: 'EVENT_ID', ...PERSON, isTyping: true }],
  ['unsubscribe', { kind: 'opt-out', externalId: 'EVENT_ID', ...PERSON, scope: 'pair', isWord: false }],
  ['subscribe', { kind: 'opt-in', externalId: 'EVENT_ID', ...PERSON, scope: 'pair' }],
  ['ttlRevoked', { ...RECEIPT, status: 'expired' }],
  ['ttlRevokeFailed', { ...RECEIPT, status: 'sent' }],
];

(vectors ? describe : describe.skip)('the events of the RBM guides', () => {
  it.each(EXPECTED)('%s is understood', async (name, expected) => {
    const events = await eventsOf(signedRequest(webhookUrl, CLIENT_TOKEN, vectors?.[name]));
    expect(events.map(revealed)).toMatchObject([expected]);
    for (const event of events)
      if (event.kind === 'message') expect(event.receivedAtMs).toBe(Date.UTC(2018, 11, 31, 15, 1, 23, 45));
  });

  it('the published envelope has the published signature', async () => {
    const { body, 'X-Goog-Signature': signature } = vectors?.signedEnvelope ?? { body: {}, 'X-Goog-Signature': '' };
    const request = { method: 'POST', url: webhookUrl, headers: { 'x-goog-signature': signature } };
    const events = await eventsOf({ ...request, body: utf8(JSON.stringify(body)) });
    expect(events).toMatchObject([{ kind: 'receipt', status: 'delivered' }]);
  });

  it('the handshake is answered with its secret, and only to who knows the token', async () => {
    const request = (body: unknown) => ({
      method: 'POST',
      url: webhookUrl,
      headers: {},
      body: utf8(JSON.stringify(body)),
    });
    const given = vectors?.handshake;
    expect(await adapter.receive(request(given?.request))).toMatchObject({
      kind: 'events',
      events: [],
      response: given?.response,
    });
    const stranger = { clientToken: 'another', secret: '1234567890' };
    expect(await adapter.receive(request(stranger))).toEqual({ kind: 'rejected', reason: 'bad-signature' });
    const markup = { clientToken: CLIENT_TOKEN, secret: '<script>' };
    expect(await adapter.receive(request(markup))).toEqual({ kind: 'rejected', reason: 'bad-signature' });
  });

  it('the capabilities of a phone are those it names, and no more than are declared', () => {
    const { features } = capabilitiesOf(vectors?.capabilities.features ?? []);
    expect(features).toMatchObject({ card: 'full', carousel: 'full' });
    expect(capabilitiesOf([]).features).toMatchObject({ text: 'full', card: 'unsupported-with-fallback' });
  });
});

describe('a notification that is signed', () => {
  it.each([
    [
      'of an agent that is none of ours',
      { agentId: 'OTHER', eventType: 'READ', eventId: 'e', messageId: 'm' },
      'wrong-account',
    ],
    ['that is no JSON', '{', 'malformed'],
    [
      'of a message with two contents',
      {
        agentId: 'AGENT_ID',
        senderPhoneNumber: '+12223334444',
        messageId: 'm',
        text: 'a',
        location: { latitude: 1, longitude: 2 },
      },
      'malformed',
    ],
    ['of a receipt about nothing', { agentId: 'AGENT_ID', eventType: 'READ', eventId: 'e' }, 'malformed'],
    [
      'from what is no number',
      { agentId: 'AGENT_ID', senderPhoneNumber: 'Eve', messageId: 'm', text: 'a' },
      'malformed',
    ],
  ])('%s is refused', async (_what, inner, reason) => {
    expect(await adapter.receive(signedRequest(webhookUrl, CLIENT_TOKEN, inner))).toEqual({ kind: 'rejected', reason });
  });

  it.each([
    [{ latitude: 1e-7, longitude: -180 }, 'geo:0.0000001,-180'],
    [{ latitude: -1e-9, longitude: 0 }, 'geo:0,0'],
    [{ latitude: 90, longitude: 10.5 }, 'geo:90,10.5'],
  ])('of the place %j says it as %s', async (location, words) => {
    const inner = { agentId: 'AGENT_ID', senderPhoneNumber: '+12223334444', messageId: 'm', location };
    const [event] = await eventsOf(signedRequest(webhookUrl, CLIENT_TOKEN, inner));
    expect(event?.kind === 'message' && event.text.reveal()).toBe(words);
  });

  it('of a kind that is new to us is answered and means nothing', async () => {
    const inner = { agentId: 'AGENT_ID', senderPhoneNumber: '+12223334444', eventType: 'WAVES', eventId: 'e' };
    expect(await eventsOf(signedRequest(webhookUrl, CLIENT_TOKEN, inner))).toEqual([]);
  });
});
