import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { migrate, Stores } from '@causeway/storage';
import { measureLoad, type MeasuredLoad } from '../load/measured-load.js';
import { count, ms, p50p99, ratio } from '../report/format.js';
import type { Bench, Outcome, Scenario } from '../scenario.js';
import { withSite, withStores } from '../site/bench-site.js';
import { seedPairs } from '../site/seed-accounts.js';
import { seedHour } from '../site/seed-hours.js';

const HOUR_MS = 3_600_000;
const IDLE_LANE_HOURS = 168;
const LOOK_MS = 5;
const LOAD = { perSecond: 300 } as const;
/** Hours dropped one after the other while a load runs, and how full each is. */
const BESIDE = { hours: 8, envelopes: 20_000 } as const;

interface Purged {
  readonly envelopes: number;
  readonly megabytes: number;
  /** Until no reader sees anything of the hour, and until its files are gone. */
  readonly unseenMs: number;
  readonly partitionsMs: number;
  readonly narrowMs: number;
}

interface Besides {
  readonly quiet: MeasuredLoad;
  readonly purging: MeasuredLoad;
  readonly hours: number;
}

/** Forgetting costs the same whatever there is to forget, and nobody waits for it. */
export const purge: Scenario = {
  name: 'purge',
  what: 'dropping an hour of few and of many envelopes, and accepting while hours are dropped',
  run: async (bench) => outcomeOf(await dropHours(bench), await acceptBeside(bench)),
};

/** Each hour alone, on a database that does nothing else. */
const dropHours = ({ options, progress }: Bench): Promise<readonly Purged[]> =>
  withStores('postgres', async ({ databaseUrl, database }) => {
    await migrate({ url: databaseUrl, folder: join(process.cwd(), 'prisma', 'migrations') });
    const stores = new Stores({ url: databaseUrl });
    try {
      const purged: Purged[] = [];
      for (const [index, envelopes] of options.envelopes.entries()) {
        const hour = Math.floor(Date.now() / HOUR_MS) - options.envelopes.length + index;
        progress(`an hour of ${count(envelopes)} envelopes`);
        await seedHour(database, stores.partitions, { hour, envelopes });
        await database.rows('CHECKPOINT');
        await outOfMemory(database, hour);
        const bytes = await bytesOf(database, hour);
        const startedMs = performance.now();
        const dropped = stores.partitions.dropPast(hour, new Date());
        await unseen(database, hour);
        const unseenMs = performance.now() - startedMs;
        await dropped;
        const partitionsMs = performance.now() - startedMs;
        const narrowMs = await timed(() => stores.partitions.forgetPast(hour, IDLE_LANE_HOURS));
        purged.push({ envelopes, megabytes: bytes / 1e6, unseenMs, partitionsMs, narrowMs });
      }
      return purged;
    } finally {
      await stores.close();
    }
  });

/** Hours that no message of the load is in are dropped one by one while it runs. */
const acceptBeside = ({ options, progress }: Bench): Promise<Besides> =>
  withSite({ backend: 'postgres', env: { CAUSEWAY_PARTITION_INTERVAL_SECONDS: '3600' } }, async (site) => {
    const stores = new Stores({ url: site.stores.databaseUrl });
    try {
      const pairs = await seedPairs(site.database, Math.min(options.conversations, 250));
      await measureLoad(site, { pairs, ...LOAD, seconds: 3 });
      const first = Math.floor(Date.now() / HOUR_MS) + 1;
      progress(`${BESIDE.hours} hours of ${count(BESIDE.envelopes)} envelopes to drop`);
      for (let hour = first; hour < first + BESIDE.hours; hour += 1)
        await seedHour(site.database, stores.partitions, { hour, envelopes: BESIDE.envelopes });
      await site.database.rows('CHECKPOINT');
      const seconds = options.seconds;
      progress('the load without a purge');
      const quiet = await measureLoad(site, { pairs, ...LOAD, seconds });
      progress('the load beside the purge');
      const over = new AbortController();
      let hours = 0;
      const purging = async (): Promise<void> => {
        while (!over.signal.aborted && hours < BESIDE.hours) {
          await stores.partitions.dropPast(first + hours, new Date());
          await stores.partitions.forgetPast(first + hours, IDLE_LANE_HOURS);
          hours += 1;
          await pause((seconds * 1000) / BESIDE.hours / 2);
        }
      };
      const [beside] = await Promise.all([
        measureLoad(site, { pairs, ...LOAD, seconds }).finally(() => over.abort()),
        purging(),
      ]);
      return { quiet, purging: beside, hours };
    } finally {
      await stores.close();
    }
  });

function outcomeOf(purged: readonly Purged[], { quiet, purging, hours }: Besides): Outcome {
  const [least, most] = [purged[0], purged.at(-1)];
  const slower = purging.acceptMs.p99 / quiet.acceptMs.p99;
  return {
    tables: [
      {
        title: 'Purging one hour',
        columns: ['envelopes', 'MB', 'seen by nobody after ms', 'files gone after ms', 'narrow rows deleted in ms'],
        rows: purged.map(({ envelopes, megabytes, unseenMs, partitionsMs, narrowMs }) => [
          count(envelopes),
          count(megabytes),
          ms(unseenMs),
          ms(partitionsMs),
          ms(narrowMs),
        ]),
        note: 'Metadata, sealed words and inbox items are partitions: all are detached, then dropped whole, each by giving its files back to the file system, for which nobody waits. An hour that is purged was written long before, so its files are not in memory when it begins. Digests against double acceptance are no partitions, since a unique key spans none: they are deleted, a few thousand at a time with a rest after each.',
      },
      {
        title: 'Accepting while hours are dropped',
        columns: ['', 'accept p50 / p99 ms', 'end to end p50 / p99 ms'],
        rows: [
          ['nothing is purged', p50p99(quiet.acceptMs), p50p99(quiet.endToEndMs)],
          [`${hours} hours purged meanwhile`, p50p99(purging.acceptMs), p50p99(purging.endToEndMs)],
        ],
        note: `${LOAD.perSecond} messages a second; each hour holds ${count(BESIDE.envelopes)} envelopes.`,
      },
    ],
    targets: [
      {
        what: `Nobody sees an hour of ${count(most?.envelopes ?? 0)} envelopes any more, against one of ${count(least?.envelopes ?? 0)}`,
        wanted: 'about as long: within 100 ms of it',
        measured: `${ms(most?.unseenMs ?? 0)} ms against ${ms(least?.unseenMs ?? 0)} ms`,
        isMet: (most?.unseenMs ?? Infinity) - (least?.unseenMs ?? 0) <= 100,
      },
      {
        what: `Dropping an hour of ${count(most?.envelopes ?? 0)} envelopes against one of ${count(least?.envelopes ?? 0)}`,
        wanted: 'about as long: within a second of it',
        measured: `${ms(most?.partitionsMs ?? 0)} ms against ${ms(least?.partitionsMs ?? 0)} ms`,
        isMet: (most?.partitionsMs ?? Infinity) - (least?.partitionsMs ?? 0) <= 1_000,
      },
      {
        what: 'Accept p99 while purging against without',
        wanted: 'at most 1.5 times',
        measured: `${ratio(slower)} times`,
        isMet: slower <= 1.5,
      },
    ],
    plots: [],
    figures: { purged, quiet, purging },
  };
}

/** Files of the hour leave the memory of the system, as they would have in the days since they were written. */
async function outOfMemory(database: Rows, hour: number): Promise<void> {
  const files = await database.rows(
    `SELECT current_setting('data_directory') || '/' || pg_relation_filepath(oid) AS path FROM pg_class
     WHERE relnamespace = 'transit'::regnamespace AND relkind IN ('r', 'i') AND relname ~ ('_' || $1::text || '(_|$)')`,
    hour,
  );
  for (const { path } of files)
    for (let segment = 0; existsSync(segmentOf(path, segment)); segment += 1) {
      const of = `of=${segmentOf(path, segment)}`;
      spawnSync('dd', [of, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' });
    }
}

const segmentOf = (path: unknown, segment: number): string => `${String(path)}${segment === 0 ? '' : `.${segment}`}`;

/** Until no partition of the hour belongs to its table. */
async function unseen(database: Rows, hour: number): Promise<void> {
  for (let isSeen = true; isSeen; await pause(LOOK_MS)) {
    const rows = await database.rows(
      `SELECT 1 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE c.relnamespace = 'transit'::regnamespace AND c.relkind = 'r' AND c.relname LIKE '%\\_' || $1::text`,
      hour,
    );
    isSeen = rows.length > 0;
  }
}

interface Rows {
  rows(sql: string, ...values: readonly unknown[]): Promise<Readonly<Record<string, unknown>>[]>;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

async function bytesOf(database: Rows, hour: number): Promise<number> {
  const [row] = await database.rows(
    `SELECT sum(pg_total_relation_size(oid))::float8 AS bytes FROM pg_class
     WHERE relnamespace = 'transit'::regnamespace AND relkind = 'r' AND relname LIKE '%\\_' || $1::text`,
    hour,
  );
  return Number(row?.['bytes'] ?? 0);
}
