import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Device } from '@causeway/client';
import { Carrier } from '../../support/carrier.js';
import { eventually } from '../../support/world.js';
import type { FleetOrder } from './live-orders.js';

/** Two people with two real devices each, and a telephone that the first of them writes to. */
export interface LiveConversation {
  readonly ada: readonly [Device, Device];
  readonly bob: readonly [Device, Device];
  readonly phone: string;
  /** The number the telephone sees, once it was written to. */
  readonly bridgeNumber: string;
}

const MADE_AT_ONCE = 6;
const SETTLED_WITHIN_MS = 120_000;

/** Registers everybody, links second devices, and lets every device write once, so that no later message carries pre-keys. */
export async function makeConversations(order: FleetOrder): Promise<readonly LiveConversation[]> {
  await mkdir(order.folder, { recursive: true });
  const keyFile = join(order.folder, 'key');
  await writeFile(keyFile, randomBytes(32), { mode: 0o600 });
  const made: LiveConversation[] = [];
  let next = 0;
  const makeSome = async (): Promise<void> => {
    while (next < order.conversations) {
      const index = next;
      next += 1;
      made.push(await makeConversation(order, index, keyFile));
    }
  };
  await Promise.all(Array.from({ length: MADE_AT_ONCE }, makeSome));
  return made;
}

async function makeConversation(order: FleetOrder, index: number, keyFile: string): Promise<LiveConversation> {
  const ada = await person(order, `ada-${order.number}-${index}`, keyFile);
  const bob = await person(order, `bob-${order.number}-${index}`, keyFile);
  const received = new Map<Device, number>();
  const devices = [...ada, ...bob];
  const offs = devices.map((device) =>
    device.on('message', () => void received.set(device, (received.get(device) ?? 0) + 1)),
  );
  const settled = (messages: number): Promise<void> =>
    eventually(() => devices.every((device) => (received.get(device) ?? 0) >= messages), {
      what: 'every device shows what the others wrote',
      withinMs: SETTLED_WITHIN_MS,
    });
  await ada[0].allow(bob[0].address);
  await bob[0].allow(ada[0].address);
  await ada[0].send(bob[0].address, 'hello');
  await eventually(() => devices.every((device) => device === ada[0] || (received.get(device) ?? 0) > 0), {
    what: 'the first message arrives',
    withinMs: SETTLED_WITHIN_MS,
  });
  await bob[0].send(ada[0].address, 'hello');
  await bob[1].send(ada[0].address, 'hello');
  await ada[1].send(bob[0].address, 'hello');
  // each shows what the three others wrote
  await settled(3);
  for (const off of offs) off();
  const phone = `+1415${6_000_000 + order.number * 100_000 + index}`;
  return { ada, bob, phone, bridgeNumber: order.hasTelephones ? await firstSms(order, ada[0], phone) : '' };
}

async function person(order: FleetOrder, handle: string, keyFile: string): Promise<readonly [Device, Device]> {
  const gateway = order.gatewayUrl;
  const folderOf = (device: number): string => join(order.folder, `${handle}-${device}`);
  const primary = await Device.register({ gateway, handle, folder: folderOf(1), keyFile });
  // off until a person turns it on
  await primary.interoperability.set('sms', true);
  const offer = await Device.offer({ gateway, folder: folderOf(2), keyFile });
  const ticket = await primary.link(offer);
  return [primary, await Device.join({ folder: folderOf(2), keyFile, ticket })];
}

async function firstSms(order: FleetOrder, ada: Device, phone: string): Promise<string> {
  const carrier = new Carrier(order.carrierUrl);
  await ada.send(`tel:${phone}`, 'hello', { allowClear: ['sms'] });
  let from = '';
  const isThere = async (): Promise<boolean> => {
    from = (await carrier.received(phone))[0]?.from ?? '';
    return from !== '';
  };
  await eventually(isThere, { what: 'the first SMS arrives', withinMs: SETTLED_WITHIN_MS });
  // both have written: what follows is a conversation, not one person writing to somebody who never answers
  let isAnswered = false;
  const off = ada.on('message', () => (isAnswered = true));
  await carrier.write({ from: phone, to: from, text: 'hello' });
  await eventually(() => isAnswered, { what: 'the first answer arrives', withinMs: SETTLED_WITHIN_MS });
  off();
  return from;
}
