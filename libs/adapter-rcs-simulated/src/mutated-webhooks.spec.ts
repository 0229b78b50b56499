import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toBytes, utf8 } from '@causeway/message-model';
import type { RawRequest, ReceiveOutcome } from '@causeway/network-adapter';
import { ManualClock, Secret } from '@causeway/platform';
import { revealed } from '../../network-adapter/src/testing/revealed.js';
import { RcsSimulatedAdapter } from './rcs-simulated-adapter.js';
import { signedRequest } from './testing/sign.js';

const TOKEN = 'client-token';
const adapter = new RcsSimulatedAdapter({
  apiUrl: 'http://127.0.0.1:9/rcs',
  accessToken: new Secret('token'),
  clientToken: new Secret(TOKEN),
  agents: [{ agentId: 'agent', bridgeNumber: '+14155550100' }],
  publicWebhookUrl: 'https://bridge.example',
  clock: new ManualClock(),
});

const person = { agentId: 'agent', senderPhoneNumber: '+14155550123', sendTime: '2026-01-01T00:00:00Z' };
const GENUINE = [
  { ...person, messageId: 'm-1', text: 'Pay Ada 10 francs' },
  { ...person, messageId: 'm-2', text: 'STOP' },
  { ...person, messageId: 'm-3', suggestionResponse: { postbackData: 'answer=yes', text: 'Yes' } },
  {
    ...person,
    messageId: 'm-4',
    userFile: { payload: { mimeType: 'image/png', fileUri: 'http://127.0.0.1:9/f', fileSizeBytes: 9 } },
  },
  { ...person, messageId: 'm-5', eventId: 'e-5', eventType: 'DELIVERED' },
  { ...person, messageId: 'm-6', eventId: 'e-6', eventType: 'READ' },
  {
    agentId: 'agent',
    phoneNumber: '+14155550123',
    messageId: 'm-7',
    eventId: 'e-7',
    eventType: 'TTL_EXPIRATION_REVOKED',
  },
  { ...person, eventId: 'e-8', eventType: 'UNSUBSCRIBE' },
].map((inner) => signedRequest(adapter.webhookUrl, TOKEN, inner));

const splice = (body: Uint8Array, at: number, cut: number, more: Uint8Array): Uint8Array<ArrayBuffer> =>
  toBytes(Buffer.concat([body.slice(0, at), more, body.slice(at + cut)]));

const PIECES = ['"', '}', ',"data":"e30="', ',"secret":"s"', 'AAAA', '=', ' ', '\\u0041', '\n'];

/** Half of them in the bytes of the wrapper, half in what is signed, where most results are still notifications. */
const MUTATION = fc.record({
  which: fc.nat(GENUINE.length - 1),
  isInner: fc.boolean(),
  /** Where, in ten thousandths of the length. */
  at: fc.nat(9_999),
  cut: fc.nat(40),
  more: fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.constantFrom(...PIECES).map((text) => Buffer.from(text)),
  ),
  letter: fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')),
  header: fc.option(fc.base64String({ minLength: 88, maxLength: 88 }), { nil: undefined, freq: 8 }),
});
type Mutation = typeof MUTATION extends fc.Arbitrary<infer Value> ? Value : never;

const ENCODED = /"data":"([^"]*)"/;
const encodedIn = ({ body }: RawRequest): string => ENCODED.exec(Buffer.from(body).toString('utf8'))?.[1] ?? '';

/** One letter or figure of the signed JSON becomes another. */
function withInner(genuine: RawRequest, { at, letter }: Mutation): Uint8Array<ArrayBuffer> {
  const inner = Buffer.from(encodedIn(genuine), 'base64').toString('utf8');
  const places = [...inner.matchAll(/[A-Za-z0-9]/g)].map(({ index }) => index);
  const place = places[Math.floor((at / 10_000) * places.length)] ?? 0;
  const changed = Buffer.from(inner.slice(0, place) + letter + inner.slice(place + 1)).toString('base64');
  return utf8(Buffer.from(genuine.body).toString('utf8').replace(ENCODED, `"data":"${changed}"`));
}

const mutated = (genuine: RawRequest, change: Mutation): RawRequest => ({
  ...genuine,
  headers: change.header === undefined ? genuine.headers : { ...genuine.headers, 'x-goog-signature': change.header },
  body: change.isInner
    ? withInner(genuine, change)
    : splice(genuine.body, Math.floor((change.at / 10_000) * genuine.body.length), change.cut, change.more),
});

type Receive = (request: RawRequest) => Promise<ReceiveOutcome>;
const receive: Receive = (request) => adapter.receive(request);

async function meaningOf(request: RawRequest, by = receive): Promise<unknown> {
  const outcome = await by(request);
  return outcome.kind === 'events' ? revealed(outcome.events) : undefined;
}

/** How many mutations were taken for what they were, and how many for something else. */
async function survey(by: Receive, count: number) {
  const meanings = await Promise.all(GENUINE.map((request) => meaningOf(request)));
  const found = { unchanged: 0, changed: 0 };
  for (const change of fc.sample(fc.noBias(MUTATION), count)) {
    const genuine = GENUINE[change.which];
    if (!genuine) throw new Error('there is no such webhook');
    const meaning = await meaningOf(mutated(genuine, change), by);
    if (meaning === undefined) continue;
    if (isDeepStrictEqual(meaning, meanings[change.which])) found.unchanged += 1;
    else found.changed += 1;
  }
  return found;
}

/** An adapter that believes whatever is in the wrapper. */
const careless: Receive = (request) => {
  const signature = createHmac('sha512', TOKEN)
    .update(Buffer.from(encodedIn(request), 'base64'))
    .digest('base64');
  return adapter.receive({ ...request, headers: { 'x-goog-signature': signature } });
};

describe('10,000 mutated webhooks', () => {
  it('mean what was signed or are refused, and none of them throws', async () => {
    const { unchanged, changed } = await survey(receive, 10_000);
    expect(changed).toBe(0);
    // what is outside the signature may change: some must pass, or nothing was tried
    expect(unchanged).toBeGreaterThan(0);
  }, 120_000);

  it('change the meaning where the signature is not looked at', async () => {
    expect((await survey(careless, 2_000)).changed).toBeGreaterThan(50);
  }, 60_000);
});

describe('a webhook replayed 100 times, shuffled and at once', () => {
  it('has the same ids and the same meaning every time', async () => {
    const meanings = await Promise.all(GENUINE.map((request) => meaningOf(request)));
    const replays = GENUINE.flatMap((request, which) => Array.from({ length: 100 }, () => ({ request, which })));
    const [shuffled] = fc.sample(fc.shuffledSubarray(replays, { minLength: replays.length }), { numRuns: 1, seed: 1 });
    const read = await Promise.all(
      (shuffled ?? []).map(async ({ request, which }) => ({ which, meaning: await meaningOf(request) })),
    );
    expect(read).toHaveLength(GENUINE.length * 100);
    for (const { which, meaning } of read) expect(meaning).toEqual(meanings[which]);
  });
});
