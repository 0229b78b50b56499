import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  decodeCbor,
  encodeCbor,
  mintAccountId,
  parseDeviceId,
  PRIMARY_DEVICE,
  toBase64Url,
  toBytes,
  type Bytes,
  type DeviceId,
} from '@causeway/message-model';
import { generateKeyPair, sign, type ListedDevice, type SignedDeviceList } from '@causeway/signal-protocol';
import { randomBytes } from 'node:crypto';
import { refusal, refuses } from '../support/problem.js';
import { newMessageId, RawDevice, say } from '../support/raw-device.js';
import { World } from '../support/world.js';

let world: World;
let ada: RawDevice;
let eve: RawDevice;

beforeAll(async () => {
  world = await World.start();
  ada = await RawDevice.register(world.gatewayUrl, world.handle('ada'));
  eve = await RawDevice.register(world.gatewayUrl, world.handle('eve'));
}, 90_000);
afterAll(async () => world.close(), 30_000);

const second = (): DeviceId => {
  const id = parseDeviceId(2);
  if (!id) throw new Error('not a device id');
  return id;
};

const signedGarbage = (device: RawDevice, bytes: Uint8Array<ArrayBuffer>): SignedDeviceList => ({
  bytes,
  signature: sign(device.accountKeys.privateKey, bytes),
});

/** The bytes of a list, with a version that `signDeviceList` would refuse. */
function withVersion(device: RawDevice, version: number): Bytes {
  const fields: unknown = decodeCbor(device.list().bytes);
  if (!Array.isArray(fields)) throw new Error('a list is an array');
  return encodeCbor(fields.map((field: unknown, index) => (index === 3 ? version : field)));
}

const randomDigest = (): Bytes => toBytes(randomBytes(32));

const listed = (device: RawDevice, deviceId: DeviceId): ListedDevice => ({
  deviceId,
  registrationId: device.registrationId,
  identityKey: device.identity.publicKey,
  sealKeyId: device.sealKeyId,
  sealKey: device.seal.publicKey,
  sealKeyNotAfter: 4_000_000_000,
});

describe('a device list', () => {
  const put = (body: () => unknown) => () => ada.call('PUT', '/v1/account/devices', { body: body() });
  const both = (version: number) =>
    ada.list({ version, devices: [listed(ada, PRIMARY_DEVICE), listed(eve, second())] });
  const added = () => ({ ...eve.keys(), deviceId: 2, tokenDigest: randomDigest() });
  refuses([
    refusal(
      'of malformed CBOR',
      put(() => ({ deviceList: signedGarbage(ada, toBytes(Uint8Array.of(0x9f, 0xff, 0x00))) })),
      422,
      'invalid-signature',
      '/deviceList',
    ),
    refusal(
      'of another document',
      put(() => ({ deviceList: signedGarbage(ada, encodeCbor(['causeway-device-list-v1', 1, 2])) })),
      422,
      'invalid-signature',
      '/deviceList',
    ),
    refusal(
      'that somebody else signed',
      put(() => ({ deviceList: eve.list({ account: ada.account, address: ada.address, version: 2 }) })),
      422,
      'invalid-signature',
      '/deviceList',
    ),
    refusal(
      'of another account',
      put(() => ({ deviceList: ada.list({ account: eve.account, version: 2 }) })),
      422,
      'invalid-signature',
      '/deviceList',
    ),
    refusal(
      'that is not newer',
      put(() => ({ deviceList: ada.list() })),
      409,
      'device-list-stale',
      '/deviceList',
    ),
    refusal(
      'of a version that cannot be',
      put(() => ({ deviceList: signedGarbage(ada, withVersion(ada, Number.MAX_SAFE_INTEGER)) })),
      422,
      'invalid-signature',
      '/deviceList',
    ),
    refusal(
      'that is not base64url',
      put(() => ({ deviceList: { bytes: '!', signature: '!' } })),
      400,
      'invalid-request',
      '/deviceList/bytes',
    ),
    refusal(
      'with a device nobody knows',
      put(() => ({ deviceList: both(2) })),
      400,
      'invalid-request',
      '/added',
    ),
    refusal(
      'without the device that is added',
      put(() => ({ deviceList: ada.list({ version: 2 }), added: [added()] })),
      400,
      'invalid-request',
      '/added/0',
    ),
    refusal(
      'with one device added twice',
      put(() => ({ deviceList: both(2), added: [added(), added()] })),
      400,
      'invalid-request',
      '/added',
    ),
    refusal(
      'with a device that has the token of another',
      put(() => ({ deviceList: both(2), added: [{ ...added(), tokenDigest: ada.keys().tokenDigest }] })),
      400,
      'invalid-request',
      '/added',
    ),
    refusal(
      'with a device whose keys are another’s',
      put(() => ({ deviceList: both(2), added: [{ ...added(), sealKey: generateKeyPair().publicKey }] })),
      400,
      'invalid-request',
      '/added/0',
    ),
  ]);

  it('that was refused leaves the stored one in force', async () => {
    const { document } = await ada.call('GET', '/v1/account/devices');
    expect(document['deviceList']).toMatchObject({ bytes: expect.any(String) });
    expect((await ada.call('GET', '/v1/inbox')).status).toBe(200);
  });
});

describe('a registration', () => {
  const register = (make: (device: RawDevice) => unknown) => () => {
    const device = new RawDevice(world.gatewayUrl, world.handle(`new-${randomBytes(3).toString('hex')}`));
    return say(`${world.gatewayUrl}/v1/accounts`, 'POST', { body: make(device) });
  };
  refuses([
    refusal(
      'of a handle that is taken',
      register((device) => ({
        ...device.registration(),
        address: ada.address,
        deviceList: device.list({ address: ada.address }),
      })),
      409,
      'handle-taken',
      '/address',
    ),
    refusal(
      'at another host',
      register((device) => ({
        ...device.registration(),
        address: 'mimi://elsewhere.example/u/ada',
        deviceList: device.list({ address: 'mimi://elsewhere.example/u/ada' }),
      })),
      400,
      'invalid-address',
      '/address',
    ),
    refusal(
      'of an address that is none',
      register((device) => device.registration({ address: 'ada' })),
      400,
      'invalid-request',
      '/address',
    ),
    refusal(
      'with a list somebody else signed',
      register((device) => device.registration({ deviceList: eve.list() })),
      422,
      'invalid-signature',
      '/deviceList',
    ),
    refusal(
      'with a list for another account',
      register((device) => device.registration({ deviceList: device.list({ account: mintAccountId() }) })),
      400,
      'invalid-request',
      '/deviceList',
    ),
    refusal(
      'with a list of a version that cannot be',
      register((device) =>
        device.registration({ deviceList: signedGarbage(device, withVersion(device, Number.MAX_SAFE_INTEGER)) }),
      ),
      400,
      'invalid-request',
      '/deviceList',
    ),
    refusal(
      'with a pre-key nobody signed',
      register((device) =>
        device.registration({ device: { ...device.keys(), signedPreKey: eve.keys().signedPreKey } }),
      ),
      422,
      'invalid-signature',
      '/device/signedPreKey/signature',
    ),
    refusal(
      'with the token of another account',
      register((device) => device.registration({ device: { ...device.keys(), tokenDigest: ada.keys().tokenDigest } })),
      400,
      'invalid-request',
      '/device/tokenDigest',
    ),
    refusal(
      'with a key that is no key',
      register((device) => device.registration({ accountKey: toBase64Url(randomBytes(33)) })),
      422,
      'invalid-signature',
      '/deviceList',
    ),
  ]);
});

describe('pre-keys', () => {
  refuses([
    refusal(
      'that another device signed',
      () => ada.call('PUT', '/v1/keys', { body: { signedPreKey: eve.keys().signedPreKey } }),
      422,
      'invalid-signature',
      '/signedPreKey/signature',
    ),
    refusal(
      'of the wrong size',
      () =>
        ada.call('PUT', '/v1/keys', { body: { lastResortKyber: { keyId: 1, publicKey: 'AAAA', signature: 'AAAA' } } }),
      400,
      'invalid-request',
      '/lastResortKyber/publicKey',
    ),
    refusal(
      'with an id that is too large',
      () =>
        ada.call('PUT', '/v1/keys', {
          body: { oneTime: { ec: [{ keyId: 2 ** 24, publicKey: generateKeyPair().publicKey }] } },
        }),
      400,
      'invalid-request',
      '/oneTime/ec/0/keyId',
    ),
    refusal(
      'of somebody without consent',
      () => ada.call('POST', '/v1/key-bundles', { body: { devices: [1] } }),
      403,
      'no-consent',
      '/conversation',
    ),
    refusal(
      'of no device',
      () => ada.call('POST', '/v1/key-bundles', { body: { of: 'self', devices: [] } }),
      400,
      'invalid-request',
      '/devices',
    ),
  ]);
});

describe('after all of it', () => {
  it('an ordinary message is taken, and nothing was a bug', async () => {
    expect((await ada.send(ada.header({ messageId: newMessageId() }))).status).toBe(202);
    expect(world.logs).not.toContain('bug.caught');
    expect(world.logs).not.toContain('lane.drain-failed');
  });
});
