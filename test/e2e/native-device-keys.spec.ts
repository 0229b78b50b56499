import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundlesSchema, planSchema } from '@causeway/api-contract';
import { Device, type DeviceListChange, type KeyChange, type ReceivedMessage } from '@causeway/client';
import { DeviceStore, RECORDS } from '@causeway/client/testing';
import { mintConversationId, toBytes } from '@causeway/message-model';
import { generateKeyPair, openDeviceList, signDeviceList } from '@causeway/signal-protocol';
import { DatabaseAccess } from '../support/database-access.js';
import { GatewayBetween } from '../support/gateway-between.js';
import { RawDevice } from '../support/raw-device.js';
import { eventually, PASSPHRASE, World } from '../support/world.js';

const SLOW = 60_000;
const DAY_MS = 86_400_000;

let world: World;
let database: DatabaseAccess;
beforeAll(async () => {
  world = await World.start();
  database = await DatabaseAccess.open(world.databaseUrl);
}, 90_000);
afterAll(async () => {
  await database?.close();
  await world.close();
}, 30_000);

const inboxOf = (device: Device): ReceivedMessage[] => {
  const received: ReceivedMessage[] = [];
  device.on('message', (message) => void received.push(message));
  return received;
};

const arrived = (received: readonly ReceivedMessage[], text: string) =>
  eventually(() => received.some((message) => message.text === text), { what: `"${text}" arrives`, withinMs: SLOW });

/** One-time keys that are left at the gateway. */
async function keysLeft(device: Device): Promise<{ ec: number; kyber: number }> {
  const [row] = await database.rows(
    `SELECT count(*) FILTER (WHERE k.kind = 'ec')::int AS ec, count(*) FILTER (WHERE k.kind = 'kyber')::int AS kyber
     FROM registry.one_time_key k JOIN registry.account a ON a.id = k.account_id WHERE a.address = $1`,
    device.address,
  );
  return { ec: Number(row?.['ec']), kyber: Number(row?.['kyber']) };
}

/** Someone who may take the pre-keys of `device`, and asks for them word for word. */
async function takerOf(
  device: Device,
  name: string,
): Promise<() => Promise<{ ec: number | undefined; kyber: number }>> {
  const raw = await RawDevice.register(world.gatewayUrl, world.handle(name));
  await device.allow(raw.address);
  await raw.send(raw.header({ to: { kind: 'address', address: device.address, conversation: mintConversationId() } }));
  const planned = async () =>
    planSchema.parse(
      (await raw.call('POST', '/v1/routes', { body: { to: { kind: 'address', address: device.address } } })).document,
    );
  await eventually(async () => (await planned()).leg === 'native', { what: 'the grant', withinMs: SLOW });
  const plan = await planned();
  if (plan.leg !== 'native') throw new Error('there is a grant');
  const { conversation } = plan;
  return async () => {
    const { document } = await raw.call('POST', '/v1/key-bundles', {
      body: { of: 'peer', conversation, devices: [device.deviceId] },
    });
    const bundle = bundlesSchema.parse(document).bundles[0];
    if (!bundle) throw new Error('no bundle came');
    return { ec: bundle.preKey?.keyId, kyber: bundle.kyberPreKey.keyId };
  };
}

describe('one-time pre-keys', () => {
  it(
    'are handed out once, also to many at once; then the last-resort key stands in; the next first message refills them',
    async () => {
      const [amy, bea] = await Promise.all([world.register('amy'), world.register('bea')]);
      const received = inboxOf(amy);
      const take = await takerOf(amy, 'taker');
      const taken = await Promise.all(Array.from({ length: 20 }, take));
      expect(new Set(taken.map(({ ec }) => ec)).size).toBe(20);
      const oneTime = new Set(taken.map(({ kyber }) => kyber));
      // A row that another statement holds is passed over, so a burst may see the last-resort key early; never a key twice.
      const [lastResort] = await database.rows(
        'SELECT d.last_resort_key_id AS id FROM registry.device d JOIN registry.account a ON a.id = d.account_id WHERE a.address = $1',
        amy.address,
      );
      expect(taken.filter(({ kyber }) => kyber !== lastResort?.['id']).length).toBe(
        [...oneTime].filter((id) => id !== lastResort?.['id']).length,
      );
      while ((await keysLeft(amy)).kyber > 0) await take();
      expect((await take()).kyber).toBe(lastResort?.['id']);
      await amy.allow(bea.address);
      await bea.send(amy.address, 'by the last resort');
      await arrived(received, 'by the last resort');
      await eventually(async () => (await keysLeft(amy)).kyber === 20, { what: 'a refill', withinMs: SLOW });
      expect((await keysLeft(amy)).ec).toBeLessThan(100);
    },
    2 * SLOW,
  );
});

describe('signed keys', () => {
  it(
    'are replaced after two days, and a session begun with the replaced ones still opens',
    async () => {
      const between = await GatewayBetween.start(world.gatewayUrl);
      const options = { folder: world.deviceFolder('cal'), passphrase: PASSPHRASE };
      const signedKeys = async (address: string) =>
        (
          await database.rows(
            'SELECT d.signed_pre_key_id AS signed, d.last_resort_key_id AS last FROM registry.device d JOIN registry.account a ON a.id = d.account_id WHERE a.address = $1',
            address,
          )
        )[0];
      const dot = await Device.register({
        gateway: between.url,
        handle: world.handle('dot'),
        folder: world.deviceFolder('dot'),
        passphrase: PASSPHRASE,
        delivery: 'poll',
      });
      let cal = await Device.register({ ...options, gateway: world.gatewayUrl, handle: world.handle('cal') });
      try {
        await cal.setConsentPolicy('anyone');
        const before = await signedKeys(cal.address);
        // The header that asks goes through; the message that follows the grant is held.
        between.hold('POST', '/v1/messages').release();
        const submission = between.hold('POST', '/v1/messages');
        await dot.send(cal.address, 'with the old keys');
        const polling = eventually(
          async () => {
            await dot.poll();
            return (await dot.messages()).some(({ state }) => state?.kind === 'sent' || state?.kind === 'delivered');
          },
          { withinMs: SLOW },
        );
        await submission.reached;
        await cal.close();
        cal = await Device.open({ ...options, nowMs: () => Date.now() + 3 * DAY_MS });
        const received = inboxOf(cal);
        await eventually(async () => (await signedKeys(cal.address))?.['signed'] !== before?.['signed'], {
          what: 'a rotation',
          withinMs: SLOW,
        });
        expect((await signedKeys(cal.address))?.['last']).not.toBe(before?.['last']);
        submission.release();
        await arrived(received, 'with the old keys');
        await polling;
      } finally {
        await Promise.allSettled([dot.close(), cal.close(), between.close()]);
      }
    },
    2 * SLOW,
  );
});

describe('the devices of an account', () => {
  it(
    'one that is removed loses its token and its inbox, and others encrypt to it no more',
    async () => {
      const [eli, flo] = await Promise.all([world.register('eli'), world.register('flo')]);
      const second = await world.addDevice(eli, 'eli-2');
      const [atEli, atSecond] = [inboxOf(eli), inboxOf(second)];
      const changes: DeviceListChange[] = [];
      flo.on('device-list', (change) => void changes.push(change));
      await eli.allow(flo.address);
      await flo.send(eli.address, 'to both');
      await arrived(atEli, 'to both');
      await arrived(atSecond, 'to both');
      await eli.removeDevice(second.deviceId);
      expect(eli.devices().map(({ deviceId }) => deviceId)).toEqual([eli.deviceId]);
      const sent = await flo.send(eli.address, 'to the one that is left');
      await arrived(atEli, 'to the one that is left');
      await eventually(async () => (await flo.status(sent.messageId)).state.kind === 'delivered', { withinMs: SLOW });
      expect(changes.at(-1)).toMatchObject({ address: eli.address, devices: [eli.deviceId], isOwn: false });
      await expect(second.send(flo.address, 'still here')).rejects.toMatchObject({ code: 'unauthorized' });
      const rows = await database.rows(
        'SELECT 1 FROM transit.inbox_item i JOIN registry.account a ON a.id = i.account_id WHERE a.address = $1 AND i.device_id = $2',
        eli.address,
        second.deviceId,
      );
      expect(rows).toEqual([]);
      expect(atSecond.map(({ text }) => text)).toEqual(['to both']);
    },
    2 * SLOW,
  );

  it(
    'one set up again under its old id, between sealing and sending, is a 410 that is repaired from the verified list',
    async () => {
      const between = await GatewayBetween.start(world.gatewayUrl);
      const gia = await Device.register({
        gateway: between.url,
        handle: world.handle('gia'),
        folder: world.deviceFolder('gia'),
        passphrase: PASSPHRASE,
        delivery: 'poll',
      });
      const hugo = await world.register('hugo');
      const old = await world.addDevice(hugo, 'hugo-2');
      const atOld = inboxOf(old);
      try {
        await hugo.allow(gia.address);
        await gia.send(hugo.address, 'before');
        await eventually(
          async () => {
            await gia.poll();
            return atOld.some(({ text }) => text === 'before');
          },
          { withinMs: SLOW },
        );
        const submission = between.hold('POST', '/v1/messages');
        const sending = gia.send(hugo.address, 'across the change');
        await submission.reached;
        await hugo.removeDevice(old.deviceId);
        await old.close();
        await hugo.close();
        await giveAgain('hugo', old.deviceId);
        const back = await world.reopen('hugo');
        const fresh = await world.addDevice(back, 'hugo-2-again');
        expect(fresh.deviceId).toBe(old.deviceId);
        const atFresh = inboxOf(fresh);
        submission.release();
        await sending;
        await arrived(atFresh, 'across the change');
        expect(atOld.map(({ text }) => text)).toEqual(['before']);
      } finally {
        await Promise.allSettled([gia.close(), between.close()]);
      }
    },
    2 * SLOW,
  );
});

/** Our own devices never use a device id twice; another implementation may. */
async function giveAgain(name: string, deviceId: number): Promise<void> {
  const store = await DeviceStore.open(world.deviceFolder(name), { passphrase: PASSPHRASE });
  await store.unit(async (unit) => {
    const self = await unit.get(RECORDS.self, 'self');
    if (self) unit.put(RECORDS.self, 'self', { ...self, nextDeviceId: deviceId });
  });
  await store.close();
}

describe('another account key', () => {
  it(
    'holds what is written until it was reviewed, and changes the safety number',
    async () => {
      const [ivy, jon] = await Promise.all([world.register('ivy'), world.register('jon')]);
      const atJon = inboxOf(jon);
      const changes: KeyChange[] = [];
      ivy.on('key-change', (change) => void changes.push(change));
      await jon.allow(ivy.address);
      await ivy.send(jon.address, 'as you were');
      await arrived(atJon, 'as you were');
      const before = await ivy.safetyNumber(jon.address);
      expect(before).toMatch(/^\d{60}$/);
      await jon.send(ivy.address, 'hello');
      await eventually(async () => (await ivy.messages()).some(({ text }) => text === 'hello'), { withinMs: SLOW });
      expect(await jon.safetyNumber(ivy.address)).toBe(before);
      await ivy.verify(jon.address);
      await replaceAccountKey(jon.address);
      const sent = await ivy.send(jon.address, 'is it you?');
      expect(sent.state).toEqual({ kind: 'waiting-on-sender', reason: 'key-change' });
      expect(changes).toEqual([expect.objectContaining({ address: jon.address, wasVerified: true })]);
      expect(await ivy.safetyNumber(jon.address)).toBe(before);
      await ivy.review(jon.address);
      await arrived(atJon, 'is it you?');
      expect(await ivy.safetyNumber(jon.address)).not.toBe(before);
      expect(await ivy.isVerified(jon.address)).toBe(false);
      expect(atJon.map(({ text }) => text)).toEqual(['as you were', 'is it you?']);
    },
    2 * SLOW,
  );
});

/** What a gateway does that gives an address to another account key: same devices, so that what is sent can be seen to arrive. */
async function replaceAccountKey(address: string): Promise<void> {
  const [row] = await database.rows(
    'SELECT account_key AS key, device_list AS bytes, device_list_signature AS signature FROM registry.account WHERE address = $1',
    address,
  );
  const list =
    row && openDeviceList({ bytes: bytesOf(row['bytes']), signature: bytesOf(row['signature']) }, bytesOf(row['key']));
  if (!list) throw new Error('the stored list verifies');
  const { publicKey, privateKey } = generateKeyPair();
  const signed = signDeviceList({ ...list, version: list.version + 1 }, privateKey);
  await database.rows(
    'UPDATE registry.account SET account_key = $2, device_list = $3, device_list_signature = $4, device_list_version = $5 WHERE address = $1',
    address,
    publicKey,
    signed.bytes,
    signed.signature,
    list.version + 1,
  );
}

function bytesOf(value: unknown) {
  if (!(value instanceof Uint8Array)) throw new Error('bytes were stored');
  return toBytes(value);
}
