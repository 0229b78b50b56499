import type { Alarm } from './alarm.js';
import type { DeviceEvents } from './device-events.js';
import type { DeviceStore, UnitOfWork } from './device-store.js';
import type { GatewayApi } from './gateway-api.js';
import { RECORDS, type Self } from './records.js';

/** This device as it knows itself; memory follows the disk, never the other way round. */
export class OwnDevice {
  #current: Self;

  private constructor(current: Self) {
    this.#current = current;
  }

  static async load(store: DeviceStore): Promise<OwnDevice | undefined> {
    const self = await store.get(RECORDS.self, 'self');
    return self && new OwnDevice(self);
  }

  get current(): Self {
    return this.#current;
  }

  async change(unit: UnitOfWork, part: Partial<Self>): Promise<Self> {
    const next = { ...((await unit.get(RECORDS.self, 'self')) ?? this.#current), ...part };
    unit.put(RECORDS.self, 'self', next);
    unit.afterCommit(() => {
      this.#current = next;
    });
    return next;
  }
}

/** What every part of a device works with. */
export interface DeviceContext {
  readonly store: DeviceStore;
  readonly api: GatewayApi;
  /** Ends every call of `api`, now and from now on. */
  readonly calls: AbortController;
  readonly events: DeviceEvents;
  readonly own: OwnDevice;
  /** Rings when a message has to leave this device. */
  readonly alarm: Alarm;
  /** Unix milliseconds. */
  readonly nowMs: () => number;
}

export const nowSeconds = (context: DeviceContext): number => Math.floor(context.nowMs() / 1000);

/** The next value of a counter, from 1; part of the unit. */
export async function nextCount(unit: UnitOfWork, name: string): Promise<number> {
  const next = ((await unit.get(RECORDS.counter, name)) ?? 0) + 1;
  unit.put(RECORDS.counter, name, next);
  return next;
}
