import { StartupProblem } from '@causeway/platform';
import { runMigrations } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { QueueBackend } from './backend.js';
import { QUEUE_SCHEMA } from './bullmq-backend.js';

const CONNECT_MS = 5_000;

/** Makes a backend fit for use, or throws `StartupProblem`: unreachable, or a Redis that would forget or evict jobs. */
export async function prepareBackend(where: QueueBackend): Promise<void> {
  switch (where.backend) {
    case 'postgres':
      return migrate(where.url);
    case 'redis':
      return refuseForgetfulRedis(where.url);
  }
}

/** Safe from several processes at once: BullMQ takes an advisory lock. */
async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  try {
    await client.connect();
  } catch (cause) {
    throw new StartupProblem('The database of the queue does not answer.', 'Check CAUSEWAY_DATABASE_URL.', { cause });
  }
  try {
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    await client.end();
  }
}

/** Losing the queue loses no message, but delays every one of them; with Debian's defaults a crash loses all of it. */
async function refuseForgetfulRedis(url: string): Promise<void> {
  const info = await infoOf(url);
  if (/^aof_enabled:0/m.test(info)) {
    throw new StartupProblem(
      'Redis keeps no append-only file, so a crash loses the whole queue.',
      'Set `appendonly yes` in its configuration.',
    );
  }
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    throw new StartupProblem(
      `Redis may evict jobs (maxmemory-policy ${policy}).`,
      'Set `maxmemory-policy noeviction` in its configuration.',
    );
  }
}

async function infoOf(url: string): Promise<string> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // without a listener ioredis prints the error; the rejection below carries it
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.info();
  } catch (cause) {
    throw new StartupProblem('Redis does not answer.', 'Check CAUSEWAY_REDIS_URL.', { cause });
  } finally {
    client.disconnect();
  }
}
