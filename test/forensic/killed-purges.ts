import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { eventually } from '../support/world.js';
import type { ForensicSite } from './forensic-site.js';

const HOUR_MS = 3_600_000;
/** A purge of a few hours is over by then. */
const LATEST_KILL_MS = 1_500;

/** A reader that began when it was made and sees, in its own snapshot, everything that was there then. */
export class LongReader {
  private readonly startedMs = Date.now();

  private constructor(private readonly client: pg.Client) {}

  static async begin(url: string): Promise<LongReader> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    for (const table of ['message', 'envelope', 'inbox']) await client.query(`SELECT count(*) FROM transit.${table}`);
    return new LongReader(client);
  }

  /** Until `forMs` after its beginning. */
  stay(forMs: number): Promise<void> {
    return pause(Math.max(0, this.startedMs + forMs - Date.now()));
  }

  async end(): Promise<void> {
    await this.client.query('COMMIT');
    await this.client.end();
  }
}

/**
 * Each time an hour later, with an hour to purge, the worker starts, begins to purge, and is killed at another moment. Answers how far ahead
 * the clock is then.
 */
export async function killPurges(
  { world }: ForensicSite,
  { kills, aheadMs }: { readonly kills: number; readonly aheadMs: number },
): Promise<number> {
  for (let kill = 0; kill < kills; kill += 1) {
    await world.worker.stop('SIGKILL');
    await world.moveClock(aheadMs + kill * HOUR_MS);
    await world.worker.start();
    await pause((kill * LATEST_KILL_MS) / kills);
  }
  await world.worker.stop('SIGKILL');
  await world.worker.start();
  return aheadMs + (kills - 1) * HOUR_MS;
}

/** Until no hour is left that is past, of any table; then the hours that were purged, as tables name them. */
export async function purged(url: string, aheadMs: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const lastHour = Math.floor((Date.now() + aheadMs) / HOUR_MS) - 1;
    const isPurged = async (): Promise<boolean> => {
      const { rows } = await client.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_class WHERE relnamespace = 'transit'::regnamespace AND relkind = 'r'
         AND relname ~ '^(message|envelope|attempt|inbox)_[0-9]+$' AND substring(relname FROM '[0-9]+$')::int <= $1`,
        [lastHour],
      );
      return rows[0]?.n === 0;
    };
    await eventually(isPurged, { withinMs: 180_000, what: 'every past hour is purged' });
  } finally {
    await client.end();
  }
}
