import {
  equalBytes,
  mintBoxId,
  parseTenantId,
  type AccountId,
  type Bytes,
  type MessageId,
} from '@causeway/message-model';
import type { NativeBox, PreKeyBundle } from '@causeway/api-contract';
import { SignalDevice, sealToDevice, type EncryptResult, type ListedDevice } from '@causeway/signal-protocol';
import type { UnitOfWork } from './device-store.js';
import { RECORDS, type Pin, type Self } from './records.js';
import { pinnedDevices } from './trust.js';
import { TrustError } from './trust-error.js';

/** A device on a verified list; there is no other way to become a recipient. */
export interface Recipient {
  readonly account: AccountId;
  readonly address: string;
  readonly device: ListedDevice;
}

export const recipientsOf = (pin: Pin): readonly Recipient[] =>
  pinnedDevices(pin).map((device) => ({ account: pin.account, address: pin.address, device }));

/** The Signal state as one unit of work sees it: whatever a session does is committed with what it was done for. */
export function signalDevice(unit: UnitOfWork, self: Self): SignalDevice {
  return new SignalDevice(
    self,
    {
      get: (collection, key) => unit.getBytes(collection, key),
      put: (collection, key, value) => unit.putBytes(collection, key, value),
      delete: (collection, key) => unit.deleteBytes(collection, key),
    },
    {
      isTrusted: async (account, deviceId, identityKey) => {
        const pin = await pinOfAccount(unit, account);
        const listed = pin && pinnedDevices(pin).find((device) => device.deviceId === deviceId);
        return listed !== undefined && equalBytes(listed.identityKey, identityKey);
      },
    },
  );
}

/** The verified list of an account, also of our own. */
export async function pinOfAccount(unit: Pick<UnitOfWork, 'get'>, account: AccountId): Promise<Pin | undefined> {
  const self = await unit.get(RECORDS.self, 'self');
  if (self?.account === account) return self.list;
  const address = await unit.get(RECORDS.addressOfAccount, account);
  const pin = address === undefined ? undefined : (await unit.get(RECORDS.peer, address))?.pin;
  return pin?.account === account ? pin : undefined;
}

export type SealedForDevices =
  | { readonly kind: 'sealed'; readonly boxes: readonly NativeBox[] }
  | { readonly kind: 'sessions-needed'; readonly recipients: readonly Recipient[] };

interface Sealing {
  readonly self: Self;
  readonly messageId: MessageId;
  readonly plaintext: Bytes;
  readonly recipients: readonly Recipient[];
}

/** Nothing is encrypted to anybody before there is a session with everybody. */
export async function sealForDevices(unit: UnitOfWork, sealing: Sealing): Promise<SealedForDevices> {
  const signal = signalDevice(unit, sealing.self);
  const missing: Recipient[] = [];
  for (const recipient of sealing.recipients) {
    if (!(await signal.hasSession(recipient.account, recipient.device.deviceId))) missing.push(recipient);
  }
  if (missing.length > 0) return { kind: 'sessions-needed', recipients: missing };
  const boxes: NativeBox[] = [];
  for (const recipient of sealing.recipients) {
    const encrypted = await signal.encrypt(recipient.account, recipient.device.deviceId, sealing.plaintext);
    if (encrypted.kind !== 'encrypted' || encrypted.registrationId !== recipient.device.registrationId) {
      await signal.deleteSession(recipient.account, recipient.device.deviceId);
      missing.push(recipient);
    } else {
      boxes.push(boxFor(recipient, sealing, encrypted));
    }
  }
  return missing.length > 0 ? { kind: 'sessions-needed', recipients: missing } : { kind: 'sealed', boxes };
}

function boxFor(
  { account, device }: Recipient,
  { self, messageId }: Sealing,
  { signalType, signalMessage }: Extract<EncryptResult, { kind: 'encrypted' }>,
): NativeBox {
  const boxId = mintBoxId();
  const box = sealToDevice({
    context: { tenant: tenantOf(self), account, device: device.deviceId, sealKeyId: device.sealKeyId, boxId },
    sealPublicKey: device.sealKey,
    body: {
      leg: 'native',
      messageId,
      senderAccount: self.account,
      senderDevice: self.deviceId,
      signalType,
      signalMessage,
    },
  });
  return { deviceId: device.deviceId, registrationId: device.registrationId, sealKeyId: device.sealKeyId, boxId, box };
}

/** Starts a session from pre-keys, which have to be those of the listed device and of no other. */
export async function startSession(
  unit: UnitOfWork,
  self: Self,
  recipient: Recipient,
  bundle: PreKeyBundle,
): Promise<void> {
  const { device, account, address } = recipient;
  const isListed =
    bundle.deviceId === device.deviceId &&
    bundle.registrationId === device.registrationId &&
    equalBytes(bundle.identityKey, device.identityKey);
  if (!isListed) throw new TrustError('bundle-identity', address);
  const started = await signalDevice(unit, self).startSession(account, device.deviceId, bundle);
  if (started.kind === 'refused') {
    throw new TrustError(started.reason === 'untrusted' ? 'bundle-identity' : 'bundle-signature', address);
  }
}

export function tenantOf(self: Self): NonNullable<ReturnType<typeof parseTenantId>> {
  const tenant = parseTenantId(self.tenant);
  if (!tenant) throw new Error('this device was registered without a valid tenant');
  return tenant;
}
