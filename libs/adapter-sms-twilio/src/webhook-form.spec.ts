import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import twilio from 'twilio';
import fc from 'fast-check';
import { utf8 } from '@causeway/message-model';
import { ManualClock, Secret } from '@causeway/platform';
import { TwilioSmsAdapter } from './twilio-sms-adapter.js';
import { authenticateForm } from './webhook-form.js';

interface SignatureVectors {
  readonly authToken: string;
  readonly form: readonly {
    readonly name: string;
    readonly url: string;
    readonly params: Readonly<Record<string, string | readonly string[]>>;
    readonly signature: string;
  }[];
  readonly jsonBody: readonly { readonly url: string; readonly body: string; readonly signature: string }[];
}

const VECTORS = join(process.cwd(), '../shared/vectors/twilio/signature-vectors.json');
const TOKEN = 'token';
const ACCOUNT_SID = `AC${'a'.repeat(32)}`;
const INBOUND = 'https://bridge.example/webhooks/sms/inbound';

const encode = (params: Readonly<Record<string, string | readonly string[]>>): string => {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) for (const each of [value].flat()) form.append(name, each);
  return form.toString();
};

const signed = (url: string, params: Readonly<Record<string, string>>, body = encode(params)) => ({
  method: 'POST',
  url,
  headers: { 'x-twilio-signature': twilio.getExpectedTwilioSignature(TOKEN, url, { ...params }) },
  body: utf8(body),
});

const adapter = new TwilioSmsAdapter({
  accountSid: ACCOUNT_SID,
  authToken: new Secret(TOKEN),
  publicWebhookUrl: 'https://bridge.example/',
  bridgeNumbers: ['+14155550100'],
  clock: new ManualClock(),
  isSimulated: true,
});

const MESSAGE = {
  AccountSid: ACCOUNT_SID,
  ApiVersion: '2010-04-01',
  Body: 'Call Dad',
  From: '+14155550123',
  FromCity: '',
  MessageSid: `SM${'1'.repeat(32)}`,
  NumMedia: '0',
  To: '+14155550100',
};

describe('a webhook', () => {
  if (existsSync(VECTORS)) {
    const vectors = JSON.parse(readFileSync(VECTORS, 'utf8')) as SignatureVectors;
    const secret = new Secret(vectors.authToken);
    const requests = [
      ...vectors.form.map(({ name, url, params, signature }) => ({ name, url, signature, body: encode(params) })),
      ...vectors.jsonBody.map(({ url, body, signature }) => ({ name: `JSON ${body}`, url, signature, body })),
    ];
    it.each(requests)('is authentic with the published signature: $name', ({ url, body, signature }) => {
      const request = { method: 'POST', url, headers: { 'x-twilio-signature': signature }, body: utf8(body) };
      expect(authenticateForm(request, secret)).toBeDefined();
      expect(authenticateForm({ ...request, body: utf8(`${body}x`) }, secret)).toBeUndefined();
      expect(authenticateForm({ ...request, url: url.replace('mycompany', 'yourcompany') }, secret)).toBeUndefined();
      expect(authenticateForm(request, new Secret('another'))).toBeUndefined();
    });
  } else {
    process.stdout.write(`Skipped: Twilio signature vectors, there is no ${VECTORS}\n`);
  }

  it('is never accepted with a changed meaning, however its body is altered', async () => {
    const genuine = signed(INBOUND, MESSAGE);
    const read = async (body: Uint8Array) => {
      const outcome = await adapter.receive({ ...genuine, body: Uint8Array.from(body) });
      return outcome.kind === 'events'
        ? outcome.events.map((event) => [event.kind, 'text' in event && event.text.reveal()])
        : undefined;
    };
    const meaning = await read(genuine.body);
    expect(meaning).toEqual([['message', 'Call Dad']]);
    const mutation = fc.record({
      at: fc.nat(genuine.body.length - 1),
      cut: fc.nat(3),
      put: fc.constantFrom('', '&', '=', '%20', 'A', '0', '+', '%', '&X='),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ at, cut, put }) => {
        const text = Buffer.from(genuine.body).toString('utf8');
        const outcome = await read(utf8(text.slice(0, at) + put + text.slice(at + cut)));
        if (outcome !== undefined) expect(outcome).toEqual(meaning);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is refused when its fields were cut anew under the same signature', async () => {
    const { Body: _, ...rest } = MESSAGE;
    const recut = signed(INBOUND, MESSAGE, encode({ ...rest, Body: 'Call ', Dad: '' }));
    expect(await adapter.receive(recut)).toEqual({ kind: 'rejected', reason: 'malformed' });
  });

  it('is refused on an address of ours that is not one, for another account, and without its fields', async () => {
    const elsewhere = signed('https://bridge.example/webhooks/sms/other', MESSAGE);
    expect(await adapter.receive(elsewhere)).toEqual({ kind: 'rejected', reason: 'unknown-path' });
    const foreign = signed(INBOUND, { ...MESSAGE, AccountSid: `AC${'b'.repeat(32)}` });
    expect(await adapter.receive(foreign)).toEqual({ kind: 'rejected', reason: 'wrong-account' });
    const { From: _, ...withoutSender } = MESSAGE;
    expect(await adapter.receive(signed(INBOUND, withoutSender))).toEqual({ kind: 'rejected', reason: 'malformed' });
  });

  it.each([
    ['sent', undefined, { status: 'sent' }],
    ['delivered', undefined, { status: 'delivered' }],
    ['undelivered', '30003', { status: 'failed', reason: 'recipient-unreachable', vendorCode: '30003' }],
    ['failed', '30036', { status: 'expired', vendorCode: '30036' }],
    ['undelivered', '39999', { status: 'failed', reason: 'unknown', vendorCode: '39999' }],
    ['failed', undefined, { status: 'failed', reason: 'unknown' }],
  ])('that says %s %s is read as the receipt it is', async (MessageStatus, ErrorCode, expected) => {
    const { AccountSid, MessageSid } = MESSAGE;
    const params = { AccountSid, MessageSid, MessageStatus, ...(ErrorCode === undefined ? {} : { ErrorCode }) };
    const outcome = await adapter.receive(signed(adapter.webhookUrls.statusOf('ref-1'), params));
    const receipt = { kind: 'receipt', ref: 'ref-1', externalId: MessageSid, ...expected };
    expect(outcome).toMatchObject({ kind: 'events', events: [receipt] });
  });

  it('with a status Twilio added since says nothing and is still answered', async () => {
    const { AccountSid, MessageSid } = MESSAGE;
    const params = { AccountSid, MessageSid, MessageStatus: 'constructor' };
    const outcome = await adapter.receive(signed(adapter.webhookUrls.statusOf('ref-1'), params));
    expect(outcome).toMatchObject({ kind: 'events', events: [], response: { status: 200 } });
  });
});
