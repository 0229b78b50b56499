import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RouteSwitch } from '@causeway/client';
import type { LiarsWorld } from '../support/liars-world.js';
import { HERE, link, linked, reads, THERE, twoNetworks, unlink, write } from '../support/linked-people.js';
import { eventually } from '../support/world.js';

const TEST_MS = 60_000;

let liars: LiarsWorld;
beforeAll(async () => {
  liars = await twoNetworks();
}, 90_000);
afterAll(async () => liars.close(), 30_000);

describe('an order that names the network of another account', () => {
  it(
    'leads the next message there, end-to-end encrypted, and the one after the next change back again',
    async () => {
      const all = await linked(liars, 'lead');
      const { ada, kim, there } = all;
      const switches = new Map<string, RouteSwitch[]>([
        ['ada', []],
        ['kim', []],
      ]);
      ada.device.on('route-switched', (told) => void switches.get('ada')?.push(told));
      kim.device.on('route-switched', (told) => void switches.get('kim')?.push(told));
      const sent = await write(all, 'to the other one');
      expect(sent.to).toBe(there.device.address);
      await reads(there, 'to the other one');
      await eventually(async () => (await ada.device.status(sent.messageId)).state.kind === 'delivered');
      expect(kim.texts()).not.toContain('to the other one');
      const { pin } = { pin: await ada.device.safetyNumber(there.device.address) };
      expect(await there.device.safetyNumber(ada.device.address)).toBe(pin);

      await there.device.send(ada.device.address, 'an answer from there');
      await eventually(async () => (await ada.device.messages()).some(({ text }) => text === 'an answer from there'));
      await write(all, 'it stays so');
      await reads(there, 'it stays so');

      await kim.device.routing.set({ order: [HERE, THERE] });
      expect((await write(all, 'and back')).to).toBe(kim.device.address);
      await reads(kim, 'and back');
      for (const told of switches.values()) {
        await eventually(() => told.length === 2, { what: 'both are told of both switches' });
        expect(told.map(({ address }) => address)).toEqual([there.device.address, kim.device.address]);
      }
      expect(ada.troubles).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'is explained to whoever has a grant, and moves nobody to whom it was not said',
    async () => {
      const { ada, kim, there } = await linked(liars, 'explain');
      const stranger = await liars.deceived('explain-stranger');
      expect((await ada.device.routing.explain(kim.device.address)).ways).toEqual([
        { network: 'native', confidentiality: 'sealed', outcome: 'next', address: kim.device.address },
        { network: 'native', confidentiality: 'sealed', outcome: 'taken', address: there.device.address },
      ]);
      const nobody = `mimi://${HERE}/u/nobody-at-all`;
      expect(await stranger.device.routing.explain(kim.device.address)).toEqual(
        await stranger.device.routing.explain(nobody),
      );
      await kim.device.routing.set({ order: [HERE] }, ada.device.address);
      expect((await ada.device.routing.explain(kim.device.address)).ways).toEqual([
        { network: 'native', confidentiality: 'sealed', outcome: 'taken' },
      ]);
    },
    TEST_MS,
  );

  it(
    'asks for both people to take part in conversations between networks',
    async () => {
      const all = await linked(liars, 'cross');
      await all.there.device.links.setCrossNetwork(false);
      expect((await write(all, 'their switch')).to).toBe(all.kim.device.address);
      const { ways } = await all.ada.device.routing.explain(all.kim.device.address);
      expect(ways).toContainEqual(
        expect.objectContaining({ address: all.there.device.address, outcome: 'closed', why: 'their choice' }),
      );
      await all.there.device.links.setCrossNetwork(true);
      await all.ada.device.links.setCrossNetwork(false);
      expect((await write(all, 'her switch')).to).toBe(all.kim.device.address);
      await all.ada.device.links.setCrossNetwork(true);
      // a way that was closed is not gone back to by itself: it takes another word of the recipient's
      await all.kim.device.routing.set({ order: [THERE] });
      expect((await write(all, 'both')).to).toBe(all.there.device.address);
    },
    TEST_MS,
  );
});

describe('a block by either account', () => {
  it.each([['kim'], ['there']] as const)(
    'by %s stops what is led, and does not show',
    async (who) => {
      const all = await linked(liars, `block-${who}`);
      await write(all, 'before');
      await reads(all.there, 'before');
      const plan = await all.ada.device.routing.explain(all.kim.device.address);
      await all[who].device.block(all.ada.device.address);
      const sent = await write(all, 'not to be read');
      expect(sent.to).toBe(all.there.device.address);
      expect(await all.ada.device.routing.explain(all.kim.device.address)).toEqual(plan);
      await all[who].device.allow(all.ada.device.address);
      await write(all, 'after');
      await reads(all.there, 'after');
      expect(all.there.texts()).toEqual(['before', 'after']);
      expect((await all.ada.device.status(sent.messageId)).state.kind).not.toBe('delivered');
    },
    TEST_MS,
  );

  it(
    'that the other account made before keeps the words with the one that granted',
    async () => {
      const all = await linked(liars, 'refused');
      await all.there.device.block(all.ada.device.address);
      expect((await write(all, 'to whom it may go')).to).toBe(all.kim.device.address);
      await reads(all.kim, 'to whom it may go');
    },
    TEST_MS,
  );

  it(
    'that the granted account made before leads on, and nothing arrives until it ends',
    async () => {
      const all = await linked(liars, 'silent');
      await all.kim.device.block(all.ada.device.address);
      expect((await write(all, 'into the void')).to).toBe(all.there.device.address);
      await all.kim.device.allow(all.ada.device.address);
      await write(all, 'heard again');
      await reads(all.there, 'heard again');
      expect(all.there.texts()).toEqual(['heard again']);
    },
    TEST_MS,
  );
});

describe('a link that was taken back', () => {
  it(
    'ends the way, and the grant that came by it; made again it leads again',
    async () => {
      const all = await linked(liars, 'unlink');
      await write(all, 'while linked');
      await reads(all.there, 'while linked');
      await unlink(all);
      expect((await write(all, 'after the link')).to).toBe(all.kim.device.address);
      await reads(all.kim, 'after the link');
      const asked: string[] = [];
      all.there.device.on('request', ({ from }) => void asked.push(from));
      const direct = await all.ada.device.send(all.there.device.address, 'may I?');
      expect(direct.state).toEqual({ kind: 'waiting-on-sender', reason: 'consent' });
      await eventually(() => asked.includes(all.ada.device.address), { what: 'the other account is asked' });
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await link(all);
      expect((await write(all, 'not by itself')).to).toBe(all.kim.device.address);
      await all.kim.device.routing.set({ order: [THERE] });
      expect((await write(all, 'linked anew')).to).toBe(all.there.device.address);
      expect(all.ada.troubles).toEqual([]);
    },
    TEST_MS,
  );
});
