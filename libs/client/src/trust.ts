import { equalBytes, type AccountId, type Bytes } from '@causeway/message-model';
import { openDeviceList, type DeviceList, type ListedDevice, type SignedDeviceList } from '@causeway/signal-protocol';
import type { Pin } from './records.js';
import type { TrustFailure } from './trust-error.js';

/** What the gateway says of an account. */
export interface OfferedDevices {
  readonly account: AccountId;
  readonly address: string;
  readonly accountKey: Bytes;
  readonly deviceList: SignedDeviceList;
}

export type Judgement =
  | { readonly kind: 'first-use' | 'newer' | 'same'; readonly pin: Pin; readonly list: DeviceList }
  /** Genuine under a key that is not the pinned one: for a person to decide. */
  | { readonly kind: 'key-change'; readonly pin: Pin; readonly list: DeviceList }
  | { readonly kind: 'refused'; readonly reason: TrustFailure };

const refused = (reason: TrustFailure): Judgement => ({ kind: 'refused', reason });

/**
 * Whether to believe a device list. Pure. `expected` is the address that was asked about: a list that was signed for
 * somebody else is refused even when there is nothing to compare it with.
 */
export function judgeDeviceList(pin: Pin | null, offered: OfferedDevices, expected: string): Judgement {
  const list = openDeviceList(offered.deviceList, offered.accountKey);
  if (!list) return refused('list-does-not-verify');
  if (list.address !== expected || offered.address !== expected) return refused('list-for-another-account');
  if (list.account !== offered.account) return refused('list-for-another-account');
  const shown: Pin = {
    account: list.account,
    address: list.address,
    accountKey: offered.accountKey,
    version: list.version,
    list: offered.deviceList,
  };
  if (!pin) return { kind: 'first-use', pin: shown, list };
  if (!equalBytes(pin.accountKey, offered.accountKey)) return { kind: 'key-change', pin: shown, list };
  if (pin.account !== list.account) return refused('list-for-another-account');
  if (list.version < pin.version) return refused('list-rolled-back');
  if (list.version > pin.version) return { kind: 'newer', pin: shown, list };
  return equalBytes(pin.list.bytes, offered.deviceList.bytes)
    ? { kind: 'same', pin, list }
    : refused('two-lists-of-one-version');
}

/** The devices of a pinned list. It verified when it was pinned, and is verified again: the store is not the authority. */
export function pinnedDevices(pin: Pin): readonly ListedDevice[] {
  return openDeviceList(pin.list, pin.accountKey)?.devices ?? [];
}

/** Devices whose sessions cannot be used any more: gone from the list, or set up again under the same id. */
export function outdatedDevices(before: Pin, after: Pin): readonly ListedDevice[] {
  const current = new Map(pinnedDevices(after).map((device) => [device.deviceId, device]));
  return pinnedDevices(before).filter((old) => {
    const now = current.get(old.deviceId);
    return !now || now.registrationId !== old.registrationId || !equalBytes(now.identityKey, old.identityKey);
  });
}
