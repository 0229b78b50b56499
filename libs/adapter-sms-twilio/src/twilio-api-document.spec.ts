import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { Plaintext, Secret } from '@causeway/platform';
import { openTwilioAccount } from './twilio-account.js';
import { readApiDocument } from './testing/api-document.js';
import { recordCalls } from './testing/recorded-calls.js';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  BRIDGE,
  eventually,
  newOutbound,
  openAttempt,
  PERSON,
  startSimulatedTwilio,
  type SimulatedTwilio,
} from './testing/simulated-twilio.js';

const DOCUMENT = join(process.cwd(), '../shared/vectors/twilio/twilio_api_v2010.json');

let twilio: SimulatedTwilio;
let recorder: Awaited<ReturnType<typeof recordCalls>>;
let files: Server;
let fileUrl: string;

beforeEach(async () => {
  twilio = await startSimulatedTwilio();
  recorder = await recordCalls(twilio.url);
  files = createServer((_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end('png'));
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  const address = files.address();
  fileUrl = typeof address === 'object' ? `http://127.0.0.1:${address?.port}/picture` : '';
});
afterEach(async () => {
  await recorder.close();
  await twilio.close();
  files.closeAllConnections();
  await new Promise((resolve) => files.close(resolve));
});

/** Every kind of call the adapter and the doctor make. */
async function makeEveryCall(): Promise<void> {
  const adapter = twilio.adapter({ apiUrl: recorder.url, sendsMedia: true, callTimeoutMs: 10_000 });
  const expiresAtMs = Date.now() + 90_000;
  const sent = await adapter.deliver({ ...newOutbound('Grüße 👋'), expiresAtMs }, openAttempt());
  const media = { url: new Plaintext(fileUrl), contentType: 'image/png', sizeBytes: 3 };
  const body = { kind: 'media', media, caption: new Plaintext('Look') } as const;
  const picture = await adapter.deliver({ ...newOutbound(''), body }, openAttempt());
  if (sent.kind !== 'accepted' || picture.kind !== 'accepted') throw new Error('not accepted');
  await adapter.lookUp({ from: BRIDGE, to: new Plaintext(PERSON), startedAtMs: Date.now() });
  const file = { to: BRIDGE, contentType: 'image/gif', content: Buffer.from('gif').toString('base64') };
  await twilio.post(`/handsets/${PERSON}/media`, file);
  const listed = await adapter.listReceived(BRIDGE, Date.now() - 60_000);
  if (listed.kind !== 'messages' || listed.messages[0]?.kind !== 'message') throw new Error('nothing received');
  const [received] = listed.messages;
  for (const { url } of received.media) await adapter.fetchMedia(url, 1_000);
  for (const id of [sent.externalId, picture.externalId, received.externalId])
    await eventually(async () => ((await adapter.forget(id)).kind === 'forgotten' ? true : undefined));
  const account = openTwilioAccount({
    accountSid: ACCOUNT_SID,
    authToken: new Secret(AUTH_TOKEN),
    apiUrl: recorder.url,
  });
  await account.fetch();
  const number = await account.findNumber(BRIDGE);
  if (number === undefined) throw new Error('no number');
  await account.setInboundUrl(number, 'https://bridge.example/webhooks/sms/inbound');
  await account.services();
}

describe('our requests', () => {
  if (!existsSync(DOCUMENT)) {
    process.stdout.write(`Skipped: Twilio's OpenAPI document, there is no ${DOCUMENT}\n`);
    it.skip('are compared with the document of Twilio only where that lies beside the project', () => undefined);
    return;
  }

  it("are all in Twilio's own document, with its parameters, of their types, and all it requires", async () => {
    const api = readApiDocument(readFileSync(DOCUMENT, 'utf8'));
    await makeEveryCall();
    // the messaging services have a document of their own, and a file itself is fetched, not its resource
    const described = recorder.calls.filter(({ path }) => path.startsWith('/2010-04-01/') && !/\/ME\w{32}$/.test(path));
    for (const call of described)
      expect([call.method, call.path, ...api.faultsOf(call)]).toEqual([call.method, call.path]);
    const kinds = new Set(described.map((call) => `${call.method} ${api.templateOf(call)}`));
    const account = '/2010-04-01/Accounts/{AccountSid}';
    expect([...kinds].toSorted()).toEqual(
      [
        `DELETE ${account}/Messages/{MessageSid}/Media/{Sid}.json`,
        `DELETE ${account}/Messages/{Sid}.json`,
        `GET ${account}/IncomingPhoneNumbers.json`,
        `GET ${account}/Messages.json`,
        `GET ${account}/Messages/{MessageSid}/Media.json`,
        `GET ${account}/Messages/{Sid}.json`,
        `GET /2010-04-01/Accounts/{Sid}.json`,
        `POST ${account}/IncomingPhoneNumbers/{Sid}.json`,
        `POST ${account}/Messages.json`,
      ].toSorted(),
    );
    const creates = described.filter(({ method, path }) => method === 'POST' && path.endsWith('/Messages.json'));
    expect([...(creates[0]?.form.keys() ?? [])]).toEqual(
      expect.arrayContaining(['To', 'From', 'Body', 'StatusCallback', 'ValidityPeriod', 'ContentRetention']),
    );
    expect(creates[1]?.form.get('MediaUrl')).toBe(fileUrl);
  });

  it('would be found out, were a parameter unknown, of another type or missing', () => {
    const api = readApiDocument(readFileSync(DOCUMENT, 'utf8'));
    const path = `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`;
    const call = (form: Record<string, string>) => ({
      method: 'POST',
      path,
      query: new URLSearchParams(),
      form: new URLSearchParams(form),
    });
    expect(api.faultsOf(call({ To: PERSON, Body: 'x' }))).toEqual([]);
    expect(api.faultsOf(call({ Body: 'x' }))).toEqual(['To is required']);
    expect(api.faultsOf(call({ To: PERSON, Body_: 'x' }))).toEqual(['Body_ is not in the document']);
    expect(api.faultsOf(call({ To: PERSON, ValidityPeriod: 'soon' }))).toEqual(['ValidityPeriod is of another type']);
    expect(api.faultsOf(call({ To: PERSON, ContentRetention: 'burn' }))).toEqual([
      'ContentRetention is of another type',
    ]);
    expect(api.faultsOf({ ...call({}), method: 'PUT' })).toEqual(['there is no such call']);
  });
});
