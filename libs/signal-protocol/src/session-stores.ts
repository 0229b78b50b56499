import { equalBytes, parseAccountId, parseDeviceId } from '@causeway/message-model';
import {
  IdentityChange,
  IdentityKeyPair,
  IdentityKeyStore,
  PrivateKey,
  PublicKey,
  SessionRecord,
  SessionStore,
  type ProtocolAddress,
} from '@signalapp/libsignal-client';
import type { DeviceTrust, LocalDevice } from './protocol-store.js';
import type { StagedStore } from './staged-store.js';

/** libsignal's session store over one operation's view. */
export class StagedSessions extends SessionStore {
  readonly #staged: StagedStore;

  constructor(staged: StagedStore) {
    super();
    this.#staged = staged;
  }

  override async saveSession(name: ProtocolAddress, record: SessionRecord): Promise<void> {
    this.#staged.put('session', name.toString(), record.serialize());
  }

  override async getSession(name: ProtocolAddress): Promise<SessionRecord | null> {
    const record = await this.#staged.get('session', name.toString());
    return record ? SessionRecord.deserialize(record) : null;
  }

  override async getExistingSessions(names: ProtocolAddress[]): Promise<SessionRecord[]> {
    const records = await Promise.all(names.map((name) => this.getSession(name)));
    return records.filter((record) => record !== null);
  }
}

/** libsignal's identity store. What it remembers is for review; whom it trusts is on a verified device list. */
export class StagedIdentities extends IdentityKeyStore {
  readonly #staged: StagedStore;
  readonly #local: LocalDevice;
  readonly #trust: DeviceTrust;

  constructor(staged: StagedStore, local: LocalDevice, trust: DeviceTrust) {
    super();
    this.#staged = staged;
    this.#local = local;
    this.#trust = trust;
  }

  override async getIdentityKey(): Promise<PrivateKey> {
    return PrivateKey.deserialize(this.#local.identityPrivateKey);
  }

  /** Both halves are known: libsignal would work out the public one anew for every message. */
  override async getIdentityKeyPair(): Promise<IdentityKeyPair> {
    return new IdentityKeyPair(PublicKey.deserialize(this.#local.identityKey), await this.getIdentityKey());
  }

  override async getLocalRegistrationId(): Promise<number> {
    return this.#local.registrationId;
  }

  override async saveIdentity(name: ProtocolAddress, key: PublicKey): Promise<IdentityChange> {
    const known = await this.#staged.get('identity', name.toString());
    this.#staged.put('identity', name.toString(), key.serialize());
    return known && !equalBytes(known, key.serialize())
      ? IdentityChange.ReplacedExisting
      : IdentityChange.NewOrUnchanged;
  }

  override async isTrustedIdentity(name: ProtocolAddress, key: PublicKey): Promise<boolean> {
    const account = parseAccountId(name.name());
    const deviceId = parseDeviceId(name.deviceId());
    if (!account || !deviceId) return false;
    return this.#staged.guard(() => this.#trust.isTrusted(account, deviceId, key.serialize()));
  }

  override async getIdentity(name: ProtocolAddress): Promise<PublicKey | null> {
    const known = await this.#staged.get('identity', name.toString());
    return known ? PublicKey.deserialize(known) : null;
  }
}
