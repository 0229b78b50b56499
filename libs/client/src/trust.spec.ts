import { describe, expect, it } from '@jest/globals';
import { mintAccountId, parseDeviceId, PRIMARY_DEVICE, type AccountId } from '@causeway/message-model';
import { generateKeyPair, signDeviceList, type KeyPair, type ListedDevice } from '@causeway/signal-protocol';
import type { Pin } from './records.js';
import { judgeDeviceList, outdatedDevices, pinnedDevices, type OfferedDevices } from './trust.js';

const ADDRESS = 'mimi://causeway.local/u/bob';
const account = mintAccountId();
const accountKeys = generateKeyPair();

const device = (deviceId: number, registrationId = 7): ListedDevice => ({
  deviceId: parseDeviceId(deviceId) ?? PRIMARY_DEVICE,
  registrationId,
  identityKey: generateKeyPair().publicKey,
  sealKeyId: 1,
  sealKey: generateKeyPair().publicKey,
  sealKeyNotAfter: 2_000_000_000,
});
const primary = device(1);

interface Shown {
  version?: number;
  keys?: KeyPair;
  address?: string;
  account?: AccountId;
  devices?: readonly ListedDevice[];
  signedBy?: KeyPair;
}

function offer(shown: Shown = {}): OfferedDevices {
  const keys = shown.keys ?? accountKeys;
  const list = {
    account: shown.account ?? account,
    address: shown.address ?? ADDRESS,
    version: shown.version ?? 3,
    createdAt: 1_700_000_000,
    devices: shown.devices ?? [primary],
  };
  const deviceList = signDeviceList(list, (shown.signedBy ?? keys).privateKey);
  return { account: list.account, address: list.address, accountKey: keys.publicKey, deviceList };
}

function pinned(shown: Shown = {}): Pin {
  const judged = judgeDeviceList(null, offer(shown), ADDRESS);
  if (judged.kind !== 'first-use') throw new Error(judged.kind);
  return judged.pin;
}

describe('a device list that is offered', () => {
  const before = pinned({ version: 3 });
  const intruder = device(2);

  it.each<[string, OfferedDevices, string]>([
    ['the same list again', offer(), 'same'],
    ['a newer list', offer({ version: 4, devices: [primary, device(2)] }), 'newer'],
    ['an older list', offer({ version: 2 }), 'list-rolled-back'],
    ['another list of the same version', offer({ devices: [primary, intruder] }), 'two-lists-of-one-version'],
    ['a list signed by somebody else', offer({ version: 4, signedBy: generateKeyPair() }), 'list-does-not-verify'],
    ['a list of another account key', offer({ version: 4, keys: generateKeyPair() }), 'key-change'],
    [
      'a list for another address',
      offer({ version: 4, address: 'mimi://causeway.local/u/eve' }),
      'list-for-another-account',
    ],
    ['a list for another account', offer({ version: 4, account: mintAccountId() }), 'list-for-another-account'],
    [
      'a list under another account id',
      { ...offer({ version: 4 }), account: mintAccountId() },
      'list-for-another-account',
    ],
  ])('%s', (_what, offered, expected) => {
    const judged = judgeDeviceList(before, offered, ADDRESS);
    expect(judged.kind === 'refused' ? judged.reason : judged.kind).toBe(expected);
  });

  it('is refused for another address even when nothing is known yet', () => {
    expect(judgeDeviceList(null, offer(), 'mimi://causeway.local/u/carol')).toEqual({
      kind: 'refused',
      reason: 'list-for-another-account',
    });
  });

  it('is refused when one byte of it was changed', () => {
    const { deviceList, ...rest } = offer({ version: 4 });
    const bytes = Uint8Array.from(deviceList.bytes);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const judged = judgeDeviceList(before, { ...rest, deviceList: { ...deviceList, bytes } }, ADDRESS);
    expect(judged).toEqual({ kind: 'refused', reason: 'list-does-not-verify' });
  });
});

describe('devices between two versions of a list', () => {
  it('are outdated when they left, or came back with another identity or registration', () => {
    const stays = device(1);
    const leaves = device(2);
    const again = device(3, 7);
    const before = pinned({ devices: [stays, leaves, again] });
    const after = pinned({ version: 4, devices: [stays, device(3, 8)] });
    expect(outdatedDevices(before, after).map(({ deviceId }) => deviceId)).toEqual([2, 3]);
    expect(pinnedDevices(after).map(({ deviceId }) => deviceId)).toEqual([1, 3]);
  });

  it('count for nothing when the stored list does not verify any more', () => {
    const pin = pinned();
    expect(pinnedDevices({ ...pin, accountKey: generateKeyPair().publicKey })).toEqual([]);
  });
});
