import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultsAtDevices } from '../support/delivery-check.js';
import { canRunRedis } from '../support/redis.js';
import { moveSlot, nodeOfKey, startRedisCluster, type TestRedisCluster } from '../support/redis-cluster.js';
import { Acknowledgements, Recorder, type Conversation } from '../support/traffic.js';
import { BRIDGE_NUMBERS, eventually, World } from '../support/world.js';

const PHONE = '+14155550177';
const HALF = 30;

if (!canRunRedis()) it.skip('the journeys on a Redis Cluster: needs redis-server', () => undefined);
else {
  let cluster: TestRedisCluster;
  let world: World;
  beforeAll(async () => {
    cluster = await startRedisCluster();
    const env = { CAUSEWAY_QUEUE_BACKEND: 'redis', CAUSEWAY_REDIS_URL: cluster.url };
    world = await World.start({ queue: 'postgres', env });
  }, 120_000);
  afterAll(async () => {
    await world.close();
    await cluster.stop();
  }, 60_000);

  describe('with the queue on a Redis Cluster of three nodes', () => {
    it('a request, its grant, what waited for it and an answer arrive', async () => {
      const [ada, bob] = [await world.register('ada'), await world.register('bob')];
      await ada.send(bob.address, 'hello bob');
      await eventually(async () => (await bob.requests()).length === 1, { what: 'the request' });
      for (const request of await bob.requests()) await bob.accept(request);
      await eventually(async () => (await bob.messages()).some(({ text }) => text === 'hello bob'), { what: 'hello' });
      await bob.send(ada.address, 'hello ada');
      await eventually(async () => (await ada.messages()).some(({ text }) => text === 'hello ada'), { what: 'answer' });
    }, 60_000);

    it('an SMS goes out and its answer comes back', async () => {
      const cleo = await world.register('cleo');
      await cleo.send(`tel:${PHONE}`, 'hello phone', { allowClear: ['sms'] });
      await eventually(async () => (await world.carrier.received(PHONE)).length === 1, { what: 'on the handset' });
      const [{ from } = { from: BRIDGE_NUMBERS[0] }] = await world.carrier.received(PHONE);
      await world.carrier.write({ from: PHONE, to: from, text: 'hello cleo' });
      await eventually(async () => (await cleo.messages()).some(({ text }) => text === 'hello cleo'), {
        what: 'the answer',
      });
    }, 60_000);

    it('nothing is lost, repeated or out of order while both queues move to other nodes and a worker is killed', async () => {
      const [dov, eli] = [
        new Recorder('dov', await world.register('dov')),
        new Recorder('eli', await world.register('eli')),
      ];
      await eli.device.allow(dov.device.address);
      const conversation: Conversation = {
        name: 'dov to eli',
        sender: dov.device,
        to: eli.device.address,
        receivers: [eli],
        options: {},
      };
      const acknowledgements = new Acknowledgements();
      const first = acknowledgements.submit(conversation, { from: 1, to: HALF });
      for (const key of ['bull:{causeway-lanes-native}:meta', 'bull:{causeway-lanes-clear}:meta']) {
        const home = await nodeOfKey(cluster, key);
        const other = cluster.nodes.find((node) => node !== home);
        if (other) await moveSlot(cluster, key, other);
      }
      await first;
      const second = acknowledgements.submit(conversation, { from: HALF + 1, to: 2 * HALF });
      await world.worker.stop('SIGKILL');
      await world.worker.start();
      await second;
      await eventually(() => eli.shown.length >= 2 * HALF, { what: 'all of them', withinMs: 30_000 });
      expect(faultsAtDevices(conversation.name, 2 * HALF, [eli])).toEqual([]);
    }, 90_000);
  });
}
