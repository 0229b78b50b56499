import type { DeviceKeys } from '@causeway/api-contract';
import type { Bytes, DeviceId } from '@causeway/message-model';
import { generateKeyPair, signDeviceList, type DeviceList, type ListedDevice } from '@causeway/signal-protocol';
import { nowSeconds, type DeviceContext } from './device-context.js';
import { longestUnderWayMs } from './known-policies.js';
import type { Peers } from './peers.js';
import { ProblemError } from './problem-error.js';
import { RECORDS, type Pin, type Self } from './records.js';
import { Serial } from './serial.js';
import { pinnedDevices } from './trust.js';

const DAY_SECONDS = 86_400;
const DAY_MS = DAY_SECONDS * 1000;

/** PROTOCOL 6: weekly; a replaced key opens what was under way, for as long as that may be, and a day more. */
const SEAL_KEY_AGE_MS = 7 * DAY_MS;
const KEEP_REPLACED_LONGER_MS = DAY_MS;
/** How long a device can be away and still be written to. Every list the primary signs extends it for all devices. */
const SEAL_KEY_LIFETIME_SECONDS = 180 * DAY_SECONDS;

export const sealKeyNotAfter = (nowMs: number): number => Math.floor(nowMs / 1000) + SEAL_KEY_LIFETIME_SECONDS;

/** Another device holds the account key; only it can change the device list. */
export class NotPrimaryError extends Error {
  override readonly name = 'NotPrimaryError';
  constructor() {
    super('only the primary device can change the device list');
  }
}

export type AddedDevice = DeviceKeys & { readonly deviceId: DeviceId };

/** Signs `list` and wraps it as what is believed of it. */
export function pinOf(list: DeviceList, accountKey: Bytes, accountPrivateKey: Uint8Array): Pin {
  const signed = signDeviceList(list, accountPrivateKey);
  return { account: list.account, address: list.address, accountKey, version: list.version, list: signed };
}

/** The account's own device list, changed by its primary device. */
export class OwnList {
  readonly #publishing = new Serial();

  constructor(
    private readonly context: DeviceContext,
    private readonly peers: Peers,
  ) {}

  /**
   * Publishes the next version, then keeps it: a crash in between is healed by the list itself, which verifies. When the
   * gateway knows a newer one of ours, the change is made to that.
   */
  publish(
    change: (devices: readonly ListedDevice[]) => readonly ListedDevice[],
    added: readonly AddedDevice[] = [],
  ): Promise<void> {
    return this.#publishing.run(async () => {
      try {
        await this.#publishOnce(change, added);
      } catch (error) {
        if (!(error instanceof ProblemError) || error.code !== 'device-list-stale') throw error;
        await this.peers.refreshOwn();
        await this.#publishOnce(change, added);
      }
    });
  }

  /** A new seal key every week, and none that nothing can be under way to any more. */
  async rotateSealKeyIfDue(): Promise<void> {
    const { context } = this;
    await this.#dropReplaced();
    const self = context.own.current;
    const mine = pinnedDevices(self.list).find(({ deviceId }) => deviceId === self.deviceId);
    const current = mine && (await context.store.get(RECORDS.sealKey, String(mine.sealKeyId)));
    if (!self.accountPrivateKey || !mine || !current || context.nowMs() - current.madeAtMs < SEAL_KEY_AGE_MS) return;
    const sealKeyId = mine.sealKeyId + 1;
    const next = await this.#keyToPublish(String(sealKeyId));
    await this.publish((devices) =>
      devices.map((each) => (each.deviceId === self.deviceId ? { ...each, sealKeyId, sealKey: next.publicKey } : each)),
    );
    await context.store.put(RECORDS.sealKey, String(mine.sealKeyId), { ...current, replacedAtMs: context.nowMs() });
  }

  /** One that an interrupted rotation left may be published already, and things sealed to it: it is never replaced. */
  async #keyToPublish(sealKeyId: string): Promise<{ readonly publicKey: Bytes }> {
    const { store, nowMs } = this.context;
    return store.unit(async (unit) => {
      const left = await unit.get(RECORDS.sealKey, sealKeyId);
      if (left) return left;
      const made = generateKeyPair();
      unit.put(RECORDS.sealKey, sealKeyId, { ...made, madeAtMs: nowMs(), replacedAtMs: null });
      return made;
    });
  }

  async #publishOnce(
    change: (devices: readonly ListedDevice[]) => readonly ListedDevice[],
    added: readonly AddedDevice[],
  ): Promise<void> {
    const self = this.context.own.current;
    const next = nextList(self, change, this.context);
    await this.context.api.updateDevices({ deviceList: next.list, added });
    await this.peers.believeOwn({ ...next, deviceList: next.list });
  }

  async #dropReplaced(): Promise<void> {
    const { store, nowMs } = this.context;
    await store.unit(async (unit) => {
      const keptMs = longestUnderWayMs(await unit.get(RECORDS.policies, 'current')) + KEEP_REPLACED_LONGER_MS;
      for (const { name, record } of await unit.list(RECORDS.sealKey)) {
        const isDone = record.replacedAtMs !== null && record.replacedAtMs <= nowMs() - keptMs;
        if (isDone) unit.delete(RECORDS.sealKey, name);
      }
    });
  }
}

function nextList(
  self: Self,
  change: (devices: readonly ListedDevice[]) => readonly ListedDevice[],
  context: DeviceContext,
): Pin {
  if (!self.accountPrivateKey) throw new NotPrimaryError();
  const notAfter = sealKeyNotAfter(context.nowMs());
  const devices = change(pinnedDevices(self.list)).map((device) => ({ ...device, sealKeyNotAfter: notAfter }));
  const list: DeviceList = {
    account: self.account,
    address: self.address,
    version: self.list.version + 1,
    createdAt: nowSeconds(context),
    devices,
  };
  return pinOf(list, self.accountKey, self.accountPrivateKey);
}
