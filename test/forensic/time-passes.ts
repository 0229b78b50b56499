import pg from 'pg';
import { allEdgeKeys } from '../support/edge-key-trial.js';
import { eventually } from '../support/world.js';
import type { ForensicSite } from './forensic-site.js';

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
/** Duties run by the real clock: a purge every few seconds, keys every fifteen. */
const PATIENCE = { withinMs: 180_000 };

/** How far ahead the clock is after `letWeeksPass`, and after `letMonthsPass`. */
export const WEEKS_MS = 24 * DAY_MS;
export const MONTHS_MS = 70 * DAY_MS;

/** Moves the clock past every lifetime of what is not kept for as long as its owner stays. */
export async function letWeeksPass(site: ForensicSite, say: (line: string) => void): Promise<void> {
  await site.world.carrier.clearFaults();
  await site.world.carrier.release('drop');
  const before = await allEdgeKeys(site.keyFolder);
  for (const days of [4, 24]) {
    await site.world.moveClock(days * DAY_MS);
    await eventually(() => isPurged(site, days), { ...PATIENCE, what: `nothing older is left after ${days} days` });
    say(`${days} days later: partitions dropped`);
  }
  const keyIds = before.legKeys.map(({ keyId }) => keyId);
  await keysGone(site, 'leg keys', keyIds);
}

/** Then past the month of the address key. */
export async function letMonthsPass(site: ForensicSite, say: (line: string) => void): Promise<void> {
  const before = await allEdgeKeys(site.keyFolder);
  await site.world.moveClock(32 * DAY_MS);
  await eventually(async () => (await allEdgeKeys(site.keyFolder)).addressKeys.length > before.addressKeys.length, {
    ...PATIENCE,
    what: 'a new address key',
  });
  for (const aheadMs of [33 * DAY_MS, MONTHS_MS]) {
    await site.world.moveClock(aheadMs);
    // numbers are sealed anew at each start, and once an hour
    await site.world.edge.stop();
    await site.world.edge.start();
  }
  const keyIds = before.addressKeys.map(({ keyId }) => keyId);
  await keysGone(site, 'address keys', keyIds);
  await eventually(() => isPurged(site, 70), { ...PATIENCE, what: 'nothing older is left after 70 days' });
  say('70 days later: every key of the beginning is destroyed');
}

async function keysGone(site: ForensicSite, what: string, keyIds: readonly string[]): Promise<void> {
  const left = async (): Promise<boolean> => {
    const { legKeys, addressKeys } = await allEdgeKeys(site.keyFolder);
    return [...legKeys, ...addressKeys].some(({ keyId }) => keyIds.includes(keyId));
  };
  await eventually(async () => !(await left()), { ...PATIENCE, what: `${what} are destroyed` });
}

/** No partition of an hour that is past. */
async function isPurged({ database }: ForensicSite, daysAhead: number): Promise<boolean> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const lastHour = Math.floor((Date.now() + daysAhead * DAY_MS) / HOUR_MS) - 1;
    const { rows } = await client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_class WHERE relnamespace = 'transit'::regnamespace AND relkind = 'r'
       AND relname ~ '^(message|envelope|attempt|inbox)_[0-9]+$' AND substring(relname FROM '[0-9]+$')::int <= $1`,
      [lastHour],
    );
    return rows[0]?.n === 0;
  } finally {
    await client.end();
  }
}
