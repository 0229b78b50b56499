import assert from 'node:assert/strict';
import { toBytes, utf8 } from '@causeway/message-model';
import type { RawRequest } from '../../inbound.js';
import { HAS_WEBHOOKS } from '../applicability.js';
import { webhooksOf } from '../hand-over.js';
import { assertRejected, eventsOf, first } from '../reading.js';
import { revealed } from '../revealed.js';
import type { AdapterHarness } from '../adapter-harness.js';
import type { Law } from '../law.js';

const genuineFrom = async (harness: AdapterHarness, text: string): Promise<RawRequest> =>
  first(await webhooksOf(harness).sendFrom(text));

const elsewhere = (url: string): string => new URL('/webhooks/elsewhere/inbound', url).href;

/** Headers a proxy adds, or a stranger writes. */
const PROXY_HEADERS = {
  host: 'elsewhere.example',
  'x-forwarded-host': 'elsewhere.example',
  'x-forwarded-proto': 'http',
  'x-forwarded-for': '203.0.113.7',
  forwarded: 'host=elsewhere.example;proto=http',
};

/** The same mutations every time, so that what is found is found again. */
function* mutations({ method, url, headers, body }: RawRequest): Generator<RawRequest> {
  let state = 20_260_101;
  const next = (below: number): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % below;
  for (let count = 0; count < 150; count += 1) {
    const bytes = toBytes(body);
    const at = next(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 + next(255));
    yield { method, url, headers, body: bytes };
  }
  for (let count = 0; count < 20; count += 1)
    yield { method, url, headers, body: toBytes(body.slice(0, next(body.length))) };
  for (const name of Object.keys(headers)) {
    yield { method, url, headers: { ...headers, [name]: undefined }, body };
    yield { method, url, headers: { ...headers, [name]: `${headers[name]}x` }, body };
  }
  yield { method, url, headers, body: toBytes(new Uint8Array()) };
  yield { method, url, headers, body: toBytes(new Uint8Array(4_096).fill(0x7b)) };
  yield { method, url: `${url}#fragment`, headers, body };
  yield { method, url: '', headers, body };
  yield { method: 'GET', url, headers, body };
}

/** Strangers can reach the webhook. */
export const AUTHENTICITY_LAWS: readonly Law[] = [
  {
    id: 'refuses-forged-webhooks',
    what: 'refuses a webhook whose signature does not hold, or is not there',
    why: 'Otherwise anyone who knows the address speaks in the name of anyone else.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const genuine = await genuineFrom(harness, 'Send money');
      for (const request of [webhooksOf(harness).forge(genuine), { ...genuine, headers: {} }])
        assertRejected(await harness.adapter.receive(request), 'bad-signature');
    },
  },
  {
    id: 'refuses-altered-bodies',
    what: 'refuses a body that was changed after it was signed',
    why: 'Whoever sees one genuine webhook would otherwise write the next.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const genuine = await genuineFrom(harness, 'Send money');
      const middle = Math.floor(genuine.body.length / 2);
      const flipped = toBytes(genuine.body);
      flipped[middle] = (flipped[middle] ?? 0) ^ 1;
      const longer = utf8(`${Buffer.from(genuine.body).toString('utf8')}&more=1`);
      for (const body of [flipped, longer])
        assertRejected(await harness.adapter.receive({ ...genuine, body }), 'bad-signature');
    },
  },
  {
    id: 'refuses-other-addresses',
    what: 'refuses a genuine webhook at an address that is none of its own, and an altered one where the address is signed',
    why: 'A webhook recorded at one door must not open another.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const genuine = await genuineFrom(harness, 'Which door?');
      assertRejected(await harness.adapter.receive({ ...genuine, url: elsewhere(genuine.url) }));
      if (!webhooksOf(harness).signs.includes('url')) return;
      assertRejected(await harness.adapter.receive({ ...genuine, url: `${genuine.url}?extra=1` }), 'bad-signature');
    },
  },
  {
    id: 'authenticates-before-parsing',
    what: 'refuses an unreadable body with a bad signature as bad-signature, not as malformed',
    why: 'A parser that strangers can reach is the largest door there is.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const genuine = await genuineFrom(harness, 'x');
      const noise = Uint8Array.from({ length: 512 }, (_, index) => (index * 37) % 256);
      for (const body of [noise, utf8('{"message":{"data":"////"}}'), utf8('a=%ZZ&&&=')])
        assertRejected(await harness.adapter.receive({ ...genuine, body }), 'bad-signature');
    },
  },
  {
    id: 'believes-no-proxy',
    what: 'judges a webhook by the configured address, whatever Host and forwarding headers say',
    why: 'Behind a proxy those headers differ, and anyone can write them: genuine ones would fail and forged ones could pass.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const genuine = await genuineFrom(harness, 'Through a proxy');
      const proxied = { ...genuine, headers: { ...genuine.headers, ...PROXY_HEADERS } };
      assert.deepEqual(revealed(await eventsOf(harness, proxied)), revealed(await eventsOf(harness, genuine)));
      assertRejected(await harness.adapter.receive(webhooksOf(harness).forge(proxied)), 'bad-signature');
    },
  },
  {
    id: 'is-not-misled-by-the-content-type',
    what: 'reads a webhook alike, or not at when it names another content type',
    why: 'The type is not signed: form read as JSON, or JSON as a form, would give signed bytes another meaning.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const genuine = await genuineFrom(harness, 'Form or JSON?');
      const expected = revealed(await eventsOf(harness, genuine));
      for (const type of [
        'application/json',
        'application/x-www-form-urlencoded',
        'text/plain',
        'nonsense',
        undefined,
      ]) {
        const request = { ...genuine, headers: { ...genuine.headers, 'content-type': type } };
        const outcome = await harness.adapter.receive(request);
        if (outcome.kind === 'events') assert.deepEqual(revealed(outcome.events), expected, `as ${type}`);
      }
    },
  },
  {
    id: 'survives-strangers',
    what: 'throws nothing at, and reads no other meaning into, whatever a webhook is changed into',
    why: 'Strangers try everything, and one crash is an outage for all.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const genuine = await genuineFrom(harness, 'As it was signed');
      const expected = revealed(await eventsOf(harness, genuine));
      for (const request of mutations(genuine)) {
        const outcome = await harness.adapter.receive(request);
        if (outcome.kind === 'events') assert.deepEqual(revealed(outcome.events), expected);
      }
    },
  },
];
