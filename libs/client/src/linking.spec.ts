import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mintConversationId } from '@causeway/message-model';
import { updateDevicesSchema } from '@causeway/api-contract';
import { openDeviceList } from '@causeway/signal-protocol';
import { DeviceStore } from './device-store.js';
import { joinAccount, linkDevice, LinkError, makeOffer } from './linking.js';
import { NotPrimaryError, OwnList } from './own-list.js';
import { Peers } from './peers.js';
import { RECORDS } from './records.js';
import { ScriptedGateway } from './testing/scripted-gateway.js';
import { PASSPHRASE, TestDevice } from './testing/test-device.js';
import { makeTicketKeys, openTicket, sealTicket } from './ticket-box.js';
import { pinnedDevices } from './trust.js';

let folder: string;
let store: DeviceStore;
let ada: TestDevice;
let bob: TestDevice;
let gateway: ScriptedGateway;

beforeEach(async () => {
  gateway = await ScriptedGateway.start(() => ({ status: 204 }));
  folder = await mkdtemp(join(tmpdir(), 'causeway-link-'));
  store = await DeviceStore.open(folder, { passphrase: PASSPHRASE });
  [ada, bob] = await Promise.all([TestDevice.make('ada', gateway.url), TestDevice.make('bob')]);
});
afterEach(async () => {
  await store.close();
  await gateway.close();
  await Promise.all([ada.dispose(), bob.dispose()]);
  await rm(folder, { recursive: true, force: true });
});

const listOf = (device: TestDevice): OwnList => new OwnList(device.context, new Peers(device.context));

describe('linking', () => {
  it('puts the offered device on a new signed list, and hands it what the account knows', async () => {
    const conversation = mintConversationId();
    await ada.knows(bob, conversation);
    const offer = await makeOffer(store, gateway.url, Date.now());
    const ticket = await linkDevice(ada.context, listOf(ada), offer);
    const published = updateDevicesSchema.parse(gateway.calls[0]?.body);
    const list = openDeviceList(published.deviceList, ada.context.own.current.accountKey);
    expect(list).toMatchObject({ version: 2, address: ada.address, devices: [{ deviceId: 1 }, { deviceId: 2 }] });
    expect(published.added).toMatchObject([{ deviceId: 2 }]);
    const self = await joinAccount(store, ticket);
    expect(self).toMatchObject({ address: ada.address, deviceId: 2, accountPrivateKey: null, isRegistered: true });
    expect(pinnedDevices(self.list)).toHaveLength(2);
    expect((await store.get(RECORDS.peer, bob.address))?.conversation).toBe(conversation);
  });

  it('never gives a device id to a second device', async () => {
    const list = listOf(ada);
    await linkDevice(ada.context, list, await makeOffer(store, gateway.url, Date.now()));
    await list.publish((devices) => devices.filter(({ deviceId }) => deviceId !== 2));
    const other = await DeviceStore.open(join(folder, 'other'), { passphrase: PASSPHRASE });
    await linkDevice(ada.context, list, await makeOffer(other, gateway.url, Date.now()));
    await other.close();
    expect(pinnedDevices(ada.context.own.current.list).map(({ deviceId }) => deviceId)).toEqual([1, 3]);
  });

  it('refuses what is no offer, an offer for another gateway, and a ticket for another offer', async () => {
    await expect(linkDevice(ada.context, listOf(ada), 'nonsense')).rejects.toThrow(LinkError);
    const elsewhere = await makeOffer(store, 'http://elsewhere.example', Date.now());
    await expect(linkDevice(ada.context, listOf(ada), elsewhere)).rejects.toThrow(LinkError);
    await expect(joinAccount(store, 'AAAA')).rejects.toThrow(LinkError);
    expect(gateway.calls).toEqual([]);
  });

  it('is for the primary device alone', async () => {
    await ada.context.store.unit((unit) => ada.context.own.change(unit, { accountPrivateKey: null }));
    await expect(listOf(ada).publish((devices) => devices)).rejects.toThrow(NotPrimaryError);
  });
});

describe('a seal key', () => {
  it('is replaced after a week, and the old one opens for eight days more', async () => {
    const list = listOf(ada);
    const before = ada.listed;
    await list.rotateSealKeyIfDue();
    expect(gateway.calls).toEqual([]);
    ada.clock.nowMs += 7 * 86_400_000;
    await list.rotateSealKeyIfDue();
    expect(ada.listed.sealKeyId).toBe(before.sealKeyId + 1);
    expect(ada.listed.sealKey).not.toEqual(before.sealKey);
    expect(await ada.context.store.list(RECORDS.sealKey)).toHaveLength(2);
    ada.clock.nowMs += 8 * 86_400_000;
    await list.rotateSealKeyIfDue();
    expect(await ada.context.store.get(RECORDS.sealKey, String(before.sealKeyId))).toBeUndefined();
  });
});

describe('a ticket', () => {
  it('opens with the keys of its offer only, and only unchanged', () => {
    const keys = makeTicketKeys();
    const box = sealTicket(Uint8Array.of(1, 2, 3), keys.publicKey);
    expect(openTicket(box, keys)).toEqual(Uint8Array.of(1, 2, 3));
    expect(openTicket(box, makeTicketKeys())).toBeUndefined();
    for (let at = 0; at < box.length; at += 1) {
      const changed = Uint8Array.from(box);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openTicket(changed, keys)).toBeUndefined();
    }
    expect(openTicket(new Uint8Array(0), keys)).toBeUndefined();
  });
});
