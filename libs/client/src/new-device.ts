import { createHash, randomBytes } from 'node:crypto';
import {
  mintAccountId,
  PRIMARY_DEVICE,
  toBase64Url,
  toBytes,
  type Bytes,
  type DeviceId,
} from '@causeway/message-model';
import { generateKeyPair, generateRegistrationId, type ListedDevice } from '@causeway/signal-protocol';
import type { Self } from './records.js';
import { sealKeyNotAfter } from './own-list.js';

/** What a device makes for itself before any gateway knows of it. */
export interface NewDevice {
  readonly registrationId: number;
  readonly identityKey: Bytes;
  readonly identityPrivateKey: Bytes;
  readonly sealKeyId: number;
  readonly sealKey: Bytes;
  readonly sealPrivateKey: Bytes;
  /** Bearer token; the gateway keeps its digest only. */
  readonly token: string;
}

const FIRST_SEAL_KEY_ID = 1;

export function makeNewDevice(): NewDevice {
  const identity = generateKeyPair();
  const seal = generateKeyPair();
  return {
    registrationId: generateRegistrationId(),
    identityKey: identity.publicKey,
    identityPrivateKey: identity.privateKey,
    sealKeyId: FIRST_SEAL_KEY_ID,
    sealKey: seal.publicKey,
    sealPrivateKey: seal.privateKey,
    token: toBase64Url(randomBytes(32)),
  };
}

/** SHA-256 of the 32 bytes behind the token. */
export const tokenDigest = (token: string): Bytes =>
  toBytes(createHash('sha256').update(Buffer.from(token, 'base64url')).digest());

export function listedDevice(
  device: Omit<ListedDevice, 'deviceId' | 'sealKeyNotAfter'>,
  deviceId: DeviceId,
  nowMs: number,
): ListedDevice {
  const { registrationId, identityKey, sealKeyId, sealKey } = device;
  return { deviceId, registrationId, identityKey, sealKeyId, sealKey, sealKeyNotAfter: sealKeyNotAfter(nowMs) };
}

const NOTHING = toBytes(new Uint8Array(0));

/** A device that belongs to no account yet: enough to make its pre-keys, which only its identity signs. */
export function unplacedSelf(device: NewDevice, gateway: string): Self {
  const account = mintAccountId();
  const signed = { bytes: NOTHING, signature: NOTHING };
  return {
    gateway,
    host: '',
    tenant: '',
    region: '',
    account,
    address: '',
    deviceId: PRIMARY_DEVICE,
    registrationId: device.registrationId,
    identityKey: device.identityKey,
    identityPrivateKey: device.identityPrivateKey,
    accountKey: NOTHING,
    accountPrivateKey: null,
    token: device.token,
    list: { account, address: '', accountKey: NOTHING, version: 0, list: signed },
    edgeIdentity: NOTHING,
    offeredEdgeIdentity: null,
    nextDeviceId: PRIMARY_DEVICE + 1,
    isRegistered: false,
    registration: '',
  };
}
