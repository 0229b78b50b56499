import { expect } from '@jest/globals';
import { LiarsWorld, type Deceived, type Friend } from './liars-world.js';
import { eventually } from './world.js';

/** Hosts of the two native networks. */
export const [HERE, THERE] = ['causeway.local', 'direct.example'] as const;

/** A whole Causeway with two native networks and a liar in front of it. */
export const twoNetworks = (): Promise<LiarsWorld> => LiarsWorld.start({ env: { CAUSEWAY_OTHER_NATIVE_HOSTS: THERE } });

/** Two accounts of one person, and somebody whom one of them granted. */
export interface Linked {
  readonly ada: Deceived;
  /** The account that granted Ada, and her other one on the other network. */
  readonly kim: Friend;
  readonly there: Friend;
}

export const link = async ({ kim, there }: Pick<Linked, 'kim' | 'there'>): Promise<string> =>
  kim.device.links.acceptAccount(await there.device.links.offerAccount(kim.device.address));

export async function unlink({ kim }: Pick<Linked, 'kim'>): Promise<void> {
  for (const one of await kim.device.links.list()) await kim.device.links.revoke(one);
}

/** Ada and Kim have written; Kim has another account that Ada has nothing to do with, linked, and would rather be reached there. */
export async function linked(liars: LiarsWorld, name: string): Promise<Linked> {
  const { ada, bob: kim } = await liars.pair(name);
  const there = await liars.friend(`${name}-there`, THERE);
  for (const { device } of [ada, there]) await device.links.setCrossNetwork(true);
  expect(await link({ kim, there })).toBe(there.device.address);
  await kim.device.routing.set({ order: [THERE, HERE] });
  return { ada, kim, there };
}

export const write = async ({ ada, kim }: Linked, text: string) => ada.device.send(kim.device.address, text);
export const reads = (friend: Friend, text: string) =>
  eventually(() => friend.texts().includes(text), { what: `"${text}" arrives` });
