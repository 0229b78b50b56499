import { describe, expect, it } from '@jest/globals';
import { encodeCbor, mintAccountId } from '@causeway/message-model';
import fc from 'fast-check';
import { openDeviceList, signDeviceList, type DeviceList, type ListedDevice } from './device-list.js';
import { generateKeyPair, sign } from './key-pair.js';
import { sampleDevice } from './testing/sample-ids.js';

const accountKey = generateKeyPair();
const account = mintAccountId();
const { publicKey } = generateKeyPair();
const listed = (id: number): ListedDevice => ({
  deviceId: sampleDevice(id),
  registrationId: 100 + id,
  identityKey: publicKey,
  sealKeyId: id,
  sealKey: publicKey,
  sealKeyNotAfter: 1_800_000_000,
});
const list: DeviceList = {
  account,
  address: 'mimi://causeway.example/u/alice',
  version: 4,
  createdAt: 1_700_000_000,
  devices: [listed(1), listed(2)],
};

const row: readonly unknown[] = [1, 101, publicKey, 1, publicKey, 1_800_000_000];
const document: readonly unknown[] = ['causeway-device-list-v1', account, list.address, 4, 1_700_000_000, [row]];
const withField = (index: number, value: unknown): unknown[] => document.with(index, value);
const withCell = (index: number, value: unknown): unknown[] => withField(5, [row.with(index, value)]);
const openRaw = (value: unknown): DeviceList | undefined => {
  const bytes = encodeCbor(value);
  return openDeviceList({ bytes, signature: sign(accountKey.privateKey, bytes) }, accountKey.publicKey);
};

const REFUSED: readonly [string, unknown][] = [
  ['another label', withField(0, 'causeway-device-list-v2')],
  ['an account that is no account id', withField(1, 'alice')],
  ['an address of another form', withField(2, 'MIMI://causeway.example/u/alice')],
  ['a telephone number as address', withField(2, 'tel:+4915112345678')],
  ['version 0', withField(3, 0)],
  ['a version that is no integer', withField(3, 1.5)],
  ['a version as text', withField(3, '4')],
  ['a negative time', withField(4, -1)],
  ['no device', withField(5, [])],
  ['a device id listed twice', withField(5, [row, row])],
  [
    '128 devices',
    withField(
      5,
      Array.from({ length: 128 }, (_, index) => row.with(0, index + 1)),
    ),
  ],
  ['device id 0', withCell(0, 0)],
  ['device id 128', withCell(0, 128)],
  ['registration id 0', withCell(1, 0)],
  ['a registration id of 15 bits', withCell(1, 0x4000)],
  ['an identity key of 32 bytes', withCell(2, publicKey.slice(1))],
  ['an identity key of low order', withCell(2, new Uint8Array([5, ...new Uint8Array(32)]))],
  ['a seal key as text', withCell(4, 'key')],
  ['a field more', [...document, 1]],
  ['a field less', document.slice(0, 5)],
  ['a cell more', withField(5, [[...row, 1]])],
  ['a cell less', withField(5, [row.slice(0, 5)])],
  ['a map', { list: document }],
];

describe('a device list', () => {
  it('opens to what the account key signed', () => {
    expect(openDeviceList(signDeviceList(list, accountKey.privateKey), accountKey.publicKey)).toEqual(list);
    expect(openRaw(document)?.devices).toEqual([listed(1)]);
  });

  it('takes 127 devices', () => {
    const full = { ...list, devices: Array.from({ length: 127 }, (_, index) => listed(index + 1)) };
    expect(openDeviceList(signDeviceList(full, accountKey.privateKey), accountKey.publicKey)).toEqual(full);
  });

  it.each(REFUSED)('is refused with %s, though the account key signed it', (_what, value) => {
    expect(openRaw(value)).toBeUndefined();
  });

  it('is not signed when nobody would accept it', () => {
    const twice = { ...list, devices: [listed(1), listed(1)] };
    expect(() => signDeviceList(twice, accountKey.privateKey)).toThrow(TypeError);
  });

  it('is refused with another key, or with any byte of it or of its signature changed', () => {
    const signed = signDeviceList(list, accountKey.privateKey);
    expect(openDeviceList(signed, generateKeyPair().publicKey)).toBeUndefined();
    fc.assert(
      fc.property(fc.constantFrom('bytes' as const, 'signature' as const), fc.nat(), (part, at) => {
        const changed = signed[part].slice();
        const position = at % changed.length;
        changed.set([(changed.at(position) ?? 0) ^ 1], position);
        expect(openDeviceList({ ...signed, [part]: changed }, accountKey.publicKey)).toBeUndefined();
      }),
    );
  });

  it('never throws, whatever is signed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const signature = sign(accountKey.privateKey, bytes);
        expect(openDeviceList({ bytes: new Uint8Array(bytes), signature }, accountKey.publicKey)).toBeUndefined();
      }),
    );
  });
});
