import {
  accountDevicesSchema,
  sendMessageSchema,
  sealAddressSchema,
  toWireJson,
  type AccountDevices,
  type MessageBody,
  type NativeBox,
} from '@causeway/api-contract';
import {
  parseDeviceId,
  parseTenantId,
  PRIMARY_DEVICE,
  type AccountId,
  type DeviceId,
  type TenantId,
} from '@causeway/message-model';
import {
  generateKeyPair,
  openAddress,
  openAtDevice,
  openAtEdge,
  openDeviceList,
  openEdgeBundle,
  signDeviceList,
  signEdgeBundle,
  type ListedDevice,
  type Signed,
} from '@causeway/signal-protocol';
import type { Heard } from './lying-gateway.js';

const idOf = <Id>(id: Id | undefined): Id => {
  if (id === undefined) throw new Error('not an id');
  return id;
};

export const INTRUDER_DEVICE: DeviceId = idOf(parseDeviceId(13));
/** Of every world. */
export const TENANT: TenantId = idOf(parseTenantId('default'));
const REGION = 'local';
const NOT_AFTER = 4_000_000_000;

/** Someone who wants to read along, with keys for every place where a gateway could slip them in. */
export class Intruder {
  readonly identity = generateKeyPair();
  readonly seal = generateKeyPair();
  readonly account = generateKeyPair();
  readonly edge = generateKeyPair();
  readonly leg = generateKeyPair();

  get device(): ListedDevice {
    return {
      deviceId: INTRUDER_DEVICE,
      registrationId: 99,
      identityKey: this.identity.publicKey,
      sealKeyId: 1,
      sealKey: this.seal.publicKey,
      sealKeyNotAfter: NOT_AFTER,
    };
  }

  /** An account as the gateway shows it, with other devices, in the next version; signed by the intruder, who has no other key. */
  withDevices(shown: unknown, change: (devices: readonly ListedDevice[]) => readonly ListedDevice[]): unknown {
    const account = accountDevicesSchema.parse(shown);
    return wire({ ...account, address: account.address.uri, deviceList: this.signed(account, change) });
  }

  /** The same, with the account key exchanged as well, so that the list verifies. */
  withAccountKey(shown: unknown): unknown {
    const account = accountDevicesSchema.parse(shown);
    const deviceList = this.signed(account, () => [{ ...this.device, deviceId: PRIMARY_DEVICE }]);
    return wire({ ...account, address: account.address.uri, accountKey: this.account.publicKey, deviceList });
  }

  /** The edge's bundle with the intruder's keys under the same names, signed by an edge of theirs. */
  edgeBundle(shown: Signed, edgeIdentity: Uint8Array): unknown {
    const bundle = openEdgeBundle(shown, edgeIdentity);
    if (!bundle) throw new Error('the bundle does not verify');
    const keys = bundle.keys.map((key) => ({ ...key, publicKey: this.leg.publicKey }));
    return wire(signEdgeBundle({ ...bundle, keys }, this.edge.privateKey));
  }

  /** Names of everything in these requests that one of the intruder's keys opens. */
  opens(heard: readonly Heard[], accounts: readonly AccountId[]): readonly string[] {
    return heard.flatMap(({ path, body }) => {
      const message = sendMessageSchema.safeParse(body);
      if (message.success) return [...this.boxes(message.data.body, accounts), ...this.edgeBox(message.data, accounts)];
      const address = sealAddressSchema.safeParse(body);
      return address.success && path === '/v1/contacts' && this.opensAddress(address.data, accounts) ? ['address'] : [];
    });
  }

  private signed(
    account: AccountDevices,
    change: (devices: readonly ListedDevice[]) => readonly ListedDevice[],
  ): Signed {
    const list = openDeviceList(account.deviceList, account.accountKey);
    if (!list) throw new Error('the list does not verify');
    const next = { ...list, version: list.version + 1, devices: change(list.devices) };
    return signDeviceList(next, this.account.privateKey);
  }

  private boxes(body: MessageBody, accounts: readonly AccountId[]): readonly string[] {
    return boxesOf(body)
      .filter(({ box, boxId, deviceId: device, sealKeyId }) =>
        accounts.some((account) => {
          const context = { tenant: TENANT, account, device, sealKeyId, boxId };
          return openAtDevice({ context, sealPrivateKey: this.seal.privateKey, box }) !== undefined;
        }),
      )
      .map(({ deviceId }) => `box for device ${deviceId}`);
  }

  private edgeBox(
    message: ReturnType<typeof sendMessageSchema.parse>,
    accounts: readonly AccountId[],
  ): readonly string[] {
    const { body, to, messageId, deliverBefore: deadline } = message;
    if (body.leg !== 'clear' || to.kind !== 'contact') return [];
    const { keyId, networks, planDigest, box } = body;
    const about = {
      tenant: TENANT,
      region: REGION,
      keyId,
      messageId,
      contactId: to.contact,
      networks,
      planDigest,
      deadline,
    };
    const isOpen = accounts.some((senderAccount) => {
      const context = { ...about, senderAccount, senderDevice: PRIMARY_DEVICE };
      return openAtEdge({ context, legPrivateKey: this.leg.privateKey, box }) !== undefined;
    });
    return isOpen ? ['box for the edge'] : [];
  }

  private opensAddress(
    { keyId, sealedAddress }: ReturnType<typeof sealAddressSchema.parse>,
    accounts: readonly AccountId[],
  ): boolean {
    return accounts.some((account) => {
      const context = { tenant: TENANT, region: REGION, keyId, account, device: PRIMARY_DEVICE };
      return openAddress({ context, legPrivateKey: this.leg.privateKey, sealedAddress }) !== undefined;
    });
  }
}

const boxesOf = (body: MessageBody): readonly NativeBox[] => {
  switch (body.leg) {
    case 'native':
      return [...body.recipient, ...body.sync];
    case 'clear':
      return body.sync;
    case 'none':
      return [];
  }
};

/** The devices that sealed things in these requests name. */
export const devicesNamed = (heard: readonly Heard[]): readonly number[] =>
  heard.flatMap(({ body }) => {
    const message = sendMessageSchema.safeParse(body);
    return message.success ? boxesOf(message.data.body).map(({ deviceId }) => deviceId) : [];
  });

/** The legs of the messages in these requests; `none` is a message without words. */
export const legsOf = (heard: readonly Heard[]): readonly string[] =>
  heard.flatMap(({ body }) => {
    const message = sendMessageSchema.safeParse(body);
    return message.success ? [message.data.body.leg] : [];
  });

/** As it travels. */
const wire = (value: unknown): unknown => JSON.parse(toWireJson(value));
