import { createHmac, randomUUID } from 'node:crypto';
import { utf8 } from '@causeway/message-model';
import type { RawRequest } from '@causeway/network-adapter';
import { NETWORK_FAULTS, type AdapterHarness } from '@causeway/network-adapter/testing';
import { Plaintext, Secret, SYSTEM_CLOCK } from '@causeway/platform';
import { TemplateAdapter } from '../template-adapter.js';
import { ScriptedNetwork } from './scripted-network.js';

const PERSON = '+14155550123';
const BRIDGE = '+14155550100';
const SECRET = 'a-secret-only-for-tests';
const PUBLIC_URL = 'https://edge.example';

/** The adapter on a scripted network, as the laws want to see it. */
export async function newHarness(): Promise<AdapterHarness> {
  const network = await ScriptedNetwork.start();
  const adapterAt = (apiUrl: string): TemplateAdapter =>
    new TemplateAdapter({
      apiUrl,
      apiKey: new Secret('a-key-only-for-tests'),
      webhookSecret: new Secret(SECRET),
      publicWebhookUrl: PUBLIC_URL,
      clock: SYSTEM_CLOCK,
      isSimulated: true,
      callTimeoutMs: 300,
    });
  const adapter = adapterAt(network.url);
  let copies = 1;
  let isReordered = false;
  return {
    adapter,
    // port 9, "discard": nobody listens there
    unreachable: adapterAt('http://127.0.0.1:9'),
    isSimulated: true,
    consentWords: { optOut: 'STOP', optIn: 'START', help: 'HELP' },
    outbound: (text, changes) => ({
      ref: randomUUID(),
      to: new Plaintext(PERSON),
      from: BRIDGE,
      body: { kind: 'text', text: new Plaintext(text) },
      expiresAtMs: null,
      ...changes,
    }),
    nowMs: () => SYSTEM_CLOCK.nowMs(),
    delivered: async () =>
      network.delivered.map(({ text, replyTo, expiresAt }) => ({
        kind: 'text',
        text,
        ...(replyTo === undefined ? {} : { target: replyTo }),
        ...(expiresAt === undefined ? {} : { expiresAtMs: expiresAt }),
      })),
    sendCalls: async () => network.sendCalls,
    faults: {
      kinds: NETWORK_FAULTS,
      failNext: async (fault) => network.failNext(fault),
      delayNext: async (delayMs) => network.delayNext(delayMs),
    },
    webhooks: {
      signs: ['body'],
      async sendFrom(text) {
        const request = webhook({ type: 'message', id: randomUUID(), from: PERSON, to: BRIDGE, text, at: Date.now() });
        const requests = Array.from({ length: copies }, () => request);
        copies = 1;
        return requests;
      },
      async receipts(externalId) {
        const reference = network.delivered.find(({ id }) => id === externalId)?.reference;
        const requests = ['queued', 'sent', 'delivered'].map((status) =>
          webhook({ type: 'receipt', id: externalId, reference, status }),
        );
        if (isReordered) requests.reverse();
        isReordered = false;
        return requests;
      },
      duplicateNext: async () => void (copies = 2),
      reorder: async () => void (isReordered = true),
      forge: (request) => ({ ...request, headers: { ...request.headers, 'x-template-signature': '0'.repeat(64) } }),
    },
    async dispose() {
      await adapter.dispose();
      await network.stop();
    },
  };
}

/** A webhook as the network sends it, signed. */
function webhook(content: object): RawRequest {
  const body = utf8(JSON.stringify(content));
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-template-signature': signature };
  return { method: 'POST', url: `${PUBLIC_URL}/webhooks/template/events`, headers, body };
}
