import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintLaneId, type LaneId } from '@causeway/message-model';
import { canRunRedis } from '../../../test/support/redis.js';
import { moveSlot, nodeOfKey, startRedisCluster, type TestRedisCluster } from '../../../test/support/redis-cluster.js';
import { lanesWorkOn, until } from './testing/lanes-work-on.js';
import { WorkQueue } from './work-queue.js';

/** Any key of the queue has the slot of all of them. */
const NATIVE_KEY = 'bull:{causeway-lanes-native}:meta';

if (!canRunRedis()) it.skip('lanes on a Redis Cluster: needs redis-server', () => undefined);
else {
  let cluster: TestRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 60_000);
  afterAll(() => cluster.stop());

  const where = () => ({ backend: 'redis', url: cluster.url }) as const;
  lanesWorkOn('a Redis Cluster of three nodes', async () => where());

  describe('the queue on a Redis Cluster', () => {
    it('knows the cluster by any one of its nodes, and keeps each queue whole on one of them', async () => {
      const { port } = cluster.nodes[1] ?? { port: 0 };
      const queue = await WorkQueue.open({ backend: 'redis', url: `redis-cluster://127.0.0.1:${port}` });
      expect(await queue.lanes.wake('native', [mintLaneId()])).toBe('woken');
      expect(await queue.lanes.wake('clear', [mintLaneId()])).toBe('woken');
      for (const track of ['native', 'clear']) {
        const home = await nodeOfKey(cluster, `bull:{causeway-lanes-${track}}:meta`);
        for (const node of cluster.nodes) {
          const keys = (await cluster.ask(node, 'KEYS', `bull:{causeway-lanes-${track}}:*`)).split('\n');
          expect(keys.filter((key) => key !== '').length > 0).toBe(node === home);
        }
      }
      await drainAll(queue);
      await queue.close();
    });

    it('goes on when the slot of a queue moves to another node: waiting lanes, a worker that listens, and new wakes', async () => {
      const queue = await WorkQueue.open(where());
      const drained: LaneId[] = [];
      const [before, after] = [Array.from({ length: 50 }, mintLaneId), Array.from({ length: 50 }, mintLaneId)];
      expect(await queue.lanes.wake('native', before)).toBe('woken');
      const home = await nodeOfKey(cluster, NATIVE_KEY);
      const other = cluster.nodes.find((node) => node !== home);
      if (!other) throw new Error('a cluster of one');
      await moveSlot(cluster, NATIVE_KEY, other);
      expect(await nodeOfKey(cluster, NATIVE_KEY)).toBe(other);
      await queue.lanes.drain('native', async (id) => void drained.push(id), { concurrency: 4 });
      await until(() => drained.length === 50);
      await moveSlot(cluster, NATIVE_KEY, home);
      expect(await queue.lanes.wake('native', after)).toBe('woken');
      await until(() => drained.length === 100);
      expect(new Set(drained)).toEqual(new Set([...before, ...after]));
      await queue.close();
    }, 60_000);

    it.each([
      ['forgets at a crash', ['appendonly', 'no'], ['appendonly', 'yes'], /append-only/],
      ['evicts', ['maxmemory-policy', 'allkeys-lru'], ['maxmemory-policy', 'noeviction'], /evict jobs/],
    ] as const)('does not start when one node of three %s, and names it', async (_what, wrong, right, why) => {
      const last = cluster.nodes.at(-1);
      if (!last) throw new Error('an empty cluster');
      await cluster.ask(last, 'CONFIG', 'SET', ...wrong);
      const opening = WorkQueue.open(where());
      await expect(opening).rejects.toThrow(why);
      await expect(opening).rejects.toThrow(new RegExp(`:${last.port} `));
      await cluster.ask(last, 'CONFIG', 'SET', ...right);
      await (await WorkQueue.open(where())).close();
    });

    it('does not start on a node that is taken for a server of its own, and says what to write', async () => {
      const url = cluster.nodes[0]?.url ?? '';
      await expect(WorkQueue.open({ backend: 'redis', url })).rejects.toThrow(/redis-cluster:\/\//);
    });

    it('does not start on a cluster that lacks a node', async () => {
      const broken = await startRedisCluster();
      try {
        await broken.nodes[2]?.stop();
        await until(() => false, 3_500);
        const opening = WorkQueue.open({ backend: 'redis', url: broken.url });
        await expect(opening).rejects.toThrow(/not complete|does not answer/);
      } finally {
        await broken.stop();
      }
    }, 60_000);
  });
}

/** Leaves nothing for the next test. */
async function drainAll(queue: WorkQueue): Promise<void> {
  let drained = 0;
  for (const track of ['native', 'clear'] as const)
    await queue.lanes.drain(track, async () => void (drained += 1), { concurrency: 4 });
  await until(() => drained >= 2);
}
