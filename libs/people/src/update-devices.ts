import type { UpdateDevicesRequest, UploadKeysRequest } from '@causeway/api-contract';
import { CausewayError } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { openDeviceList } from '@causeway/signal-protocol';
import type { AccountStore, AuthenticatedDevice, PreKeyStore } from '@causeway/storage';
import { MAX_LIST_VERSION, requireSigned, verifiedDevice } from './verified-device.js';

/** Puts a newer signed device list in force: adds devices, drops those no longer listed. The account key's signature is the authority. */
export class UpdateDevices {
  constructor(
    private readonly accounts: AccountStore,
    private readonly preKeys: PreKeyStore,
    private readonly clock: Clock,
  ) {}

  async execute(caller: AuthenticatedDevice, request: UpdateDevicesRequest): Promise<void> {
    const [stored] = await this.accounts.deviceLists(caller.tenant, [caller.account]);
    const list = stored && openDeviceList(request.deviceList, stored.accountKey);
    if (
      !list ||
      list.account !== caller.account ||
      list.address !== caller.address ||
      list.version > MAX_LIST_VERSION
    ) {
      throw new CausewayError('invalid-signature', { pointer: '/deviceList' });
    }
    const registered = await this.accounts.devices(caller.tenant, [caller.account]);
    const known = new Set(registered.map((device) => device.deviceId));
    // a device that was set up anew is a new device: its old keys and inbox must not pass for the new one's
    const isAnother = ({ deviceId, registrationId }: (typeof registered)[number]): boolean =>
      list.devices.some((listed) => listed.deviceId === deviceId && listed.registrationId !== registrationId);
    if (registered.some(isAnother)) {
      throw new CausewayError('invalid-request', {
        pointer: '/deviceList',
        detail: 'A known device keeps its registration id',
      });
    }
    const added = request.added.map((keys, index) => {
      const listed = list.devices.find((device) => device.deviceId === keys.deviceId);
      const pointer = `/added/${index}`;
      if (!listed || known.has(keys.deviceId))
        throw new CausewayError('invalid-request', {
          pointer,
          detail: 'A new device has a new id that is on the list',
        });
      return { device: verifiedDevice(keys, listed, pointer), oneTime: keys.oneTime };
    });
    const tokens = await this.accounts.authenticate(added.map(({ device }) => device.tokenDigest));
    if (tokens.some((owner) => owner !== null)) {
      throw new CausewayError('invalid-request', { pointer: '/added', detail: 'Every device has a token of its own' });
    }
    const arriving = new Set(added.map(({ device }) => device.deviceId));
    if (arriving.size !== added.length)
      throw new CausewayError('invalid-request', { pointer: '/added', detail: 'A device is added once' });
    if (list.devices.some(({ deviceId }) => !known.has(deviceId) && !arriving.has(deviceId))) {
      throw new CausewayError('invalid-request', {
        pointer: '/added',
        detail: 'A listed device is neither known nor added',
      });
    }
    const result = await this.accounts.replaceDeviceList({
      owner: caller,
      list: { ...request.deviceList, version: list.version },
      listed: list.devices,
      added: added.map(({ device }) => device),
      now: this.clock.now(),
    });
    if (result === 'stale') throw new CausewayError('device-list-stale', { pointer: '/deviceList' });
    for (const { device, oneTime } of added) await this.preKeys.upload({ ...caller, device: device.deviceId }, oneTime);
  }
}

/** Fresh pre-keys of the calling device. */
export class UploadPreKeys {
  constructor(
    private readonly accounts: AccountStore,
    private readonly preKeys: PreKeyStore,
  ) {}

  async execute(caller: AuthenticatedDevice, request: UploadKeysRequest): Promise<void> {
    const [stored] = await this.accounts.deviceLists(caller.tenant, [caller.account]);
    const list = stored && openDeviceList(stored, stored.accountKey);
    const self = list?.devices.find((device) => device.deviceId === caller.device);
    if (!self) throw new CausewayError('forbidden');
    if (request.signedPreKey) requireSigned(self.identityKey, request.signedPreKey, '/signedPreKey/signature');
    if (request.lastResortKyber) requireSigned(self.identityKey, request.lastResortKyber, '/lastResortKyber/signature');
    for (const [index, key] of (request.oneTime?.kyber ?? []).entries()) {
      requireSigned(self.identityKey, key, `/oneTime/kyber/${index}/signature`);
    }
    await this.preKeys.upload(caller, { ...request, ...request.oneTime });
  }
}
