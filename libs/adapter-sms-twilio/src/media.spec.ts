import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Plaintext, Secret } from '@causeway/platform';
import {
  BRIDGE,
  PERSON,
  eventually,
  newOutbound,
  openAttempt,
  startSimulatedTwilio,
  type SimulatedTwilio,
} from './testing/simulated-twilio.js';

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
let twilio: SimulatedTwilio;
let files: Server;
let fetched: string[];
let origin: string;

beforeEach(async () => {
  twilio = await startSimulatedTwilio();
  fetched = [];
  files = createServer((request, response) => {
    fetched.push(request.url ?? '');
    if (request.url === '/gone') response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'image/png' }).end(PNG);
  });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  const address = files.address();
  origin = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
});
afterEach(async () => {
  await twilio.close();
  files.closeAllConnections();
  await new Promise((resolve) => files.close(resolve));
});

const picture = (path: string, sizeBytes: number = PNG.length) => ({
  ...newOutbound(''),
  body: {
    kind: 'media' as const,
    media: { url: new Plaintext(`${origin}${path}`), contentType: 'image/png', sizeBytes },
    caption: new Plaintext('Look'),
  },
});

const receivePicture = async (body = '') => {
  const file = { to: BRIDGE, body, contentType: 'image/png', content: PNG.toString('base64') };
  const { sid } = await twilio.post(`/handsets/${PERSON}/media`, file);
  const request = await eventually(() => twilio.webhooks.find((each) => Buffer.from(each.body).includes(sid)));
  const outcome = await twilio.adapter().receive(request);
  if (outcome.kind !== 'events') throw new Error(outcome.reason);
  const [message] = outcome.events;
  if (message?.kind !== 'message') throw new Error('no message');
  return message;
};

describe('a file we send', () => {
  it('goes by its link, once, with its caption', async () => {
    const outcome = await twilio.adapter({ sendsMedia: true }).deliver(picture('/a'), openAttempt());
    if (outcome.kind !== 'accepted') throw new Error(outcome.reason);
    expect(outcome.externalId).toMatch(/^MM/);
    expect(fetched).toEqual(['/a']);
    const shown = await fetch(`${twilio.url}/handsets/media/${outcome.externalId}/0`);
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(PNG);
  });

  it('that Twilio cannot fetch is refused for good', async () => {
    const outcome = await twilio.adapter({ sendsMedia: true }).deliver(picture('/gone'), openAttempt());
    expect(outcome).toMatchObject({ reason: 'content-rejected', retry: 'never', vendorCode: '21620' });
  });

  it('is refused without a call when it is too large, and where the numbers send no files', async () => {
    const sends = twilio.adapter({ sendsMedia: true });
    expect(await sends.deliver(picture('/a', 5_000_001), openAttempt())).toMatchObject({ reason: 'too-large' });
    expect(await twilio.adapter().deliver(picture('/a'), openAttempt())).toMatchObject({ reason: 'content-rejected' });
    expect([fetched, (await twilio.get('/log')).counts]).toEqual([[], {}]);
  });

  it('is offered to the countries that have MMS only', async () => {
    const sends = twilio.adapter({ sendsMedia: true });
    const graded = async (country?: string) =>
      (await sends.capabilities(country === undefined ? {} : { country })).features.attachment;
    expect([await graded('US'), await graded('CA'), await graded('GB'), await graded()]).toEqual([
      'partial',
      'partial',
      'unsupported-with-fallback',
      'unsupported-with-fallback',
    ]);
  });
});

describe('a file we receive', () => {
  it('is named by the webhook and by the list alike, and fetched with the credentials of the account', async () => {
    const message = await receivePicture('from the beach');
    expect(message.media).toHaveLength(1);
    const listed = await twilio.adapter().listReceived(BRIDGE, Date.now() - 60_000);
    if (listed.kind !== 'messages' || listed.messages[0]?.kind !== 'message') throw new Error('not listed');
    expect(listed.messages[0].externalId).toBe(message.externalId);
    for (const { url } of [...message.media, ...listed.messages[0].media]) {
      const file = await twilio.adapter().fetchMedia(url, 1_000);
      if (file.kind !== 'media') throw new Error(file.kind);
      expect([file.contentType, Buffer.from(file.content)]).toEqual(['image/png', PNG]);
    }
  });

  it('is given up past the limit, is gone when it is gone, and is not fetched with a wrong token', async () => {
    const [file] = (await receivePicture()).media;
    if (!file) throw new Error('no file');
    expect(await twilio.adapter().fetchMedia(file.url, PNG.length - 1)).toEqual({ kind: 'too-large' });
    const wrong = twilio.adapter({ authToken: new Secret('wrong') });
    expect(await wrong.fetchMedia(file.url, 1_000)).toEqual({ kind: 'unavailable', vendorCode: 'http-401' });
    const gone = file.url.map((url) => url.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
    expect(await twilio.adapter().fetchMedia(gone, 1_000)).toEqual({ kind: 'gone' });
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data'],
    [
      `https://evil.example/2010-04-01/Accounts/AC${'f'.repeat(32)}/Messages/MM${'1'.repeat(32)}/Media/ME${'2'.repeat(32)}`,
    ],
    ['not an address'],
  ])('is never looked for at %s', async (url) => {
    expect(await twilio.adapter().fetchMedia(new Plaintext(url), 1_000)).toEqual({ kind: 'gone' });
    expect((await twilio.get('/log')).counts['fetch-media']).toBeUndefined();
  });

  it('is fetched from the configured API whatever host its address names', async () => {
    const [file] = (await receivePicture()).media;
    const elsewhere = new Plaintext(file?.url.reveal().replace('api.twilio.com', 'evil.example') ?? '');
    expect((await twilio.adapter().fetchMedia(elsewhere, 1_000)).kind).toBe('media');
  });

  it('is deleted with its message, file first, and again without harm', async () => {
    const adapter = twilio.adapter();
    const message = await receivePicture();
    expect(await adapter.forget(message.externalId)).toEqual({ kind: 'forgotten' });
    expect(await adapter.forget(message.externalId)).toEqual({ kind: 'forgotten' });
    const { entries } = await twilio.get('/log');
    const deletions = entries.map(({ call }) => call).filter((call) => call.startsWith('delete'));
    expect(deletions).toEqual(['delete-media', 'delete']);
    const listed = await adapter.listReceived(BRIDGE, Date.now() - 60_000);
    expect(listed).toEqual({ kind: 'messages', messages: [] });
  });

  it('stays when Twilio cannot delete it now, to be asked again', async () => {
    const { sid } = await twilio.post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: 'keep' });
    await twilio.post('/faults', { network: 'sms', mode: '500', operation: 'delete' });
    expect(await twilio.adapter().forget(sid)).toMatchObject({ kind: 'unavailable' });
    expect(await twilio.adapter().forget(sid)).toEqual({ kind: 'forgotten' });
  });
});

describe('an answer to HELP', () => {
  const ask = async (adapter: ReturnType<SimulatedTwilio['adapter']>, text: string) => {
    const { sid } = await twilio.post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: text });
    const request = await eventually(() => twilio.webhooks.find((each) => Buffer.from(each.body).includes(sid)));
    const outcome = await adapter.receive(request);
    if (outcome.kind !== 'events') throw new Error(outcome.reason);
    return outcome.response.body;
  };

  it('is left to Twilio unless the operator set one', async () => {
    expect(await ask(twilio.adapter(), 'HELP')).toBe('<Response/>');
  });

  it('is given as the operator wrote it, once an hour, and to nothing else', async () => {
    const adapter = twilio.adapter({ helpAnswer: 'Causeway <info@bridge.example> & STOP' });
    expect(await ask(adapter, 'Help me please')).toBe('<Response/>');
    expect(await ask(adapter, 'help')).toBe(
      '<Response><Message>Causeway &lt;info@bridge.example&gt; &amp; STOP</Message></Response>',
    );
    expect(await ask(adapter, 'HELP')).toBe('<Response/>');
  });

  it('is never given to a bridge of ours, which would answer it', async () => {
    const adapter = twilio.adapter({ helpAnswer: 'x', bridgeNumbers: [BRIDGE, PERSON] });
    expect(await ask(adapter, 'HELP')).toBe('<Response/>');
  });
});

describe('the count of unknown codes', () => {
  it('rises with each code that has no row, of an answer or a receipt, and with no other', async () => {
    const codes: string[] = [];
    const adapter = twilio.adapter({ onUnknownCode: (code) => codes.push(code) });
    await twilio.post('/faults', { network: 'sms', mode: 'refuse-code', code: 29_999 });
    await adapter.deliver(newOutbound('x'), openAttempt());
    await twilio.post('/faults', { network: 'sms', mode: 'refuse-code', code: 21_211 });
    await adapter.deliver(newOutbound('x'), openAttempt());
    await twilio.post('/faults', { network: 'sms', mode: 'fail-code', code: 39_998 });
    await adapter.deliver(newOutbound('x'), openAttempt());
    const callback = await eventually(() =>
      twilio.webhooks.find(({ body }) => Buffer.from(body).includes('ErrorCode=39998')),
    );
    await adapter.receive(callback);
    expect(codes).toEqual(['29999', '39998']);
  });
});
