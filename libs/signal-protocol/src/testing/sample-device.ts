import { mintAccountId } from '@causeway/message-model';
import { generateKeyPair, generateRegistrationId } from '../key-pair.js';
import type { PreKeyBundleParts } from '../pre-keys.js';
import type { DeviceTrust, LocalDevice } from '../protocol-store.js';
import { SignalDevice } from '../signal-device.js';
import { MemoryProtocolStore } from './memory-protocol-store.js';
import { sampleDevice } from './sample-ids.js';

const TRUSTS_ALL: DeviceTrust = { isTrusted: async () => true };

/** A device with a store of its own, as a test needs it. */
export interface SampleDevice {
  readonly local: LocalDevice;
  readonly store: MemoryProtocolStore;
  readonly signal: SignalDevice;
}

export function makeDevice(deviceNumber: number, trust: DeviceTrust = TRUSTS_ALL): SampleDevice {
  const identity = generateKeyPair();
  const local = {
    account: mintAccountId(),
    deviceId: sampleDevice(deviceNumber),
    registrationId: generateRegistrationId(),
    identityKey: identity.publicKey,
    identityPrivateKey: identity.privateKey,
  };
  return restart({ local, store: new MemoryProtocolStore() }, trust);
}

/** The same device in a new process. */
export function restart(device: Pick<SampleDevice, 'local' | 'store'>, trust: DeviceTrust = TRUSTS_ALL): SampleDevice {
  const store = device.store.copy();
  return { local: device.local, store, signal: new SignalDevice(device.local, store, trust) };
}

/** Publishes keys and takes one bundle, as the server would hand it out. */
export async function takeBundle(device: SampleDevice, from: 'one-time' | 'last-resort'): Promise<PreKeyBundleParts> {
  const offset = device.store.keys('kyber-pre-key').length + device.store.keys('kyber-used').length;
  const signed = await device.signal.generateSignedPreKeys({
    signedPreKeyId: 5000 + offset,
    lastResortKyberId: 9000 + offset,
  });
  const oneTime = await device.signal.generatePreKeys({ firstId: 1 + offset * 10, count: 1 });
  const isOneTime = from === 'one-time';
  return {
    registrationId: device.local.registrationId,
    identityKey: device.local.identityKey,
    preKey: isOneTime ? (oneTime.ec[0] ?? null) : null,
    signedPreKey: signed.signedPreKey,
    kyberPreKey: (isOneTime ? oneTime.kyber[0] : undefined) ?? signed.lastResortKyber,
  };
}
