import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { toBytes } from '@causeway/message-model';
import { Plaintext, Secret, SYSTEM_CLOCK } from '@causeway/platform';
import type { RawRequest } from '@causeway/network-adapter';
import { createSimulator } from '../../../../apps/simulator/src/index.js';
import { TwilioSmsAdapter } from '../twilio-sms-adapter.js';
import type { TwilioSmsOptions } from '../twilio-sms-options.js';

export const ACCOUNT_SID = `AC${'0123456789abcdef'.repeat(2)}`;
export const AUTH_TOKEN = 'simulated-token';
export const BRIDGE = '+14155550100';
export const PERSON = '+14155550123';

/** A simulator, a place that records its webhooks as they arrive, and adapters that talk to it. */
export async function startSimulatedTwilio() {
  const webhooks: RawRequest[] = [];
  let publicUrl = '';
  const listener = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      await once(request, 'end');
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
      );
      const url = `${publicUrl}${request.url}`;
      webhooks.push({ method: 'POST', url, headers, body: toBytes(Buffer.concat(chunks)) });
      response.end();
    })();
  });
  publicUrl = await listen(listener);
  const simulator = await createSimulator({
    port: 0,
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    bridgeNumbers: [BRIDGE],
    inboundUrl: `${publicUrl}/webhooks/sms/inbound`,
    sendDelayMs: 5,
    deliverDelayMs: 5,
  });
  const adapters: TwilioSmsAdapter[] = [];
  return {
    url: simulator.url,
    publicUrl,
    webhooks,
    adapter(overrides: Partial<TwilioSmsOptions> = {}) {
      const adapter = new TwilioSmsAdapter({
        accountSid: ACCOUNT_SID,
        authToken: new Secret(AUTH_TOKEN),
        apiUrl: simulator.url,
        publicWebhookUrl: publicUrl,
        bridgeNumbers: [BRIDGE],
        clock: SYSTEM_CLOCK,
        isSimulated: true,
        callTimeoutMs: 300,
        segmentsPerSecond: () => 1_000_000,
        ...overrides,
      });
      adapters.push(adapter);
      return adapter;
    },
    async post(path: string, body: unknown) {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const response = await fetch(`${simulator.url}${path}`, init);
      if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
      return readJson(response);
    },
    async get(path: string) {
      return readJson(await fetch(`${simulator.url}${path}`));
    },
    async close() {
      await Promise.all(adapters.map((adapter) => adapter.dispose()));
      await simulator.close();
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

export type SimulatedTwilio = Awaited<ReturnType<typeof startSimulatedTwilio>>;

let refs = 0;
export const newOutbound = (text: string) => ({
  ref: `ref-${(refs += 1)}`,
  to: new Plaintext(PERSON),
  from: BRIDGE,
  body: { kind: 'text' as const, text: new Plaintext(text) },
  expiresAtMs: null,
});

export const openAttempt = () => ({ callBeforeMs: Date.now() + 10_000, signal: new AbortController().signal });

/** Waits for what arrives on its own; gives up after five seconds. */
export async function eventually<Value>(look: () => Promise<Value | undefined> | Value | undefined): Promise<Value> {
  const giveUpAt = Date.now() + 5_000;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > giveUpAt) throw new Error('It did not happen within five seconds');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface SimulatorAnswer {
  readonly sid: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly messages: readonly { readonly sid: string; readonly direction: string; readonly body: string }[];
  readonly entries: readonly { readonly call: string; readonly form?: Readonly<Record<string, string>> }[];
}

const readJson = async (response: Response): Promise<SimulatorAnswer> => (await response.json()) as SimulatorAnswer;

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The listener has no port');
  return `http://127.0.0.1:${address.port}`;
}
