import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  mintChallengeId,
  mintContactId,
  mintConversationId,
  mintLinkId,
  mintTransitId,
  parseTenantId,
  purgeHourOf,
} from '@causeway/message-model';
import { Stores } from '@causeway/storage';
import { randomBytes } from 'node:crypto';
import { generateRequests, type GeneratedRequest, type Things } from '../support/generated-requests.js';
import { newMessageId, RawDevice, say, type Answer } from '../support/raw-device.js';
import { eventually, World } from '../support/world.js';

const OTHER_HOST = 'other.example';
const WITHIN_MS = 120_000;

let world: World;
let document: unknown;
let stores: Stores;
let ada: RawDevice;
/** Of another tenant. */
let others: readonly [RawDevice, RawDevice];
/** Of Ada's tenant, and nobody she knows. */
let strangers: readonly [RawDevice, RawDevice];
let owned: ReadonlyMap<string, string>;
/** What belongs to Ada and stands in no request: her account, who writes to her, the code of her alias. */
let untold: readonly string[];

beforeAll(async () => {
  world = await World.start();
  stores = new Stores({ url: world.databaseUrl, maxConnections: 2 });
  const id = parseTenantId('other');
  if (!id) throw new Error('not a tenant');
  const tenant = { id, nativeHost: OTHER_HOST, region: 'local', registration: 'open' } as const;
  await stores.tenants.ensure(tenant, new Date());
  document = (await say(`${world.gatewayUrl}/openapi.json`, 'GET')).document;
  ada = await registered('ada');
  strangers = [await registered('eve'), await registered('eva')];
  others = [await registered('olga', OTHER_HOST), await registered('olea', OTHER_HOST)];
  owned = await thingsOfAda();
}, WITHIN_MS);
afterAll(async () => {
  await stores.close();
  await world.close();
}, 30_000);

const registered = (name: string, host?: string): Promise<RawDevice> =>
  RawDevice.register(world.gatewayUrl, world.handle(name), host);

/** One of each kind that the gateway gives an id to. */
async function thingsOfAda(): Promise<ReadonlyMap<string, string>> {
  const { tenant, account } = ada;
  if (!tenant) throw new Error('Ada has no tenant');
  const [now, later] = [new Date(), new Date(Date.now() + 86_400_000)];
  const random = (length: number) => Uint8Array.from(randomBytes(length));
  const [contact, link, challenge] = [mintContactId(), mintLinkId(), mintChallengeId()];
  await stores.contacts.create({
    tenant,
    account,
    contact,
    conversation: mintConversationId(),
    contactDigest: random(32),
    bindingDigest: random(32),
    digestVersion: 1,
    optOutDigests: [],
    sealedNumber: random(60),
    bridgeNumberIds: ['b1'],
    country: 'US',
    lineType: 'mobile',
    gapClass: 'far',
    now,
  });
  const numberDigest = random(32);
  const number = {
    numberDigest,
    numberDigests: [numberDigest],
    digestVersion: 1,
    sealedNumber: random(60),
    country: 'US',
  };
  await stores.links.linkNumber({ tenant, account }, { link, ...number }, { now, expiresAt: later });
  const limits = { since: new Date(0), ofAccount: 10, ofNumber: 10 };
  const begun = { challenge, ...number, codeDigest: random(32), createdAt: now, expiresAt: later };
  await stores.challenges.begin({ tenant, account }, begun, limits);
  const [ben, kay] = [await registered('ben'), await registered('kay')];
  const asks = (from: RawDevice) =>
    from.send(from.header({ to: { kind: 'address', address: ada.address, conversation: mintConversationId() } }));
  await asks(ben);
  const granted = await ada.call('POST', `/v1/requests/${await requestOfAda()}/grant`);
  await asks(kay);
  const message = await ada.send(ada.header());
  const decision = mintTransitId('d', later.getTime());
  await stores.partitions.ensure('d', purgeHourOf(decision));
  await stores.abuseDecisions.add(
    { tenant, account },
    { id: decision, level: 3, score: 7, reasons: [], decidedAt: now, untilAt: later },
  );
  const alias = await ada.call('POST', '/v1/aliases', { body: { kind: 'listing' } });
  untold = [ada.account, ben.address, kay.address, String(alias.document['code'])];
  const found = {
    conversation: granted.document['conversation'],
    contact,
    link,
    challenge,
    request: await requestOfAda(),
    message: message.document['id'],
    alias: alias.document['alias'],
    item: await firstOfAda('/v1/inbox', /"id":"([^"]+)"/),
    address: ada.address,
    statement: Buffer.from(random(16)).toString('base64url'),
    decision,
  };
  for (const [kind, value] of Object.entries(found)) if (!value) throw new Error(`Ada has no ${kind}`);
  return new Map(Object.entries(found).map(([name, value]) => [name, String(value)]));
}

const requestOfAda = (): Promise<string> => firstOfAda('/v1/requests', /"request":"([^"]+)"/);

/** As soon as it is there: requests and their events take their way through the worker. */
async function firstOfAda(path: string, pattern: RegExp): Promise<string> {
  let found: string | undefined;
  await eventually(async () => (found = pattern.exec((await ada.call('GET', path)).text)?.[1]) !== undefined);
  return found ?? '';
}

/** Which kind of thing an `id` in a path is. */
const IDS: readonly (readonly [part: string, kind: string])[] = [
  ['/v1/links/numbers/', 'challenge'],
  ['/v1/links/', 'link'],
  ['/v1/conversations/', 'conversation'],
  ['/v1/requests/', 'request'],
  ['/v1/contacts/', 'contact'],
  ['/v1/messages/', 'message'],
  ['/v1/aliases/', 'alias'],
  ['/v1/statements/', 'statement'],
  ['/v1/abuse/decisions/', 'decision'],
];
const KIND_OF: Readonly<Record<string, string>> = {
  conversation: 'conversation',
  contact: 'contact',
  peer: 'address',
  address: 'address',
  ids: 'item',
};

const named =
  (values: ReadonlyMap<string, string>, messageId = newMessageId()): Things =>
  (name, path) => {
    if (name === 'messageId') return messageId;
    if (name === 'cursor' && path === '/v1/messages') return values.get('message');
    const kind = name === 'id' ? IDS.find(([part]) => path.startsWith(part))?.[1] : KIND_OF[name];
    return kind === undefined ? undefined : values.get(kind);
  };

/** The same forms, of nothing there is: the last twelve characters of each are others. */
const unknownThings = (): ReadonlyMap<string, string> =>
  new Map([...owned].map(([kind, value]) => [kind, value.slice(0, -12) + randomBytes(6).toString('hex').slice(0, 12)]));

/** What is new in every answer, and what names one of the two sides. */
const VARIABLE = [
  /mimi:\/\/[^"]+/g,
  /\d{4}-\d\d-\d\dT[\d:.]+Z/g,
  /[A-Za-z0-9_-]{22,}/g,
  /"code":"[a-z0-9]{5}-[a-z0-9]{5}"/g,
  /"deliverBefore":\d{10}/g,
];
/** The whole of what the caller has: how far the worker is with it differs from moment to moment. */
const OWN_STATE = 'get /v1/account/export';

function shapeOf({ request, answer }: Asked): object {
  const { status, contentType } = answer;
  if (request.operation === OWN_STATE) return { status, contentType };
  const text = VARIABLE.reduce((masked, pattern) => masked.replaceAll(pattern, '<masked>'), answer.text);
  return { status, contentType, length: answer.text.length, text };
}

async function ask(device: RawDevice, values: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, Asked>> {
  const answers = new Map<string, Asked>();
  for (const request of generateRequests(document, named(values))) {
    const { headers, body, method, url } = request;
    const answer = await device.call(method, url, body === undefined ? { headers } : { headers, body });
    answers.set(`${request.operation} #${request.form}`, { request, answer });
  }
  return answers;
}

interface Difference {
  readonly operation: string;
  readonly seen: object;
  readonly expected: object;
}

interface Asked {
  readonly request: GeneratedRequest;
  readonly answer: Answer;
}

/** Operations that answer differently for what Ada has and for what nobody has; the twins have the same past. */
async function tellingApart([one, twin]: readonly [RawDevice, RawDevice]): Promise<readonly Difference[]> {
  const [ofAda, ofNobody] = [await ask(one, owned), await ask(twin, unknownThings())];
  return [...ofAda].flatMap(([operation, asked]) => {
    const other = ofNobody.get(operation);
    if (!other) throw new Error(`${operation} was asked once only`);
    const [seen, expected] = [shapeOf(asked), shapeOf(other)];
    return JSON.stringify(seen) === JSON.stringify(expected) ? [] : [{ operation, seen, expected }];
  });
}

/** Everything that the gateway has of Ada. */
async function stateOfAda(): Promise<string> {
  return (await ada.call('GET', '/v1/account/export')).text.replaceAll(/"(exportedAt|at|madeAt)":"[^"]*"/g, '');
}

describe('every operation of the OpenAPI document', () => {
  it('is generated with an id in every place that takes one', () => {
    const requests = generateRequests(document, named(owned));
    expect(new Set(requests.map(({ operation }) => operation)).size).toBeGreaterThan(40);
    const placed = JSON.stringify(requests);
    for (const [kind, value] of owned)
      expect({ kind, isPlaced: placed.includes(value) }).toEqual({ kind, isPlaced: true });
    expect(requests.filter(({ url }) => url.endsWith('/x') || url.includes('/x/'))).toEqual([]);
  });

  it(
    'answers an account of another tenant the same for what Ada has and for what nobody has',
    async () => {
      const before = await stateOfAda();
      expect(await tellingApart(others)).toEqual([]);
      expect(await stateOfAda()).toBe(before);
    },
    WITHIN_MS,
  );

  it(
    'answers a stranger of the same tenant the same for what Ada has and for what nobody has',
    async () => {
      expect(await tellingApart(strangers)).toEqual([]);
    },
    WITHIN_MS,
  );

  it(
    'says 404 to both of them wherever an id stands in the path, and never a word of Ada’s',
    async () => {
      for (const device of [others[0], strangers[0]]) {
        const answers = [...(await ask(device, owned)).values()];
        const byId = answers.filter(({ request }) => /\{id\}/.test(request.operation));
        expect(byId.length).toBeGreaterThan(9);
        const otherwise = byId
          .filter(({ answer }) => answer.status !== 404)
          .map(({ request, answer }) => ({ operation: request.operation, status: answer.status }));
        expect(otherwise.map(({ operation, status }) => `${operation} ${status}`).toSorted()).toEqual(OTHER_ANSWERS);
        const leaks = answers.flatMap(({ request, answer }) =>
          untold.filter((value) => answer.text.includes(value)).map((value) => `${request.operation}: ${value}`),
        );
        expect(leaks).toEqual([]);
      }
    },
    WITHIN_MS,
  );

  it(
    'tells Ada herself apart in all of them: the same comparison finds an owner who may see',
    async () => {
      const apart = (await tellingApart([ada, strangers[1]])).map(({ operation }) => operation).join('\n');
      for (const [part] of IDS.filter(([, kind]) => kind !== 'statement' && kind !== 'challenge'))
        expect(apart).toContain(part);
    },
    WITHIN_MS,
  );
});

/** Operations that say something else than 404, which they say of what nobody has as well. */
const OTHER_ANSWERS = [
  // statements are named by the caller, among the caller's own
  'delete /v1/statements/{id} 204',
  // no grant: there may be such a conversation or none
  'get /v1/conversations/{id}/devices 403',
  // generated answers are of no form, which is said before anybody looks whose decision it is; test/medium/challenges asks with good ones
  'post /v1/abuse/decisions/{id}/challenges 400',
  // a wrong code, or nothing that it would be a code of
  'post /v1/links/numbers/{id}/proof 403',
];
