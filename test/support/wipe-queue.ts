import { connect } from 'node:net';
import pg from 'pg';

/** Everything BullMQ knows on PostgreSQL, gone at once: what `FLUSHALL` is to Redis. Only the ledger of its migrations stays. Returns the jobs lost. */
export async function wipePostgresQueue(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'queue' AND tablename NOT LIKE '%migration%'`,
    );
    const jobs = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM queue.job');
    await truncate(client, rows.map(({ name }) => name).join(', '));
    return jobs.rows[0]?.n ?? 0;
  } finally {
    await client.end();
  }
}

const DEADLOCK = '40P01';

/** The queue is at work and takes its locks in an order of its own: of two that wait for each other, PostgreSQL ends one, here that may be us. */
async function truncate(client: pg.Client, tables: string): Promise<void> {
  for (;;) {
    try {
      await client.query(`TRUNCATE ${tables}`);
      return;
    } catch (thrown) {
      if (!(thrown instanceof pg.DatabaseError) || thrown.code !== DEADLOCK) throw thrown;
    }
  }
}

/** `FLUSHALL`, spoken by hand: two commands need no client. Returns the keys lost, of which a job is one and a queue a few. */
export function wipeRedis(url: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write('DBSIZE\r\nFLUSHALL\r\n'));
    let answer = '';
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      answer += chunk.toString('utf8');
      const keys = /^:(\d+)\r\n\+OK\r\n$/.exec(answer)?.[1];
      if (keys === undefined) return;
      socket.destroy();
      resolve(Number(keys));
    });
  });
}
