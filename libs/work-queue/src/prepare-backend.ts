import { StartupProblem } from '@causeway/platform';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import type { QueueBackend } from './backend.js';
import { QUEUE_SCHEMA } from './bullmq-backend.js';
import { refuseUnfitRedis } from './refuse-unfit-redis.js';

const CONNECT_MS = 5_000;

/** Makes a backend fit for use, or throws `StartupProblem`: unreachable, or a Redis that would forget or evict jobs. */
export async function prepareBackend(where: QueueBackend): Promise<void> {
  switch (where.backend) {
    case 'postgres':
      return migrate(where.url);
    case 'redis':
      return refuseUnfitRedis(where.url, where.region);
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
