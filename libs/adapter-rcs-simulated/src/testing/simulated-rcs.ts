import { once } from 'node:events';
import { createServer } from 'node:http';
import { toBytes } from '@causeway/message-model';
import type { ClearOutbound, RawRequest } from '@causeway/network-adapter';
import { Plaintext, Secret, SYSTEM_CLOCK } from '@causeway/platform';
import { z } from 'zod';
import { createSimulator } from '../../../../apps/simulator/src/index.js';
import { agentIdOf, type RcsSimulatedOptions } from '../rcs-options.js';
import { RcsSimulatedAdapter } from '../rcs-simulated-adapter.js';

export const ACCESS_TOKEN = 'simulated-access-token';
export const CLIENT_TOKEN = 'simulated-client-token';
/** Of the SMS carrier beside the RCS network. */
export const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
export const AUTH_TOKEN = 'simulated-token';
export const BRIDGE = '+14155550100';
export const PERSON = '+14155550123';
export const AGENT_ID = agentIdOf(BRIDGE);

/** A picture of one pixel, for whoever fetches what a message links to. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A bowl, for pages that are looked at. `hue` in degrees. */
const drawingOf = (hue: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 130"><rect width="200" height="130" fill="hsl(${hue} 60% 88%)"/>` +
  `<ellipse cx="100" cy="60" rx="62" ry="14" fill="hsl(${hue} 70% 62%)"/><path d="M38 60a62 50 0 0 0 124 0z" fill="hsl(${hue} 45% 40%)"/>` +
  `<path d="M70 22q8-8 0-16M100 26q8-8 0-16M130 22q8-8 0-16" fill="none" stroke="hsl(${hue} 30% 60%)" stroke-width="4"/></svg>`;

const CHIPS = z.array(
  z.union([z.object({ reply: z.object({ text: z.string() }) }), z.object({ action: z.object({ text: z.string() }) })]),
);
const CARD = z.object({
  title: z.string().optional(),
  description: z.string().optional(),
  media: z.unknown().optional(),
});
const BUBBLE = z.object({
  messageId: z.string(),
  direction: z.enum(['received', 'written']),
  isRead: z.boolean(),
  expiresAtMs: z.number().optional(),
  encryption: z.enum(['none', 'mls']),
  content: z.object({
    text: z.string().optional(),
    contentInfo: z.unknown().optional(),
    suggestions: CHIPS.optional(),
    richCard: z
      .object({
        standaloneCard: z.object({ cardContent: CARD }).optional(),
        carouselCard: z.object({ cardContents: z.array(CARD) }).optional(),
      })
      .optional(),
  }),
});
const PHONE = z.object({
  bubbles: z.array(BUBBLE),
  typing: z.array(z.string()),
  unsubscribedFrom: z.array(z.string()),
});
const LOG = z.object({
  counts: z.record(z.string(), z.number()),
  entries: z.array(z.object({ event: z.string(), messageId: z.string().optional(), status: z.number().optional() })),
});
const WRITTEN = z.object({ messageId: z.string() });

export type Bubble = z.infer<typeof BUBBLE>;

/** A simulator, a place that records its webhooks as they arrive and has a picture to fetch, and adapters that talk to it. */
export async function startSimulatedRcs(settings: { readonly retryDelayMs?: number } = {}) {
  const webhooks: RawRequest[] = [];
  const fetches: string[] = [];
  let publicUrl = '';
  let status = 200;
  const listener = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      await once(request, 'end');
      if (request.method === 'GET') {
        fetches.push(request.url ?? '');
        const drawing = /^\/drawing-(\d+)\.svg$/.exec(request.url ?? '');
        if (drawing) response.setHeader('content-type', 'image/svg+xml').end(drawingOf(Number(drawing[1])));
        else response.setHeader('content-type', 'image/png').end(PIXEL);
        return;
      }
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
      );
      const url = `${publicUrl}${request.url}`;
      webhooks.push({ method: 'POST', url, headers, body: toBytes(Buffer.concat(chunks)) });
      response.statusCode = status;
      response.end();
    })();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('The listener has no port');
  publicUrl = `http://127.0.0.1:${address.port}`;
  const agents = [{ agentId: AGENT_ID, bridgeNumber: BRIDGE }];
  const simulator = await createSimulator({
    port: 0,
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    sendDelayMs: 5,
    deliverDelayMs: 5,
    rcs: {
      accessToken: ACCESS_TOKEN,
      clientToken: CLIENT_TOKEN,
      agents,
      webhookUrl: `${publicUrl}/webhooks/rcs/events`,
      deliverDelayMs: 5,
      ...settings,
    },
  });
  const adapters: RcsSimulatedAdapter[] = [];
  const send = async (path: string, body: unknown): Promise<unknown> => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${simulator.url}${path}`, init);
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
    return response.status === 204 ? undefined : response.json();
  };
  return {
    url: simulator.url,
    pictureUrl: `${publicUrl}/pixel.png`,
    pictureBytes: PIXEL.length,
    drawingUrl: (hue: number) => `${publicUrl}/drawing-${hue}.svg`,
    webhooks,
    fetches,
    answerWebhooksWith: (next: number) => void (status = next),
    post: send,
    fault: (words: object) => send('/rcs/faults', { network: 'rcs', ...words }),
    write: async (content: object) =>
      WRITTEN.parse(await send(`/rcs/handsets/${PERSON}/messages`, { agentId: AGENT_ID, ...content })).messageId,
    phone: async () => PHONE.parse(await (await fetch(`${simulator.url}/rcs/handsets/${PERSON}`)).json()),
    log: async () => LOG.parse(await (await fetch(`${simulator.url}/rcs/log`)).json()),
    adapter(overrides: Partial<RcsSimulatedOptions> = {}) {
      const adapter = new RcsSimulatedAdapter({
        apiUrl: `${simulator.url}/rcs`,
        accessToken: new Secret(ACCESS_TOKEN),
        clientToken: new Secret(CLIENT_TOKEN),
        agents,
        publicWebhookUrl: publicUrl,
        clock: SYSTEM_CLOCK,
        callTimeoutMs: 300,
        ...overrides,
      });
      adapters.push(adapter);
      return adapter;
    },
    async close() {
      await Promise.all(adapters.map((adapter) => adapter.dispose()));
      await simulator.close();
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

export type SimulatedRcs = Awaited<ReturnType<typeof startSimulatedRcs>>;

let refs = 0;
export const newOutbound = (text: string, changes: Partial<ClearOutbound> = {}): ClearOutbound => ({
  ref: `ref-${(refs += 1)}`,
  to: new Plaintext(PERSON),
  from: BRIDGE,
  body: { kind: 'text', text: new Plaintext(text) },
  expiresAtMs: null,
  ...changes,
});

export const openAttempt = () => ({ callBeforeMs: Date.now() + 10_000, signal: new AbortController().signal });

/** The signed inner JSON of a recorded webhook, for tests that look for one. */
export function innerOf({ body }: RawRequest): Readonly<Record<string, unknown>> {
  const wrapper = z.object({ message: z.object({ data: z.string() }) }).parse(JSON.parse(Buffer.from(body).toString()));
  return z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(wrapper.message.data, 'base64').toString()));
}

/** Waits for what arrives on its own; gives up after ten seconds. */
export async function eventually<Value>(look: () => Promise<Value | undefined> | Value | undefined): Promise<Value> {
  const giveUpAt = Date.now() + 10_000;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > giveUpAt) throw new Error('It did not happen within ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
