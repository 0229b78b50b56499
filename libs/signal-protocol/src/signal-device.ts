import { toBytes, type AccountId, type Bytes, type DeviceId } from '@causeway/message-model';
import {
  CiphertextMessageType,
  KEMPublicKey,
  PreKeyBundle,
  PreKeySignalMessage,
  ProtocolAddress,
  PublicKey,
  SignalMessage,
  processPreKeyBundle,
  signalDecrypt,
  signalDecryptPreKey,
  signalEncrypt,
} from '@signalapp/libsignal-client';
import type { SignalType } from './device-box.js';
import { isPublicKey } from './key-pair.js';
import { KeyedLock } from './keyed-lock.js';
import { LIMITS } from './limits.js';
import { makePreKeys, makeSignedPreKeys } from './make-pre-keys.js';
import type { PreKeyBatch, PreKeyBundleParts, SignedPreKeys } from './pre-keys.js';
import type { DeviceTrust, LocalDevice, ProtocolStore } from './protocol-store.js';
import { SignalOperation, type Refusal } from './signal-operation.js';

/** A Signal message for one device, or sent by one. */
export interface SignalCiphertext {
  readonly signalType: SignalType;
  readonly signalMessage: Bytes;
}

/** What came of starting a session; a fresh bundle helps against `invalid-bundle` at most. */
export type StartSessionResult =
  | { readonly kind: 'started' }
  /** `untrusted`: the identity key is not on the verified list. `invalid-bundle`: a key or signature is wrong. */
  | { readonly kind: 'refused'; readonly reason: 'untrusted' | 'invalid-bundle' };

/** What came of encrypting for one device. Only `encrypted` has moved the session on. */
export type EncryptResult =
  /** `registrationId` is the recipient's, as the session knows it. */
  | ({ readonly kind: 'encrypted'; readonly registrationId: number } & SignalCiphertext)
  /** None, or one that was never answered in 30 days: start one. */
  | { readonly kind: 'no-session' }
  /** The identity key of the session is no longer on the verified list. */
  | { readonly kind: 'untrusted' };

/** What came of decrypting. Only `plaintext` has moved the session on, and a retry helps in no other case. */
export type DecryptResult =
  | { readonly kind: 'plaintext'; readonly bytes: Bytes }
  /** Decrypted before, or too old to tell. */
  | { readonly kind: 'duplicate' }
  /** `no-session`: no session, or a pre-key that is gone. `corrupt`: tampered with, malformed, or a replayed first message. */
  | { readonly kind: 'undecryptable'; readonly reason: 'untrusted' | 'no-session' | 'corrupt' };

/**
 * The Signal sessions of one device (PQXDH, Double Ratchet). A session's address is (account id, device id).
 *
 * libsignal has no lock: two operations on one session at a time damage it for good. Operations here wait for each
 * other per remote device, within this instance: have one instance per device, or make one per unit of work and let no
 * two units of work run at a time. Each operation reads first, then writes all it changes in one go, so that a unit of
 * work commits the ratchet with the message it made.
 * After a unit of work that was rolled back, send nothing that came out of it. Failures of the store are rethrown.
 */
export class SignalDevice {
  readonly #local: LocalDevice;
  readonly #store: ProtocolStore;
  readonly #trust: DeviceTrust;
  readonly #localAddress: ProtocolAddress;
  readonly #lock = new KeyedLock();

  constructor(local: LocalDevice, store: ProtocolStore, trust: DeviceTrust) {
    this.#local = local;
    this.#store = store;
    this.#trust = trust;
    this.#localAddress = addressOf(local.account, local.deviceId);
  }

  /**
   * Makes and keeps one-time keys, EC and Kyber under the same ids, and returns what to publish. Kyber ids are shared
   * with the last-resort keys. Throws when an id is taken: its key may be published, and writing over it loses messages.
   */
  generatePreKeys(range: { readonly firstId: number; readonly count: number }): Promise<PreKeyBatch> {
    return this.#lock.run('pre-keys', () => makePreKeys(this.#operation(), this.#local, range));
  }

  /** Makes and keeps a signed EC key and a last-resort Kyber key, and returns what to publish. Throws when an id is taken. */
  generateSignedPreKeys(ids: {
    readonly signedPreKeyId: number;
    readonly lastResortKyberId: number;
  }): Promise<SignedPreKeys> {
    return this.#lock.run('pre-keys', () => makeSignedPreKeys(this.#operation(), this.#local, ids));
  }

  /** Removes replaced keys once no message that used them can be under way any more. Unknown ids are fine. */
  async deleteSignedPreKeys(ids: {
    readonly signedPreKeyId: number;
    readonly lastResortKyberId: number;
  }): Promise<void> {
    await this.#store.delete('signed-pre-key', String(ids.signedPreKeyId));
    await this.#store.delete('kyber-pre-key', String(ids.lastResortKyberId));
  }

  /** Whether `encrypt` has a session to use. */
  hasSession(account: AccountId, device: DeviceId): Promise<boolean> {
    return this.#exclusively(account, device, async (operation, remote) => {
      const session = await operation.sessions.getSession(remote);
      return session?.hasCurrentState() ?? false;
    });
  }

  /** Starts a session from a device's published keys, in place of one there may be. */
  startSession(account: AccountId, device: DeviceId, bundle: PreKeyBundleParts): Promise<StartSessionResult> {
    return this.#exclusively(account, device, async (operation, remote) => {
      const parsed = parseBundle(device, bundle);
      if (!parsed) return { kind: 'refused', reason: 'invalid-bundle' };
      const { sessions, identities } = operation;
      const attempted = await operation.attempt(() =>
        processPreKeyBundle(parsed, remote, this.#localAddress, sessions, identities),
      );
      if (attempted.kind === 'done') return { kind: 'started' };
      return { kind: 'refused', reason: attempted.refusal === 'untrusted' ? 'untrusted' : 'invalid-bundle' };
    });
  }

  /** Forgets a session: the device was set up again (410), or left the list. */
  deleteSession(account: AccountId, device: DeviceId): Promise<void> {
    return this.#exclusively(account, device, async (operation, remote) => {
      operation.staged.delete('session', remote.toString());
      await operation.staged.commit();
    });
  }

  /** Encrypts for one device. Adds about 107 bytes, about 1,800 until the other side has answered. */
  encrypt(account: AccountId, device: DeviceId, plaintext: Uint8Array): Promise<EncryptResult> {
    return this.#exclusively(account, device, async (operation, remote) => {
      const { sessions, identities } = operation;
      const session = await sessions.getSession(remote);
      if (!session?.hasCurrentState()) return { kind: 'no-session' };
      const attempted = await operation.attempt(() =>
        signalEncrypt(toBytes(plaintext), remote, this.#localAddress, sessions, identities),
      );
      if (attempted.kind === 'refused') return { kind: attempted.refusal === 'untrusted' ? 'untrusted' : 'no-session' };
      return {
        kind: 'encrypted',
        signalType: attempted.result.type() === CiphertextMessageType.PreKey ? 'pre-key' : 'message',
        signalMessage: attempted.result.serialize(),
        registrationId: session.remoteRegistrationId(),
      };
    });
  }

  /** Decrypts what one device sent. A refused message changes nothing that is stored. */
  decrypt(account: AccountId, device: DeviceId, message: SignalCiphertext): Promise<DecryptResult> {
    return this.#exclusively(account, device, async (operation, remote) => {
      if (message.signalMessage.length > LIMITS.signalMessageBytes) return undecryptable('corrupt');
      if (message.signalType === 'message' && !(await operation.sessions.getSession(remote))) {
        return undecryptable('no-session');
      }
      const attempted = await operation.attempt(() => this.#decrypted(operation, remote, message));
      return attempted.kind === 'done' ? { kind: 'plaintext', bytes: attempted.result } : refused(attempted.refusal);
    });
  }

  async #decrypted(operation: SignalOperation, remote: ProtocolAddress, message: SignalCiphertext): Promise<Bytes> {
    const bytes = toBytes(message.signalMessage);
    const { sessions, identities, preKeys, signedPreKeys, kyberPreKeys } = operation;
    if (message.signalType === 'message') {
      return signalDecrypt(SignalMessage.deserialize(bytes), remote, this.#localAddress, sessions, identities);
    }
    const first = PreKeySignalMessage.deserialize(bytes);
    const stores = [sessions, identities, preKeys, signedPreKeys, kyberPreKeys] as const;
    return signalDecryptPreKey(first, remote, this.#localAddress, ...stores);
  }

  #operation(): SignalOperation {
    return new SignalOperation(this.#store, this.#local, this.#trust);
  }

  #exclusively<Result>(
    account: AccountId,
    device: DeviceId,
    work: (operation: SignalOperation, remote: ProtocolAddress) => Promise<Result>,
  ): Promise<Result> {
    const remote = addressOf(account, device);
    return this.#lock.run(remote.toString(), () => work(this.#operation(), remote));
  }
}

const addressOf = (account: AccountId, device: DeviceId): ProtocolAddress => ProtocolAddress.new(account, device);

const undecryptable = (reason: 'untrusted' | 'no-session' | 'corrupt'): DecryptResult => ({
  kind: 'undecryptable',
  reason,
});

function refused(refusal: Refusal): DecryptResult {
  switch (refusal) {
    case 'duplicate':
      return { kind: 'duplicate' };
    case 'untrusted':
      return undecryptable('untrusted');
    case 'no-key':
      return undecryptable('no-session');
    case 'invalid':
      return undecryptable('corrupt');
  }
}

function parseBundle(device: DeviceId, parts: PreKeyBundleParts): PreKeyBundle | undefined {
  const { preKey, signedPreKey, kyberPreKey } = parts;
  const keys = [parts.identityKey, signedPreKey.publicKey, ...(preKey ? [preKey.publicKey] : [])];
  if (!keys.every(isPublicKey)) return undefined;
  try {
    return PreKeyBundle.new(
      parts.registrationId,
      device,
      preKey ? preKey.keyId : null,
      preKey ? PublicKey.deserialize(preKey.publicKey) : null,
      signedPreKey.keyId,
      PublicKey.deserialize(signedPreKey.publicKey),
      signedPreKey.signature,
      PublicKey.deserialize(parts.identityKey),
      kyberPreKey.keyId,
      KEMPublicKey.deserialize(kyberPreKey.publicKey),
      kyberPreKey.signature,
    );
  } catch {
    return undefined;
  }
}
