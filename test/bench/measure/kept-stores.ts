import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { BenchSite } from '../site/bench-site.js';
import { KEPT_TABLES, QUEUE_TABLES, type KeptTable } from './kept-tables.js';

/** What one store holds at a moment. */
export interface Kept {
  readonly class: string;
  readonly store: string;
  /** Records; undefined where a store has none that could be counted. */
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
  /** Age of the oldest record; undefined where records do not say. */
  readonly oldestSeconds: number | undefined;
  /** Until the first record is to be gone; negative when it is late. Undefined where no clock ends any. */
  readonly firstGoesInSeconds: number | undefined;
  readonly isPassing: boolean;
}

const row = z.object({
  rows: z.number(),
  bytes: z.number(),
  oldest: z.number().nullable(),
  goes: z.number().nullable(),
});

/** Everything a Causeway keeps, as it is now. `temporary` is the folder for temporary files of its processes. */
export async function keptBy(site: BenchSite, temporary: string): Promise<readonly Kept[]> {
  const { redis } = site.stores;
  const tables: Kept[] = [];
  for (const table of [...KEPT_TABLES, ...(redis ? [] : QUEUE_TABLES)]) tables.push(await keptIn(site, table));
  return [
    ...tables,
    await writeAheadLog(site),
    ...(redis ? [await keysOf(redis.url), await filesOf('queue', 'Redis, files', redis.folder)] : []),
    await filesOf('keys', 'key folders and ledger of the edge', join(site.world.folder, 'data')),
    await filesOf('temporary files', 'temporary files', temporary),
    { ...NOTHING, class: 'security-log', store: 'log lines', bytes: site.world.logBytes.length },
    await simulated(site),
  ];
}

const NOTHING = {
  rows: undefined,
  bytes: undefined,
  oldestSeconds: undefined,
  firstGoesInSeconds: undefined,
  isPassing: false,
} as const;

async function keptIn({ database }: BenchSite, table: KeptTable): Promise<Kept> {
  const [found] = await database.rows(
    `SELECT count(coalesce(since, until, born))::float8 AS rows, extract(epoch FROM now() - min(since))::float8 AS oldest,
       extract(epoch FROM min(until) - now())::float8 AS goes,
       coalesce(
         (SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('${table.relation}') WHERE isleaf),
         pg_total_relation_size('${table.relation}'))::float8 AS bytes
     FROM (SELECT ${table.since} AS since, ${table.until} AS until, ${BORN[Number(isSplit(table))]} AS born FROM ${table.from}) each`,
  );
  const { rows, bytes, oldest, goes } = row.parse(found);
  return {
    class: table.class,
    store: table.name,
    rows,
    bytes,
    oldestSeconds: oldest ?? undefined,
    firstGoesInSeconds: goes ?? undefined,
    isPassing: table.isPassing ?? false,
  };
}

/** A relation of two classes counts the records of its own class alone: those of the other have no time. */
const isSplit = ({ name, relation }: KeptTable): boolean => name !== relation;
const BORN = ['now()', 'NULL::timestamptz'] as const;

async function writeAheadLog({ database }: BenchSite): Promise<Kept> {
  const [found] = await database.rows(
    `SELECT count(*)::float8 AS rows, sum(size)::float8 AS bytes, extract(epoch FROM now() - min(modification))::float8 AS oldest,
       NULL AS goes FROM pg_ls_waldir()`,
  );
  const { rows, bytes, oldest } = row.parse(found);
  return { ...NOTHING, class: 'database', store: 'write-ahead log, segments', rows, bytes, oldestSeconds: oldest ?? 0 };
}

async function keysOf(url: string): Promise<Kept> {
  const client = new Redis(url, { lazyConnect: true });
  try {
    await client.connect();
    const [rows, memory] = [await client.dbsize(), await client.info('memory')];
    return {
      ...NOTHING,
      class: 'queue',
      store: 'Redis, keys',
      rows,
      bytes: Number(/^used_memory:(\d+)/m.exec(memory)?.[1]),
    };
  } finally {
    client.disconnect();
  }
}

async function filesOf(name: string, store: string, folder: string): Promise<Kept> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name: file }) => join(parentPath, file));
  const found = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  const stats = found.flatMap((each) => each ?? []);
  const bytes = stats.reduce((total, { size }) => total + size, 0);
  return { ...NOTHING, class: name, store, rows: stats.length, bytes };
}

const shown = z.object({ handsets: z.array(z.object({ timeline: z.array(z.object({ at: z.string() })) })) });

async function simulated({ world }: BenchSite): Promise<Kept> {
  const answer = await fetch(`${world.carrier.url}/phones/state`);
  const times = shown.parse(await answer.json()).handsets.flatMap(({ timeline }) => timeline.map(({ at }) => at));
  const oldest = times.toSorted()[0];
  const oldestSeconds = oldest === undefined ? undefined : (Date.now() - Date.parse(oldest)) / 1000;
  return {
    ...NOTHING,
    class: 'pretend carrier',
    store: 'messages in its memory',
    rows: times.length,
    oldestSeconds,
    firstGoesInSeconds: oldestSeconds === undefined ? undefined : SIMULATOR_KEEP_SECONDS - oldestSeconds,
  };
}

/** What the pretend carrier is told to keep, so that its forgetting falls into the run. */
export const SIMULATOR_KEEP_SECONDS = 600;
