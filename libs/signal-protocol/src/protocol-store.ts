import type { AccountId, Bytes, DeviceId } from '@causeway/message-model';

/** What a Signal device keeps. Every value but a public identity is secret. */
export type ProtocolCollection = 'session' | 'identity' | 'pre-key' | 'signed-pre-key' | 'kyber-pre-key' | 'kyber-used';

/**
 * Where a `SignalDevice` keeps its state. One operation reads first and writes last, so a caller can put the writes into
 * a transaction together with the message they belong to. Keys are opaque texts.
 */
export interface ProtocolStore {
  get(collection: ProtocolCollection, key: string): Promise<Bytes | undefined>;
  put(collection: ProtocolCollection, key: string, value: Bytes): void | Promise<void>;
  delete(collection: ProtocolCollection, key: string): void | Promise<void>;
}

/** Says whether a device's identity key is on the account's verified device list. */
export interface DeviceTrust {
  isTrusted(account: AccountId, deviceId: DeviceId, identityKey: Bytes): Promise<boolean>;
}

/** This device: its place in its account and its identity. */
export interface LocalDevice {
  readonly account: AccountId;
  readonly deviceId: DeviceId;
  readonly registrationId: number;
  readonly identityKey: Bytes;
  readonly identityPrivateKey: Bytes;
}
