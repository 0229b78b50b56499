import { describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import fc from 'fast-check';
import { utf8 } from '@causeway/message-model';
import type { RawRequest } from '@causeway/network-adapter';
import { ManualClock, Secret } from '@causeway/platform';
import { TwilioSmsAdapter } from './twilio-sms-adapter.js';

const TOKEN = 'token';
const ACCOUNT_SID = `AC${'a'.repeat(32)}`;
const ROOT = 'https://bridge.example/causeway';
const adapter = new TwilioSmsAdapter({
  accountSid: ACCOUNT_SID,
  authToken: new Secret(TOKEN),
  publicWebhookUrl: ROOT,
  bridgeNumbers: ['+14155550100'],
  clock: new ManualClock(),
  isSimulated: true,
});

type Params = Readonly<Record<string, string>>;
const encode = (params: Params): string => new URLSearchParams(params).toString();
const signed = (url: string, params: Params, body = encode(params)): RawRequest => ({
  method: 'POST',
  url,
  headers: { 'x-twilio-signature': twilio.getExpectedTwilioSignature(TOKEN, url, { ...params }) },
  body: utf8(body),
});

const SID = `MM${'1'.repeat(32)}`;
const MEDIA = `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${SID}/Media/ME${'2'.repeat(32)}`;
const COMMON = { AccountSid: ACCOUNT_SID, ApiVersion: '2010-04-01', From: '+14155550123', To: '+14155550100' };
const MESSAGE: Params = {
  ...COMMON,
  Body: 'ARRET',
  FromCity: 'TORONTO',
  FromCountry: 'CA',
  MediaContentType0: 'image/jpeg',
  MediaUrl0: MEDIA,
  MessageSid: SID,
  NumMedia: '1',
  NumSegments: '1',
  OptOutType: 'STOP',
  SmsMessageSid: SID,
  SmsSid: SID,
  SmsStatus: 'received',
  ToCity: '',
  ToCountry: 'US',
};
const FAILURE: Params = {
  ...COMMON,
  ErrorCode: '30036',
  MessageSid: SID,
  MessageStatus: 'undelivered',
  RawDlrDoneDate: '2611232038',
  SmsSid: SID,
  SmsStatus: 'undelivered',
};
const STATUS_URL = adapter.webhookUrls.statusOf('t1.1');
const GENUINE: readonly (readonly [what: string, url: string, params: Params])[] = [
  ['message', adapter.webhookUrls.inbound, MESSAGE],
  ['receipt', STATUS_URL, FAILURE],
];

const meaningOf = async (request: RawRequest): Promise<unknown> => {
  const outcome = await adapter.receive(request);
  if (outcome.kind === 'rejected') return undefined;
  return outcome.events.map((event) => ({
    ...event,
    from: 'from' in event ? event.from.reveal() : null,
    text: 'text' in event ? event.text.reveal() : null,
    media: 'media' in event ? event.media.map(({ url, contentType }) => [url.reveal(), contentType]) : null,
  }));
};

/** All that Twilio signs of a form, and how it can be cut into other fields under the same signature. */
function cutAnew(params: Params, cuts: readonly number[], lengths: readonly number[]): Params | undefined {
  const names = Object.keys(params).toSorted();
  const whole = names.map((name) => `${name}${params[name]}`).join('');
  const starts = names.flatMap((name) => [...whole.matchAll(new RegExp(name, 'g'))].map(({ index }) => index));
  const chosen = cuts.map((cut) => (cut % 3 === 0 ? cut % whole.length : (starts[cut % starts.length] ?? 0)));
  const edges = [...new Set([0, ...chosen])].toSorted((a, b) => a - b);
  const fields: Record<string, string> = {};
  for (const [index, start] of edges.entries()) {
    const piece = whole.slice(start, edges[index + 1]);
    const known = names.filter((name) => piece.startsWith(name)).toSorted((a, b) => b.length - a.length)[0];
    const length = lengths[index % lengths.length] ?? 0;
    const name = known !== undefined && length % 4 !== 0 ? known : piece.slice(0, 1 + (length % piece.length || 0));
    fields[name] = piece.slice(name.length);
  }
  const again = Object.keys(fields).toSorted();
  return again.map((name) => `${name}${fields[name]}`).join('') === whole ? fields : undefined;
}

describe.each(GENUINE)('a webhook of a %s', (_what, url, params) => {
  it('is never accepted with a changed meaning however its bytes are altered, 5,000 times', async () => {
    const genuine = signed(url, params);
    const meaning = await meaningOf(genuine);
    expect(meaning).toBeDefined();
    const mutation = fc.record({
      at: fc.nat(genuine.body.length),
      cut: fc.nat(12),
      put: fc.oneof(
        fc.constantFrom('', '&', '=', '%20', '+', '%', '&X=', '%00', '&Body=x', '&From=%2B14155550199', '%F0%9F'),
        fc.string({ maxLength: 5 }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        let text = Buffer.from(genuine.body).toString('latin1');
        for (const { at, cut, put } of mutations) text = text.slice(0, at) + put + text.slice(at + cut);
        const outcome = await meaningOf({ ...genuine, body: Uint8Array.from(Buffer.from(text, 'latin1')) });
        if (outcome !== undefined) expect(outcome).toEqual(meaning);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is never accepted with a changed meaning when its fields are cut anew under the same signature', async () => {
    const meaning = await meaningOf(signed(url, params));
    let tried = 0;
    const cuts = fc.array(fc.nat(2_000), { minLength: 1, maxLength: 18 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), async (at, lengths) => {
        const fields = cutAnew(params, at, lengths);
        if (!fields) return;
        tried += 1;
        const outcome = await meaningOf(signed(url, params, encode(fields)));
        if (outcome !== undefined) expect(outcome).toEqual(meaning);
      }),
      { numRuns: 5_000 },
    );
    expect(tried).toBeGreaterThan(100);
  });

  it('each field of which was swallowed by the one before it is refused, where the field means something', async () => {
    const names = Object.keys(params).toSorted();
    const meaning = await meaningOf(signed(url, params));
    for (const [index, name] of names.entries()) {
      const before = names[index - 1];
      if (before === undefined) continue;
      const { [name]: swallowed, ...rest } = params;
      const fields = { ...rest, [before]: `${params[before]}${name}${swallowed}` };
      const outcome = await meaningOf(signed(url, params, encode(fields)));
      if (outcome !== undefined) expect([name, outcome]).toEqual([name, meaning]);
    }
  });

  it('is refused on another address, by another token, and by another hash of its signature', async () => {
    const genuine = signed(url, params);
    const signature = genuine.headers['x-twilio-signature'] ?? '';
    const refused = [
      { ...genuine, url: url.replace('bridge.example', 'bridge.example.org') },
      { ...genuine, url: `${url}?a=1` },
      { ...genuine, url: url.replace('https', 'http') },
      { ...genuine, headers: {} },
      { ...genuine, headers: { 'x-twilio-signature': '' } },
      { ...genuine, headers: { 'x-twilio-signature': `${signature}${signature}` } },
      { ...genuine, headers: { 'x-twilio-signature': signature.toLowerCase() } },
    ];
    for (const request of refused) expect((await adapter.receive(request)).kind).toBe('rejected');
  });
});

describe('a text that holds the names of fields', () => {
  it('never becomes another sender, for whoever recorded the webhook', async () => {
    const params = { ...MESSAGE, ...COMMON, Body: 'hiFrom+14155550199FromCity', FromCity: 'TORONTO' };
    const url = adapter.webhookUrls.inbound;
    const { Body: _, From: from, FromCity: city, ...rest } = params;
    const forged = { ...rest, Body: 'hi', From: '+14155550199', FromCity: `From${from}FromCity${city}` };
    expect(await meaningOf(signed(url, params))).toMatchObject([{ text: params.Body, from }, { kind: 'opt-out' }]);
    expect(await adapter.receive(signed(url, params, encode(forged)))).toEqual({
      kind: 'rejected',
      reason: 'malformed',
    });
  });
});

describe('a webhook of JSON', () => {
  const json = JSON.stringify({ ...MESSAGE, NumMedia: 1 });
  const hash = '?bodySHA256=';
  const request = async (body: string, signedBody = body): Promise<RawRequest> => {
    const { createHash } = await import('node:crypto');
    const url = `${adapter.webhookUrls.inbound}${hash}${createHash('sha256').update(signedBody).digest('hex')}`;
    return { ...signed(url, {}), body: utf8(body) };
  };

  it('is read when the hash in its signed address is that of its bytes, and only then', async () => {
    expect(await meaningOf(await request(json))).toMatchObject([
      { kind: 'message', text: 'ARRET' },
      { kind: 'opt-out' },
    ]);
    const altered = await adapter.receive(await request(json.replace('ARRET', 'JA'), json));
    expect(altered).toEqual({ kind: 'rejected', reason: 'bad-signature' });
    for (const noise of ['', 'null', '[]', '{', '"x"'])
      expect((await adapter.receive(await request(noise))).kind).toBe('rejected');
  });
});

describe('the port in the address', () => {
  it.each(['https://bridge.example:443/causeway', ROOT])('signed as %s is taken either way', async (signedRoot) => {
    const url = adapter.webhookUrls.inbound.replace(ROOT, signedRoot);
    const genuine = signed(url, MESSAGE);
    expect(await meaningOf({ ...genuine, url: adapter.webhookUrls.inbound })).toBeDefined();
  });
});

describe('a webhook replayed 100 times, shuffled and at once', () => {
  it('gives the same events each time', async () => {
    const all = Array.from({ length: 100 }, (_, index) => GENUINE[index % 2] ?? GENUINE[0]);
    const expected = await Promise.all(GENUINE.map(([, url, params]) => meaningOf(signed(url, params))));
    const seen = await Promise.all(all.map((each) => meaningOf(signed(each?.[1] ?? '', each?.[2] ?? {}))));
    for (const [index, meaning] of seen.entries()) expect(meaning).toEqual(expected[index % 2]);
  });
});
