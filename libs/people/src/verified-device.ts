import type { DeviceKeys } from '@causeway/api-contract';
import { CausewayError, equalBytes, type DeviceId } from '@causeway/message-model';
import { verify, type ListedDevice } from '@causeway/signal-protocol';
import type { NewDevice } from '@causeway/storage';

/** Versions count updates; the database keeps 32 bits of them. */
export const MAX_LIST_VERSION = 2_147_483_647;

/**
 * The device as it will be stored, once its public keys hang together: the signed list names the same identity, registration and seal key,
 * and the identity signed the pre-keys. A gateway that kept broken keys would break other people's first messages.
 */
export function verifiedDevice(
  keys: DeviceKeys & { readonly deviceId: DeviceId },
  listed: ListedDevice,
  pointer: string,
): NewDevice {
  const isListed =
    listed.deviceId === keys.deviceId &&
    listed.registrationId === keys.registrationId &&
    equalBytes(listed.identityKey, keys.identityKey) &&
    listed.sealKeyId === keys.sealKeyId &&
    equalBytes(listed.sealKey, keys.sealKey);
  if (!isListed)
    throw new CausewayError('invalid-request', { pointer, detail: 'The device is not the one on the signed list' });
  requireSigned(keys.identityKey, keys.signedPreKey, `${pointer}/signedPreKey/signature`);
  requireSigned(keys.identityKey, keys.lastResortKyber, `${pointer}/lastResortKyber/signature`);
  for (const [index, key] of keys.oneTime.kyber.entries()) {
    requireSigned(keys.identityKey, key, `${pointer}/oneTime/kyber/${index}/signature`);
  }
  return keys;
}

export function requireSigned(
  identityKey: Uint8Array,
  key: { readonly publicKey: Uint8Array; readonly signature: Uint8Array },
  pointer: string,
): void {
  if (!verify(identityKey, key.publicKey, key.signature)) throw new CausewayError('invalid-signature', { pointer });
}
