import { DatabaseError, type Session } from './database.js';

/** Tables by the kind of id that holds their hour; of the guard's, the hour is the one in which the key of their week is destroyed. */
export const PARTITIONED = {
  m: ['message', 'envelope', 'attempt'],
  i: ['inbox'],
  g: ['guard_conduct', 'guard_pair', 'guard_tally'],
  d: ['abuse_decision'],
} as const;

/** The letter an id begins with. */
export type PartitionClass = keyof typeof PARTITIONED;

/** A regular expression for the names of partitions. */
export const PARTITION_NAME = `^(${Object.values(PARTITIONED).flat().join('|')})_[0-9]+$`;

/** One hour of one table; `hour` counts from the epoch. */
export interface Partition {
  readonly table: string;
  readonly hour: number;
}

interface FoundPartition extends Partition {
  readonly isAttached: boolean;
  /** A detachment began and did not end: the process died, or a reader outlasted the patience. */
  readonly isHalfDetached: boolean;
}

/** Any constant: of processes that would drop, one does. */
const DROP_LOCK = 4_081_979;
/** A drop that waits for a reader keeps nobody waiting behind it: it gives up and is taken up again with the next run. */
const PATIENCE = '2s';
const LOCK_NOT_AVAILABLE = '55P03';
const NOT_PERMITTED = '42501';

/**
 * Drops the partitions up to `lastHour`, oldest first, and finishes what an interrupted run began: a detachment half done, a detached
 * table not dropped, a note of something that is gone. All are detached before the first is dropped: from then on no reader sees anything of
 * them, however long a file system takes to give up what large files were in. Does nothing while another process is at it. A partition that a
 * reader holds stays until the next call.
 */
export async function dropPastPartitions(
  session: Session,
  run: { readonly lastHour: number; readonly now: Date },
): Promise<readonly Partition[]> {
  const [lock] = await session.query<{ isOurs: boolean }>(`SELECT pg_try_advisory_lock(${DROP_LOCK}) AS "isOurs"`);
  if (!lock?.isOurs) return [];
  await session.query(`SET lock_timeout = '${PATIENCE}'`);
  await markWhatIsGone(session, run.now);
  const detached = await unlessHeld(await pastPartitions(session, run.lastHour), (partition) =>
    detach(session, partition, run.now),
  );
  const dropped = await unlessHeld(detached, ({ table, hour }) => session.query(`DROP TABLE transit.${table}_${hour}`));
  await markWhatIsGone(session, run.now);
  return dropped.map(({ table, hour }) => ({ table, hour }));
}

/** Those with which it could be done. Where a reader holds one partition, later ones of its table are left for the next call. */
async function unlessHeld(
  partitions: readonly FoundPartition[],
  act: (partition: FoundPartition) => Promise<unknown>,
): Promise<readonly FoundPartition[]> {
  const done: FoundPartition[] = [];
  const held = new Set<string>();
  for (const partition of partitions) {
    if (held.has(partition.table)) continue;
    try {
      await act(partition);
      done.push(partition);
    } catch (thrown) {
      if (!(thrown instanceof DatabaseError) || thrown.code !== LOCK_NOT_AVAILABLE) throw thrown;
      held.add(partition.table);
    }
  }
  return done;
}

/** Half detached ones first: while there is one, PostgreSQL detaches no other of its table. */
async function pastPartitions(session: Session, lastHour: number): Promise<readonly FoundPartition[]> {
  const rows = await session.query<{ name: string; isAttached: boolean; isHalfDetached: boolean }>(
    `SELECT c.relname AS name, i.inhrelid IS NOT NULL AS "isAttached", coalesce(i.inhdetachpending, false) AS "isHalfDetached"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
     WHERE n.nspname = 'transit' AND c.relkind = 'r' AND c.relname ~ '${PARTITION_NAME}'`,
  );
  return rows
    .map(({ name, ...found }) => {
      const cut = name.lastIndexOf('_');
      return { table: name.slice(0, cut), hour: Number(name.slice(cut + 1)), ...found };
    })
    .filter(({ hour }) => hour <= lastHour)
    .toSorted((a, b) => Number(b.isHalfDetached) - Number(a.isHalfDetached) || a.hour - b.hour);
}

/** CONCURRENTLY, so that a long reader does not stop inserts into other hours. */
async function detach(session: Session, partition: FoundPartition, now: Date): Promise<void> {
  const { table, hour, isAttached, isHalfDetached } = partition;
  const name = `transit.${table}_${hour}`;
  await note(session, partition, now);
  if (isHalfDetached) await session.query(`ALTER TABLE transit.${table} DETACH PARTITION ${name} FINALIZE`);
  else if (isAttached) await session.query(`ALTER TABLE transit.${table} DETACH PARTITION ${name} CONCURRENTLY`);
}

/**
 * What the ledger will say of it, while it can still be asked: rows as PostgreSQL's own counters have them, an estimate, since counting anew
 * would take as long as there are rows; and where its bytes lie, to look there afterwards.
 */
const note = (session: Session, { table, hour }: Partition, now: Date): Promise<unknown> =>
  session.query(
    `INSERT INTO registry.purge_note (class, key_id, row_count, byte_count, noted_at, scan)
     SELECT '${table}', c.relname, greatest(pg_stat_get_live_tuples(c.oid), c.reltuples::bigint, 0), pg_total_relation_size(c.oid), ${literal(now)},
       pg_relation_filepath(c.oid)
     FROM pg_class c WHERE c.oid = to_regclass('transit.${table}_${hour}') ON CONFLICT DO NOTHING`,
  );

/** Notes whose table is gone, by this run or by one that died in between; and what a look at the place of its bytes finds. */
async function markWhatIsGone(session: Session, now: Date): Promise<void> {
  const gone = await session.query<{ keyId: string; path: string }>(
    `SELECT key_id AS "keyId", coalesce(scan, '') AS path FROM registry.purge_note
     WHERE class NOT LIKE 'key-%' AND dropped_at IS NULL AND to_regclass('transit.' || quote_ident(key_id)) IS NULL`,
  );
  for (const { keyId, path } of gone) {
    await session.query(
      `UPDATE registry.purge_note SET dropped_at = ${literal(now)}, scan = '${await lookAt(session, path)}'
       WHERE class NOT LIKE 'key-%' AND key_id = '${keyId}'`,
    );
  }
}

/** A dropped table's first file stays for a moment, empty; with bytes in it, something is wrong. Not every owner of a database may look. */
async function lookAt(session: Session, path: string): Promise<'no-bytes-left' | 'bytes-left' | 'unchecked'> {
  if (!/^[A-Za-z0-9_/]+$/.test(path)) return 'unchecked';
  try {
    const [found] = await session.query<{ size: string }>(
      `SELECT coalesce((pg_stat_file('${path}', true)).size, 0)::text AS size`,
    );
    return found?.size === '0' ? 'no-bytes-left' : 'bytes-left';
  } catch (thrown) {
    if (thrown instanceof DatabaseError && thrown.code === NOT_PERMITTED) return 'unchecked';
    throw thrown;
  }
}

const literal = (at: Date): string => `'${at.toISOString()}'::timestamptz`;
