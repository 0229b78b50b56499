import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toBase64Url } from '@causeway/message-model';
import { randomBytes } from 'node:crypto';
import {
  addContact,
  draftOf,
  requestFor,
  sealedBody,
  sealedNumber,
  signedBy,
  statementFor,
} from '../support/clear-message.js';
import { refusal, refuses } from '../support/problem.js';
import { RawDevice } from '../support/raw-device.js';
import { eventually, World } from '../support/world.js';

const PHONE = '+14155550172';

let world: World;
let ada: RawDevice;
let eve: RawDevice;

beforeAll(async () => {
  world = await World.start();
  ada = await RawDevice.register(world.gatewayUrl, world.handle('ada'));
  eve = await RawDevice.register(world.gatewayUrl, world.handle('eve'));
}, 90_000);
afterAll(async () => world.close(), 30_000);

describe('a number sealed to the edge', () => {
  const seal =
    (text: string, changes: object = {}) =>
    async () =>
      ada.call('POST', '/v1/contacts', { body: { ...(await sealedNumber(ada, text)), ...changes } });
  refuses([
    refusal('that is none', seal('call me'), 400, 'invalid-address', '/sealedAddress'),
    refusal('that cannot exist', seal('+1'), 400, 'invalid-address', '/sealedAddress'),
    refusal('with an extension', seal('+14155550123;ext=5'), 400, 'invalid-address', '/sealedAddress'),
    refusal(
      'that does not open',
      seal(PHONE, { sealedAddress: toBase64Url(randomBytes(80)) }),
      400,
      'invalid-address',
      '/sealedAddress',
    ),
    refusal(
      'by another device',
      async () => eve.call('POST', '/v1/contacts', { body: await sealedNumber(ada, PHONE) }),
      400,
      'invalid-address',
      '/sealedAddress',
    ),
    refusal('to a key that is gone', seal(PHONE, { keyId: 'short-1' }), 409, 'edge-key-stale', '/keyId'),
  ]);
});

describe('a message for a clear network', () => {
  const send = (change: (body: object) => object) => async () => {
    const message = draftOf(ada, await addContact(ada, PHONE), 'hello');
    const body = { ...(await sealedBody(ada, message)), statement: signedBy(ada, statementFor(ada, message)) };
    return ada.send(requestFor(message, change(body)));
  };
  refuses([
    refusal(
      'sealed to a key that is gone',
      send((body) => ({ ...body, keyId: 'day-1' })),
      409,
      'edge-key-stale',
      '/body/keyId',
    ),
    refusal(
      'for another plan',
      send((body) => ({ ...body, planDigest: 'AAAA' })),
      409,
      'route-changed',
      '/body/planDigest',
    ),
    refusal(
      'over a network that is not offered',
      send((body) => ({ ...body, networks: ['rcs'] })),
      409,
      'route-changed',
      '/body/planDigest',
    ),
    refusal(
      'over a network that can have no such name',
      send((body) => ({ ...body, networks: ['A PIGEON'] })),
      400,
      'invalid-request',
      '/body/networks/0',
    ),
    refusal(
      'over no network',
      send((body) => ({ ...body, networks: [] })),
      400,
      'invalid-request',
      '/body/networks',
    ),
    refusal(
      'with a box that is not base64url',
      send((body) => ({ ...body, box: '$' })),
      400,
      'invalid-request',
      '/body/box',
    ),
  ]);

  it('that does not open at the edge fails where its sender sees it', async () => {
    const answer = await send((body) => ({ ...body, box: toBase64Url(randomBytes(300)) }))();
    expect(answer.status).toBe(202);
    const path = `/v1/messages/${String(answer.document['id'])}`;
    await eventually(async () => (await ada.call('GET', path)).text.includes('"failed"'));
    expect((await ada.call('GET', path)).document['state']).toEqual({ kind: 'failed', reason: 'unreadable' });
  });
});

describe('after all of it', () => {
  it('nothing was a bug', () => {
    expect(world.logs).not.toContain('bug.caught');
    expect(world.logs).not.toContain('lane.drain-failed');
  });
});
