import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from '@causeway/client';
import { faultsAtDevices } from '../support/delivery-check.js';
import { canRunRedis } from '../support/redis.js';
import { Acknowledgements, Recorder, textOf, type Conversation } from '../support/traffic.js';
import { WideWorld } from '../support/wide-world.js';
import { eventually } from '../support/world.js';

/** Well before the gateway's next ping, at which it looks into inboxes by itself: what comes sooner was a wake. */
const WOKEN_WITHIN_MS = 6_000;
const PER_CONVERSATION = 20;

function gatewaysOn(queue: 'postgres' | 'redis'): void {
  describe(`three gateways and two workers, with the queue on ${queue}`, () => {
    let wide: WideWorld;
    beforeAll(async () => {
      wide = await WideWorld.start({ gateways: 3, workers: 2, queue });
    }, 120_000);
    afterAll(async () => wide.close(), 30_000);

    const url = (index: number): string => wide.gatewayUrls[index] ?? '';
    async function arrives(device: Recorder, text: string): Promise<void> {
      await eventually(() => device.shown.some((message) => message.text === text), {
        what: `${text} at ${device.name}`,
        withinMs: WOKEN_WITHIN_MS,
      });
    }

    it('reach a device wherever its socket is: messages, requests, grants and receipts', async () => {
      const people = await Promise.all(
        [0, 1, 2].map(async (index) => new Recorder(`p${index}`, await wide.world.register(`p${index}`, url(index)))),
      );
      for (const from of people) {
        for (const to of people.filter((other) => other !== from)) {
          const words = textOf(`${from.name} to ${to.name}`, 1);
          const sent = await from.device.send(to.device.address, words);
          if (sent.state.kind === 'waiting-on-sender') {
            await eventually(async () => (await to.device.requests()).length > 0, { what: 'a request' });
            for (const request of await to.device.requests()) await to.device.accept(request);
          }
          await arrives(to, words);
          await eventually(async () => (await shownState(from.device, words)) === 'delivered', {
            what: `${from.name} learns of the delivery, unasked`,
            withinMs: WOKEN_WITHIN_MS,
          });
        }
      }
    }, 90_000);

    it('reach a device that moved to another gateway, and one whose gateway was started again', async () => {
      const ada = await wide.world.register('ada', wide.balancer.url);
      const bob = new Recorder('bob', await wide.world.register('bob', url(1)));
      await wide.world.befriend(ada, bob.device);
      await wide.gateways[1]?.stop('SIGKILL');
      await ada.send(bob.device.address, 'while your gateway was dead');
      await wide.gateways[1]?.start();
      await eventually(() => bob.shown.some(({ text }) => text === 'while your gateway was dead'), {
        what: 'what came while the gateway was dead',
      });
      await ada.send(bob.device.address, 'after its start');
      await arrives(bob, 'after its start');
    }, 90_000);

    it('lose and repeat nothing when one of them is killed: its devices go to another by themselves', async () => {
      const names = ['cleo', 'dov', 'eli', 'fay', 'gus', 'hal'];
      const devices = await Promise.all(
        names.map(async (name) => new Recorder(name, await wide.world.register(name, wide.balancer.url))),
      );
      const conversations = devices.flatMap((from, index): Conversation[] => {
        const to = devices[(index + 1) % devices.length];
        const name = `${from.name} to ${to?.name}`;
        return to ? [{ name, sender: from.device, to: to.device.address, receivers: [to], options: {} }] : [];
      });
      for (const [index, each] of conversations.entries())
        await devices[(index + 1) % devices.length]?.device.allow(each.sender.address);
      const acknowledgements = new Acknowledgements();
      const traffic = Promise.all(
        conversations.map((each) => acknowledgements.submit(each, { from: 1, to: PER_CONVERSATION })),
      );
      await eventually(() => acknowledgements.texts.size > PER_CONVERSATION, { what: 'traffic is under way' });
      await wide.gateways[0]?.stop('SIGKILL');
      await traffic;
      await eventually(() => devices.every(({ shown }) => shown.length >= PER_CONVERSATION), {
        what: 'everything arrives with one gateway dead',
        withinMs: 30_000,
      });
      for (const { name, receivers } of conversations)
        expect(faultsAtDevices(name, PER_CONVERSATION, receivers)).toEqual([]);
      await wide.gateways[0]?.start();
    }, 120_000);
  });
}

gatewaysOn('postgres');
if (canRunRedis()) gatewaysOn('redis');

async function shownState(device: Device, text: string): Promise<string | undefined> {
  return (await device.messages()).find((message) => message.text === text)?.state?.kind;
}
