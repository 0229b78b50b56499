import { toWireJson, type DeviceKeys } from '@causeway/api-contract';
import { mintAccountId, nativeAddress, PRIMARY_DEVICE, CausewayError } from '@causeway/message-model';
import { generateKeyPair, openEdgeBundle } from '@causeway/signal-protocol';
import type { DeviceStore } from './device-store.js';
import type { GatewayApi } from './gateway-api.js';
import { listedDevice, makeNewDevice, tokenDigest, unplacedSelf } from './new-device.js';
import { pinOf } from './own-list.js';
import { firstKeys } from './pre-keys.js';
import { RECORDS, type Self } from './records.js';
import { TrustError } from './trust-error.js';

export interface NewAccount {
  readonly gateway: string;
  readonly host: string;
  readonly handle: string;
  readonly invite?: string | undefined;
  readonly nowMs: number;
}

/** Makes the account's keys and its first device, and keeps both with the registration to be sent. */
export async function prepareRegistration(store: DeviceStore, input: NewAccount): Promise<Self> {
  const address = nativeAddress(input.host, input.handle);
  if (!address) throw new CausewayError('invalid-address', { pointer: '/handle' });
  const accountKeys = generateKeyPair();
  const device = makeNewDevice();
  const account = mintAccountId();
  const listed = listedDevice(device, PRIMARY_DEVICE, input.nowMs);
  const createdAt = Math.floor(input.nowMs / 1000);
  const list = pinOf(
    { account, address: address.uri, version: 1, createdAt, devices: [listed] },
    accountKeys.publicKey,
    accountKeys.privateKey,
  );
  return store.unit(async (unit) => {
    const unplaced = unplacedSelf(device, input.gateway);
    const keys = await firstKeys(unit, unplaced, input.nowMs);
    const { registrationId, identityKey, sealKeyId, sealKey } = device;
    const published: DeviceKeys = {
      registrationId,
      identityKey,
      sealKeyId,
      sealKey,
      ...keys,
      tokenDigest: tokenDigest(device.token),
    };
    const registration = toWireJson({
      address: address.uri,
      account,
      accountKey: accountKeys.publicKey,
      deviceList: list.list,
      device: published,
      invite: input.invite,
    });
    const self: Self = {
      ...unplaced,
      host: address.host,
      account,
      address: address.uri,
      accountKey: accountKeys.publicKey,
      accountPrivateKey: accountKeys.privateKey,
      list,
      registration,
    };
    unit.put(RECORDS.self, 'self', self);
    unit.put(RECORDS.sealKey, String(sealKeyId), {
      publicKey: sealKey,
      privateKey: device.sealPrivateKey,
      madeAtMs: input.nowMs,
      replacedAtMs: null,
    });
    return self;
  });
}

/**
 * Sends the registration and pins the edge the gateway names: the one moment in which the operator is trusted. Repeating
 * it after a crash sends the identical request, which the gateway answers alike.
 */
export async function completeRegistration(store: DeviceStore, api: GatewayApi, self: Self): Promise<Self> {
  const registered = await api.register(self.registration);
  const { edge } = registered;
  if (
    registered.account !== self.account ||
    registered.address !== self.address ||
    registered.deviceId !== self.deviceId
  ) {
    throw new TrustError('own-account', self.address);
  }
  if (openEdgeBundle(edge.bundle, edge.identity)?.region !== edge.region) {
    throw new TrustError('edge-bundle-does-not-verify', 'edge');
  }
  const complete: Self = {
    ...self,
    tenant: edge.tenant,
    region: edge.region,
    edgeIdentity: edge.identity,
    isRegistered: true,
    registration: '',
  };
  await store.put(RECORDS.self, 'self', complete);
  return complete;
}
