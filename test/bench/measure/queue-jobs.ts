import { Redis } from 'ioredis';
import type { DatabaseAccess } from '../../support/database-access.js';

/**
 * Jobs the queue was given so far. On PostgreSQL the sequence that numbers its rows: wakes swallowed for a lane that waits already are not
 * in it. On Redis the counters of ids, which BullMQ draws before it looks whether a wake is swallowed: an upper bound.
 */
export async function jobsOnPostgres(database: DatabaseAccess): Promise<number> {
  const [row] = await database.rows('SELECT last_value, is_called FROM queue.job_seq');
  return row?.['is_called'] === true ? Number(row['last_value']) : 0;
}

export async function jobsOnRedis(url: string): Promise<number> {
  return withRedis(url, async (client) => {
    const keys = await client.keys('*:id');
    const counters = keys.length === 0 ? [] : await client.mget(keys);
    return counters.reduce((total, counter) => total + Number(counter ?? 0), 0);
  });
}

export async function pidOfRedis(url: string): Promise<number> {
  const info = await withRedis(url, (client) => client.info('server'));
  return Number(/^process_id:(\d+)/m.exec(info)?.[1]);
}

/** Commands Redis carried out so far; those inside scripts are not counted. */
export async function commandsOfRedis(url: string): Promise<number> {
  const info = await withRedis(url, (client) => client.info('stats'));
  return Number(/^total_commands_processed:(\d+)/m.exec(info)?.[1]);
}

async function withRedis<Result>(url: string, ask: (client: Redis) => Promise<Result>): Promise<Result> {
  const client = new Redis(url, { lazyConnect: true });
  try {
    await client.connect();
    return await ask(client);
  } finally {
    client.disconnect();
  }
}
