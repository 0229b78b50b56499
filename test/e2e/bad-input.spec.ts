import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintBoxId, mintTransitId, toBase64Url } from '@causeway/message-model';
import { randomBytes } from 'node:crypto';
import { DatabaseAccess } from '../support/database-access.js';
import { expectProblem, refusal, refuses } from '../support/problem.js';
import { newMessageId, RawDevice, say } from '../support/raw-device.js';
import { eventually, World } from '../support/world.js';

let world: World;
let database: DatabaseAccess;
let ada: RawDevice;
let bob: RawDevice;
let eve: RawDevice;

beforeAll(async () => {
  world = await World.start();
  database = await DatabaseAccess.open(world.databaseUrl);
  const register = (name: string) => RawDevice.register(world.gatewayUrl, world.handle(name));
  [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
}, 90_000);
afterAll(async () => {
  await database.close();
  await world.close();
}, 30_000);

const json = (device: () => RawDevice, method: string, path: string, body: unknown) => () =>
  device().call(method, path, { body });
describe('a request that is not in form', () => {
  const text =
    (words: string, contentType = 'application/json') =>
    () =>
      ada.call('POST', '/v1/routes', { text: words, headers: { 'content-type': contentType } });
  refuses([
    refusal('broken JSON', text('{"to": {'), 400, 'invalid-request'),
    refusal('an empty body', text(' '), 400, 'invalid-request'),
    refusal('JSON that is no object', text('[1, 2]'), 400, 'invalid-request'),
    refusal('a body that would change every object', text('{"__proto__": {"to": 1}}'), 400, 'invalid-request'),
    refusal('plain text', text('{}', 'text/plain'), 415, 'unsupported-media-type'),
    refusal('CBOR', text('{}', 'application/cbor'), 415, 'unsupported-media-type'),
    refusal('a form', text('to=bob', 'application/x-www-form-urlencoded'), 415, 'unsupported-media-type'),
    refusal('more than 96 KiB', text(JSON.stringify({ to: 'x'.repeat(96 * 1024) })), 413, 'payload-too-large'),
    refusal(
      'a field that is missing',
      json(() => ada, 'POST', '/v1/routes', {}),
      400,
      'invalid-request',
      '/to',
    ),
    refusal(
      'an unknown kind',
      json(() => ada, 'POST', '/v1/routes', { to: { kind: 'pigeon' } }),
      400,
      'invalid-request',
      '/to/kind',
    ),
    refusal(
      'an address that is none',
      json(() => ada, 'POST', '/v1/routes', { to: { kind: 'address', address: 'tel:+14155550123' } }),
      400,
      'invalid-request',
      '/to/address',
    ),
    refusal('a path that is none', () => ada.call('GET', '/v1/nothing'), 404, 'not-found'),
    refusal('a path with a broken escape', () => ada.call('GET', '/v1/messages/%zz'), 400, 'invalid-request'),
    refusal('another method', () => ada.call('DELETE', '/v1/routes'), 405, 'method-not-allowed'),
    refusal(
      'another method with an id in the path',
      () => ada.call('PUT', `/v1/messages/${mintTransitId('m', Date.now())}`, { body: {} }),
      405,
      'method-not-allowed',
    ),
    refusal('a page of nothing', () => ada.call('GET', '/v1/messages?limit=0'), 400, 'invalid-request', '/limit'),
    refusal('a page too large', () => ada.call('GET', '/v1/inbox?limit=101'), 400, 'invalid-request', '/limit'),
    refusal(
      'a page that is no number',
      () => ada.call('GET', '/v1/requests?limit=many'),
      400,
      'invalid-request',
      '/limit',
    ),
    refusal(
      'a cursor that is none',
      () => ada.call('GET', '/v1/messages?cursor=garbage'),
      400,
      'invalid-request',
      '/cursor',
    ),
    refusal(
      'a cursor of another list',
      () => ada.call('GET', '/v1/requests?cursor=garbage'),
      400,
      'invalid-request',
      '/cursor',
    ),
    refusal(
      'a cursor with a zero byte',
      () => ada.call('GET', '/v1/requests?cursor=%00'),
      400,
      'invalid-request',
      '/cursor',
    ),
  ]);
});

describe('a token', () => {
  const withToken = (authorization: string) => () =>
    say(`${world.gatewayUrl}/v1/inbox`, 'GET', { headers: { authorization } });
  refuses([
    refusal('that is missing', () => say(`${world.gatewayUrl}/v1/inbox`, 'GET'), 401, 'unauthorized'),
    refusal('that is nobody’s', withToken(`Bearer ${toBase64Url(randomBytes(32))}`), 401, 'unauthorized'),
    refusal('that is too short', withToken('Bearer AAAA'), 401, 'unauthorized'),
    refusal('of another scheme', withToken('Basic YWRhOmFkYQ=='), 401, 'unauthorized'),
    refusal('that is garbage', withToken('Bearer %00'), 401, 'unauthorized'),
    refusal(
      'of a device where the operator’s is needed',
      json(() => ada, 'POST', '/v1/operator/invites', {}),
      401,
      'unauthorized',
    ),
  ]);
});

describe('an id', () => {
  const unknown = () => mintTransitId('m', Date.now() + 3_600_000);
  refuses([
    refusal('of the wrong form', () => ada.call('GET', '/v1/messages/1234'), 400, 'invalid-request'),
    refusal(
      'of an hour that no row can have',
      () => ada.call('GET', `/v1/messages/mzzzzzz${mintBoxId()}`),
      400,
      'invalid-request',
    ),
    refusal(
      'of an hour that no row can have, acknowledged',
      json(() => ada, 'POST', '/v1/inbox/acknowledgements', { ids: [`izzzzzz${mintBoxId()}`] }),
      400,
      'invalid-request',
      '/ids/0',
    ),
    refusal('of nobody', () => ada.call('GET', `/v1/messages/${unknown()}`), 404, 'not-found'),
    refusal('of nobody, cancelled', () => ada.call('DELETE', `/v1/messages/${unknown()}`), 404, 'not-found'),
    refusal('of a request of nobody', () => ada.call('POST', `/v1/requests/q_${mintBoxId()}/grant`), 404, 'not-found'),
    refusal('of a request of the wrong form', () => ada.call('POST', '/v1/requests/q/refuse'), 400, 'invalid-request'),
    refusal(
      'of a conversation of the wrong form',
      () => ada.call('GET', '/v1/conversations/x/devices'),
      400,
      'invalid-request',
    ),
    refusal(
      'of a conversation of nobody',
      () => ada.call('GET', `/v1/conversations/r_${mintBoxId()}/devices`),
      403,
      'no-consent',
    ),
    refusal(
      'that is none among acknowledgements',
      json(() => ada, 'POST', '/v1/inbox/acknowledgements', { ids: ['x'] }),
      400,
      'invalid-request',
      '/ids/0',
    ),
    refusal(
      'not given at all',
      json(() => ada, 'POST', '/v1/inbox/acknowledgements', { ids: [] }),
      400,
      'invalid-request',
      '/ids',
    ),
  ]);

  it('of another account’s message is answered as one that never was', async () => {
    const { document } = await ada.send(ada.header());
    const [theirs, nobodys] = [
      await eve.call('GET', `/v1/messages/${String(document['id'])}`),
      await eve.call('GET', `/v1/messages/${unknown()}`),
    ];
    expectProblem(theirs, { status: 404, code: 'not-found' });
    expect(theirs.text).toBe(nobodys.text);
    expect((await eve.call('DELETE', `/v1/messages/${String(document['id'])}`)).text).toBe(nobodys.text);
    expect((await ada.call('GET', `/v1/messages/${String(document['id'])}`)).status).toBe(200);
  });

  it('of another device’s inbox is acknowledged without effect', async () => {
    const { document } = await bob.call('GET', '/v1/inbox');
    await eve.call('POST', '/v1/inbox/acknowledgements', { body: { ids: [mintTransitId('i', Date.now())] } });
    expect((await bob.call('GET', '/v1/inbox')).document).toEqual(document);
  });
});

describe('an Idempotency-Key', () => {
  const keyed = (key: string | undefined) => () => {
    const message = ada.header();
    return ada.call('POST', '/v1/messages', {
      body: message,
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });
  };
  refuses([
    refusal('that is missing', keyed(undefined), 400, 'idempotency-key-missing'),
    refusal('without quotes', keyed(newMessageId()), 400, 'invalid-request'),
    refusal('of another message', keyed(`"${newMessageId()}"`), 422, 'idempotency-mismatch', '/messageId'),
  ]);

  it('whose first request is still running is a conflict, and the first one goes through', async () => {
    const message = ada.header();
    await database.rows('BEGIN');
    await database.rows('LOCK TABLE transit.accepted IN ACCESS EXCLUSIVE MODE');
    const first = ada.send(message);
    const isHeldUp = async () => (await database.rows('SELECT 1 FROM pg_locks WHERE NOT granted')).length > 0;
    await eventually(isHeldUp, { what: 'the first request waits for the table' });
    expectProblem(await ada.send(message), { status: 409, code: 'idempotency-conflict' });
    await database.rows('COMMIT');
    const { status, document } = await first;
    expect(status).toBe(202);
    expect((await ada.send(message)).document).toEqual(document);
  });

  it('used again for another conversation is refused, and the first message stays what it was', async () => {
    const message = ada.header();
    const { document } = await ada.send(message);
    expectProblem(await ada.send({ ...message, to: { ...message.to, conversation: `r_${mintBoxId()}` } }), {
      status: 422,
      code: 'idempotency-mismatch',
      pointer: '/messageId',
    });
    expectProblem(await ada.send({ ...message, floor: 'clear' }), { status: 422, code: 'idempotency-mismatch' });
    expect((await ada.send(message)).document).toEqual(document);
  });
});

describe('after all of it', () => {
  it('nothing was a bug', () => {
    expect(world.logs).not.toContain('bug.caught');
    expect(world.logs).not.toContain('lane.drain-failed');
  });
});
