import { setMaxListeners } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Alarm } from './alarm.js';
import type { FolderOptions, OfferOptions, RegisterOptions, RuntimeOptions } from './device-options.js';
import { DeviceStore } from './device-store.js';
import { OwnDevice, type DeviceContext } from './device-context.js';
import { DeviceEvents } from './device-events.js';
import { isDeviceFolder } from './folder-key.js';
import { GatewayApi } from './gateway-api.js';
import { joinAccount, makeOffer } from './linking.js';
import { isTemporary, ProblemError } from './problem-error.js';
import { RECORDS, type Self } from './records.js';
import { completeRegistration, prepareRegistration } from './registration.js';

const apiFor = (gateway: string, { timeoutMs }: RuntimeOptions, signal?: AbortSignal): GatewayApi =>
  new GatewayApi({ gateway, ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(signal ? { signal } : {}) });

/** A new account with this as its primary device. A registration that was interrupted is completed as it was begun. */
export async function registerDevice(options: RegisterOptions): Promise<DeviceContext> {
  const store = await DeviceStore.open(options.folder, options);
  try {
    const begun = await store.get(RECORDS.self, 'self');
    if (begun?.isRegistered) throw new Error('this folder already holds a device; open it');
    if (await store.get(RECORDS.offer, 'current')) throw new Error('this folder made an offer; join with its ticket');
    const self = begun ?? (await beginRegistration(store, options));
    await completeRegistration(store, apiFor(self.gateway, options), self);
    return await contextOf(store, options);
  } catch (error) {
    await store.close();
    // Refused for good: another handle or invite is another account, with keys of its own.
    if (error instanceof ProblemError && !isTemporary(error)) await forgetFolder(options.folder);
    throw error;
  }
}

async function beginRegistration(store: DeviceStore, options: RegisterOptions): Promise<Self> {
  const { gateway, handle, invite } = options;
  const host = options.host ?? (await apiFor(gateway, options).describe()).nativeHost;
  return prepareRegistration(store, { gateway, host, handle, invite, nowMs: (options.nowMs ?? Date.now)() });
}

export async function openDevice(options: FolderOptions & RuntimeOptions): Promise<DeviceContext> {
  if (!(await isDeviceFolder(options.folder))) throw new Error('this folder holds no device');
  const store = await DeviceStore.open(options.folder, options);
  try {
    return await contextOf(store, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

export async function offerDevice(options: OfferOptions): Promise<string> {
  const store = await DeviceStore.open(options.folder, options);
  try {
    if (await store.get(RECORDS.self, 'self')) throw new Error('this folder already holds a device');
    const existing = await store.get(RECORDS.offer, 'current');
    return existing?.offer ?? (await makeOffer(store, options.gateway, Date.now()));
  } finally {
    await store.close();
  }
}

export async function joinDevice(options: FolderOptions & RuntimeOptions & { ticket: string }): Promise<DeviceContext> {
  const store = await DeviceStore.open(options.folder, options);
  try {
    await joinAccount(store, options.ticket);
    return await contextOf(store, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function contextOf(store: DeviceStore, options: RuntimeOptions): Promise<DeviceContext> {
  const own = await OwnDevice.load(store);
  if (!own) throw new Error('this folder holds no device yet; register or join');
  const { gateway, token, isRegistered } = own.current;
  if (!isRegistered) throw new Error('the registration of this device was interrupted; register again to complete it');
  const calls = new AbortController();
  // one of each call that is under way or waits to be repeated
  setMaxListeners(0, calls.signal);
  const api = apiFor(gateway, options, calls.signal).withToken(token);
  const nowMs = options.nowMs ?? Date.now;
  return { store, api, calls, own, events: new DeviceEvents(), alarm: new Alarm(nowMs), nowMs };
}

async function forgetFolder(folder: string): Promise<void> {
  await rm(join(folder, 'store'), { recursive: true, force: true });
  await rm(join(folder, 'folder.json'), { force: true });
}
