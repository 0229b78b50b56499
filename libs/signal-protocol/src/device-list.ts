import {
  encodeCbor,
  parseAccountId,
  parseAddress,
  type AccountId,
  type Bytes,
  type DeviceId,
} from '@causeway/message-model';
import { readDocument, refuse, type FieldReader } from './field-reader.js';
import { sign, verify } from './key-pair.js';
import { LIMITS } from './limits.js';
import { keyOfBytes, Recent } from './recent.js';
import { KEY_AND_SIGNATURE_BYTES, readDeviceId, type Signed } from './names.js';

/** What others need to know of one device. Keys are serialised public keys of 33 bytes. */
export interface ListedDevice {
  readonly deviceId: DeviceId;
  /** 1 to 0x3FFF; a new one means the device was set up again and its sessions are gone. */
  readonly registrationId: number;
  readonly identityKey: Bytes;
  /** 0 to 2^24 - 1, unique among the seal keys this device ever listed. */
  readonly sealKeyId: number;
  readonly sealKey: Bytes;
  /** Unix seconds. Nothing is sealed to the key after it. */
  readonly sealKeyNotAfter: number;
}

/** The devices of an account, signed by its account key: the only thing a client believes about whom to encrypt to. */
export interface DeviceList {
  readonly account: AccountId;
  /** The account's `mimi://` address, so that an account id cannot be pointed at another person. */
  readonly address: string;
  /** From 1, only ever growing; whoever keeps lists refuses one that is not newer. */
  readonly version: number;
  /** Unix seconds. */
  readonly createdAt: number;
  /** 1 to 127, each device id once. */
  readonly devices: readonly ListedDevice[];
}

/** Deterministic CBOR of a device list and the account key's signature over it. */
export type SignedDeviceList = Signed;

const LABEL = 'causeway-device-list-v1';

/** Only lists that verified; every message asks for those of its conversation several times. */
const opened = new Recent<DeviceList>(256);

/** Signs a list with the account key, which only the primary device holds. Throws on a list that could not be opened again. */
export function signDeviceList(list: DeviceList, accountPrivateKey: Uint8Array): SignedDeviceList {
  const rows = list.devices.map((device) => [
    device.deviceId,
    device.registrationId,
    device.identityKey,
    device.sealKeyId,
    device.sealKey,
    device.sealKeyNotAfter,
  ]);
  const bytes = encodeCbor([LABEL, list.account, list.address, list.version, list.createdAt, rows]);
  if (!readDocument(bytes, readDeviceList)) throw new TypeError('not a device list anyone would accept');
  return { bytes, signature: sign(accountPrivateKey, bytes) };
}

/**
 * The list, or `undefined` when the signature does not verify or a field is not what it should be. Whether account,
 * address and version are the expected ones is for the caller to compare.
 */
export function openDeviceList(signed: SignedDeviceList, accountKey: Uint8Array): DeviceList | undefined {
  const { key, signature } = KEY_AND_SIGNATURE_BYTES;
  if (accountKey.length !== key || signed.signature.length !== signature) return undefined;
  const name = keyOfBytes(accountKey, signed.signature, signed.bytes);
  const known = opened.get(name);
  if (known || !verify(accountKey, signed.bytes, signed.signature)) return known;
  const list = readDocument(signed.bytes, readDeviceList);
  if (list) opened.set(name, list);
  return list;
}

function readDeviceList(fields: FieldReader): DeviceList {
  fields.literal(LABEL);
  const list: DeviceList = {
    account: fields.id(parseAccountId),
    address: readNativeUri(fields),
    version: fields.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    createdAt: fields.time(),
    devices: fields.rows(LIMITS.devices, readDevice),
  };
  return new Set(list.devices.map((device) => device.deviceId)).size === list.devices.length ? list : refuse();
}

function readNativeUri(fields: FieldReader): string {
  const uri = fields.text(LIMITS.uriCharacters);
  const address = parseAddress(uri);
  return address?.kind === 'native' && address.uri === uri ? uri : refuse();
}

const readDevice = (fields: FieldReader): ListedDevice => ({
  deviceId: readDeviceId(fields),
  registrationId: fields.integer({ min: 1, max: LIMITS.registrationId }),
  identityKey: fields.publicKey(),
  sealKeyId: fields.integer({ min: 0, max: LIMITS.keyId }),
  sealKey: fields.publicKey(),
  sealKeyNotAfter: fields.time(),
});
