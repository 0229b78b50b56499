import { afterAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mintLaneId } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import pg from 'pg';
import { freshDatabase } from '../../../test/support/database.js';
import { eventually } from '../../../test/support/world.js';
import { canRunRedis, startRedis, type TestRedis } from '../../../test/support/redis.js';
import { lanesWorkOn, until } from './testing/lanes-work-on.js';
import { WorkQueue } from './work-queue.js';

const database = await freshDatabase({ isEmpty: true });
lanesWorkOn('PostgreSQL', async () => ({ backend: 'postgres', url: database.url }));

/** The end of a job is noted a moment after its work. */
async function forgotten(queue: WorkQueue, noted: () => Promise<number | null>): Promise<void> {
  await eventually(async () => {
    await queue.lanes.forgetEvents();
    return (await noted()) === 0;
  });
}

describe('the queue on PostgreSQL', () => {
  it('keeps its objects in the schema queue, and of a done job nothing', async () => {
    const queue = await WorkQueue.open({ backend: 'postgres', url: database.url });
    const laneId = mintLaneId();
    let drained = false;
    await queue.lanes.drain('native', async () => void (drained = true), { concurrency: 1 });
    await queue.lanes.wake('native', [laneId]);
    await until(() => drained);
    await queue.close();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const schemas = await client.query<{ schemaname: string }>(
      `SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const jobs = await client.query('SELECT FROM queue.job WHERE data::text LIKE $1', [`%${laneId}%`]);
    await client.end();
    expect(schemas.rows).toEqual([{ schemaname: 'queue' }]);
    expect(jobs.rowCount).toBe(0);
  });

  it('forgets what it noted of itself, and works on', async () => {
    const queue = await WorkQueue.open({ backend: 'postgres', url: database.url });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const noted = async () => (await client.query('SELECT FROM queue.event')).rowCount;
    const drained: string[] = [];
    await queue.lanes.drain('native', async (id) => void drained.push(id), { concurrency: 1 });
    await queue.lanes.wake('native', [mintLaneId()]);
    await until(() => drained.length === 1);
    expect(await noted()).toBeGreaterThan(0);
    await forgotten(queue, noted);
    await queue.lanes.wake('native', [mintLaneId()]);
    await until(() => drained.length === 2);
    await client.end();
    await queue.close();
  });

  it('does not start without its database', async () => {
    const opening = WorkQueue.open({ backend: 'postgres', url: 'postgres://nobody:x@127.0.0.1:1/none' });
    await expect(opening).rejects.toThrow(StartupProblem);
  });
});

if (canRunRedis()) {
  const started: TestRedis[] = [];
  const redis = async (...options: Parameters<typeof startRedis>): Promise<TestRedis> => {
    const server = await startRedis(...options);
    started.push(server);
    return server;
  };
  afterAll(async () => {
    await Promise.all(started.map((server) => server.stop()));
  });

  lanesWorkOn('Redis', async () => ({ backend: 'redis', url: (await redis()).url }));

  describe('the queue on Redis', () => {
    it('does not start on a Redis that forgets at a crash', async () => {
      const { url } = await redis(['--appendonly', 'no']);
      await expect(WorkQueue.open({ backend: 'redis', url })).rejects.toThrow(/append-only/);
    });

    it('forgets what it noted of itself to the last', async () => {
      const { url } = await redis();
      const queue = await WorkQueue.open({ backend: 'redis', url });
      const stream = 'bull:{causeway-lanes-native}:events';
      const noted = async () => Number(execFileSync('redis-cli', ['-u', url, 'XLEN', stream], { encoding: 'utf8' }));
      await queue.lanes.wake('native', [mintLaneId()]);
      expect(await noted()).toBeGreaterThan(0);
      await forgotten(queue, noted);
      await queue.close();
    });

    it('does not start on a Redis that evicts', async () => {
      const { url } = await redis(['--appendonly', 'yes', '--maxmemory-policy', 'allkeys-lru']);
      await expect(WorkQueue.open({ backend: 'redis', url })).rejects.toThrow(/maxmemory-policy allkeys-lru/);
    });

    it('says that the queue is away instead of failing a wake, soon', async () => {
      const server = await startRedis();
      const queue = await WorkQueue.open({ backend: 'redis', url: server.url });
      expect(await queue.lanes.wake('native', [mintLaneId()])).toBe('woken');
      await server.stop();
      const startedAt = Date.now();
      expect(await queue.lanes.wake('native', [mintLaneId()])).toBe('queue-unreachable');
      expect(Date.now() - startedAt).toBeLessThan(3_000);
      await queue.close();
    });
  });
}
