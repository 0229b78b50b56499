import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { planDigest, planSchema } from '@causeway/api-contract';
import { mintBoxId, PRIMARY_DEVICE, toBase64Url, type ConversationId } from '@causeway/message-model';
import { randomBytes } from 'node:crypto';
import { addContact, tenantOf, type RawContact } from '../support/clear-message.js';
import { refusal, refuses } from '../support/problem.js';
import { inSeconds, RawDevice } from '../support/raw-device.js';
import { eventually, World } from '../support/world.js';

const PHONE = '+14155550171';

let world: World;
let ada: RawDevice;
let bob: RawDevice;
let eve: RawDevice;
let conversation: ConversationId;
let contact: RawContact;

beforeAll(async () => {
  world = await World.start();
  const register = (name: string) => RawDevice.register(world.gatewayUrl, world.handle(name));
  [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
  await bob.call('PUT', '/v1/consents', { body: { peer: ada.address, decision: 'grant' } });
  const asked = await ada.send(
    ada.header({ to: { kind: 'address', address: bob.address, conversation: `r_${mintBoxId()}` } }),
  );
  await eventually(async () => {
    const plan = planSchema.parse(
      (await ada.call('POST', '/v1/routes', { body: { to: { kind: 'address', address: bob.address } } })).document,
    );
    if (plan.leg !== 'native') return false;
    conversation = plan.conversation;
    return true;
  });
  // what waits on its sender would hold up the words behind it
  await ada.call('DELETE', `/v1/messages/${String(asked.document['id'])}`);
  contact = await addContact(ada, PHONE);
}, 90_000);
afterAll(async () => {
  await world.close();
}, 30_000);

const header =
  (changes: Readonly<Record<string, unknown>> = {}) =>
  () =>
    ada.send(ada.header(changes));

describe('a message', () => {
  const toBob = () => ({ kind: 'conversation', conversation });
  const box = (changes: Readonly<Record<string, unknown>> = {}) => ({
    deviceId: PRIMARY_DEVICE,
    registrationId: bob.registrationId,
    sealKeyId: bob.sealKeyId,
    boxId: mintBoxId(),
    box: toBase64Url(randomBytes(200)),
    ...changes,
  });
  const digest = () => planDigest({ tenant: tenantOf(ada), conversation, leg: 'native', networks: ['native'] });
  const native =
    (recipient: () => readonly unknown[], changes: () => Readonly<Record<string, unknown>> = () => ({})) =>
    () =>
      ada.send(
        ada.header({
          to: toBob(),
          body: { leg: 'native', planDigest: digest(), recipient: recipient(), sync: [], ...changes() },
        }),
      );
  refuses([
    refusal(
      'with an id that is none',
      () => ada.send(ada.header({ messageId: 'AAAA' })),
      400,
      'invalid-request',
      '/messageId',
    ),
    refusal(
      'whose deadline is past',
      header({ deliverBefore: inSeconds(-5) }),
      400,
      'invalid-request',
      '/deliverBefore',
    ),
    refusal(
      'whose deadline is too far',
      header({ deliverBefore: inSeconds(31 * 86_400) }),
      400,
      'invalid-request',
      '/deliverBefore',
    ),
    refusal(
      'whose deadline is no time',
      header({ deliverBefore: 'tomorrow' }),
      400,
      'invalid-request',
      '/deliverBefore',
    ),
    refusal(
      'to a conversation of nobody',
      header({ to: { kind: 'conversation', conversation: `r_${mintBoxId()}` } }),
      403,
      'no-consent',
      '/to/conversation',
    ),
    refusal(
      'to a conversation of others',
      () => eve.send(eve.header({ to: toBob() })),
      403,
      'no-consent',
      '/to/conversation',
    ),
    refusal(
      'to a contact of somebody else',
      () => eve.send(eve.header({ to: { kind: 'contact', ...contact } })),
      404,
      'not-found',
      '/to/contact',
    ),
    refusal(
      'with words before there is consent',
      () => ada.send(ada.header({ body: { leg: 'native', planDigest: digest(), recipient: [box()], sync: [] } })),
      400,
      'invalid-request',
      '/body/leg',
    ),
    refusal('with a body of no leg', header({ body: { leg: 'pigeon' } }), 400, 'invalid-request', '/body/leg'),
    refusal(
      'for another plan',
      native(
        () => [box()],
        () => ({ planDigest: 'AAAA' }),
      ),
      409,
      'route-changed',
      '/body/planDigest',
    ),
    refusal(
      'with a box for a device that is unknown',
      native(() => [box(), box({ deviceId: 7 })]),
      409,
      'device-mismatch',
      '/body/recipient',
    ),
    refusal(
      'with a box for a device that cannot be',
      native(() => [box({ deviceId: 0 })]),
      400,
      'invalid-request',
      '/body/recipient/0/deviceId',
    ),
    refusal(
      'with two boxes for one device',
      native(() => [box(), box()]),
      400,
      'invalid-request',
      '/body/recipient',
    ),
    refusal(
      'without a box',
      native(() => []),
      400,
      'invalid-request',
      '/body/recipient',
    ),
    refusal(
      'with a box that is not base64url',
      native(() => [box({ box: '!!!' })]),
      400,
      'invalid-request',
      '/body/recipient/0/box',
    ),
    refusal(
      'with a copy for a device of ours that is unknown',
      native(
        () => [box()],
        () => ({ sync: [box({ deviceId: 9 })] }),
      ),
      409,
      'device-mismatch',
      '/body/sync',
    ),
    refusal(
      'with one name for two boxes',
      () => {
        const one = box();
        return native(
          () => [one],
          () => ({ sync: [{ ...one, deviceId: 2 }] }),
        )();
      },
      400,
      'invalid-request',
      '/body/sync',
    ),
    refusal(
      'sealed for an installation that is gone',
      native(() => [box({ registrationId: 1 })]),
      410,
      'device-stale',
    ),
    refusal(
      'sealed for a seal key that is gone',
      native(() => [box({ sealKeyId: 2 })]),
      410,
      'device-stale',
    ),
  ]);

  it('that misses a device is told which, and one for a stale device likewise', async () => {
    const two = { ...box(), deviceId: 2 };
    const missing = await native(() => [two])();
    expect(missing.document).toMatchObject({
      missingDevices: [{ account: bob.account, deviceId: 1 }],
      extraDevices: [{ account: bob.account, deviceId: 2 }],
    });
    const stale = await native(() => [box({ registrationId: 1 })])();
    expect(stale.document).toMatchObject({ staleDevices: [{ account: bob.account, deviceId: 1 }] });
  });

  it('that is right arrives, after everything that was not', async () => {
    const right = box();
    expect((await native(() => [right])()).status).toBe(202);
    await eventually(async () => (await bob.call('GET', '/v1/inbox?limit=100')).text.includes(right.boxId));
  });
});

describe('after all of it', () => {
  it('nothing was a bug', () => {
    expect(world.logs).not.toContain('bug.caught');
    expect(world.logs).not.toContain('lane.drain-failed');
  });
});
