import type { DeviceKeys, UploadKeysRequest } from '@causeway/api-contract';
import { POLICIES } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import type { UnitOfWork } from './device-store.js';
import { RECORDS, type PreKeyState, type Self } from './records.js';
import { Serial } from './serial.js';
import { signalDevice } from './sessions.js';

const DAY_MS = 86_400_000;

/** Signal's figures (STANDARDS 2.1: Signal-Android's PreKeysSyncJob), fewer Kyber keys because each is 1.6 kB. */
export const PRE_KEY_POLICY = {
  oneTimeEc: 100,
  oneTimeKyber: 20,
  refillBelow: 10,
  rotateAfterMs: 2 * DAY_MS,
  /** Nothing is sent with signed keys older than this: others could not start sessions as safely as we promise. */
  oldestForSendingMs: 14 * DAY_MS,
  /** Longer than anything may be under way. */
  keepReplacedMs: POLICIES['undelivered-envelope'].maxSeconds * 1000,
} as const;

/** Key ids are 24 bits and start again at 1, long after their first owners are gone. */
const KEY_IDS = 0xffffff;
const idFrom = (count: number): number => (count % KEY_IDS) + 1;

type PublishedKeys = Pick<DeviceKeys, 'signedPreKey' | 'lastResortKyber' | 'oneTime'>;
type OneTimeKeys = DeviceKeys['oneTime'];

/** The first keys of a device, for its registration. */
export async function firstKeys(unit: UnitOfWork, self: Self, nowMs: number): Promise<PublishedKeys> {
  const signal = signalDevice(unit, self);
  const signedKeyId = idFrom(0);
  const signed = await signal.generateSignedPreKeys({ signedPreKeyId: signedKeyId, lastResortKyberId: signedKeyId });
  const oneTime = await makeOneTimeKeys(unit, self, idFrom(1));
  const nextKeyId = 1 + PRE_KEY_POLICY.oneTimeEc;
  unit.put(RECORDS.preKeys, 'current', { nextKeyId, signedKeyId, signedAtMs: nowMs, replaced: [] });
  return { ...signed, oneTime };
}

async function makeOneTimeKeys(unit: UnitOfWork, self: Self, firstId: number): Promise<OneTimeKeys> {
  const { oneTimeEc: count, oneTimeKyber } = PRE_KEY_POLICY;
  const made = await signalDevice(unit, self).generatePreKeys({ firstId, count });
  for (const { keyId } of made.kyber.slice(oneTimeKyber)) unit.deleteBytes('kyber-pre-key', String(keyId));
  return { ec: [...made.ec], kyber: made.kyber.slice(0, oneTimeKyber) };
}

/** Keeps enough one-time keys at the gateway and the signed keys young. */
export class PreKeys {
  readonly #serial = new Serial();

  constructor(private readonly context: DeviceContext) {}

  /** Call on start and after every first message of a session. Concurrent calls wait for each other. */
  maintain(): Promise<void> {
    return this.#serial.run(async () => {
      await this.#rotateIfDue();
      await this.#refillIfDue();
    });
  }

  /** False when the signed keys are too old to send with and could not be replaced. */
  async areYoungEnough(): Promise<boolean> {
    const state = await this.#state();
    return this.context.nowMs() - state.signedAtMs <= PRE_KEY_POLICY.oldestForSendingMs;
  }

  async #refillIfDue(): Promise<void> {
    const count = await this.context.api.keyCount();
    const isEcLow = count.ec < PRE_KEY_POLICY.refillBelow;
    const isKyberLow = count.kyber < PRE_KEY_POLICY.refillBelow;
    if (!isEcLow && !isKyberLow) return;
    const made = await this.context.store.unit(async (unit) => {
      const state = await this.#advance(unit, PRE_KEY_POLICY.oneTimeEc);
      return makeOneTimeKeys(unit, this.context.own.current, idFrom(state.nextKeyId));
    });
    // A list that is sent replaces its kind: keys of the other kind that are still out there stay.
    await this.#upload({
      oneTime: { ...(isEcLow ? { ec: made.ec } : {}), ...(isKyberLow ? { kyber: made.kyber } : {}) },
    });
  }

  async #rotateIfDue(): Promise<void> {
    const { context } = this;
    const before = await this.#state();
    if (context.nowMs() - before.signedAtMs < PRE_KEY_POLICY.rotateAfterMs) return this.#dropExpired();
    const made = await context.store.unit(async (unit) => {
      const state = await this.#advance(unit, 1);
      const keyId = idFrom(state.nextKeyId);
      const ids = { signedPreKeyId: keyId, lastResortKyberId: keyId };
      return { keyId, keys: await signalDevice(unit, context.own.current).generateSignedPreKeys(ids) };
    });
    await this.#upload(made.keys);
    await context.store.unit(async (unit) => {
      const state = (await unit.get(RECORDS.preKeys, 'current')) ?? before;
      const replaced = [...state.replaced, { keyId: state.signedKeyId, replacedAtMs: context.nowMs() }];
      unit.put(RECORDS.preKeys, 'current', {
        ...state,
        signedKeyId: made.keyId,
        signedAtMs: context.nowMs(),
        replaced,
      });
    });
    await this.#dropExpired();
  }

  async #dropExpired(): Promise<void> {
    const { own, store, nowMs } = this.context;
    await store.unit(async (unit) => {
      const state = await this.#state();
      const limit = nowMs() - PRE_KEY_POLICY.keepReplacedMs;
      const expired = state.replaced.filter(({ replacedAtMs }) => replacedAtMs <= limit);
      if (expired.length === 0) return;
      const signal = signalDevice(unit, own.current);
      for (const { keyId } of expired)
        await signal.deleteSignedPreKeys({ signedPreKeyId: keyId, lastResortKyberId: keyId });
      const replaced = state.replaced.filter(({ replacedAtMs }) => replacedAtMs > limit);
      unit.put(RECORDS.preKeys, 'current', { ...state, replaced });
    });
  }

  async #advance(unit: UnitOfWork, count: number): Promise<PreKeyState> {
    const state = (await unit.get(RECORDS.preKeys, 'current')) ?? (await this.#state());
    unit.put(RECORDS.preKeys, 'current', { ...state, nextKeyId: state.nextKeyId + count });
    return state;
  }

  async #state(): Promise<PreKeyState> {
    const state = await this.context.store.get(RECORDS.preKeys, 'current');
    if (!state) throw new Error('this device has no pre-keys');
    return state;
  }

  async #upload(keys: {
    readonly signedPreKey?: unknown;
    readonly lastResortKyber?: unknown;
    readonly oneTime?: UploadKeysRequest['oneTime'];
  }): Promise<void> {
    await this.context.api.uploadKeys(keys);
  }
}
