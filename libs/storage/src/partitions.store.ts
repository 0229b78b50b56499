import { DatabaseError, type Database, type Session } from './database.js';
import { eventHour } from './state-events.js';

const PARTITIONED = {
  m: ['message', 'envelope', 'attempt'],
  i: ['inbox'],
  g: ['guard_conduct', 'guard_pair', 'guard_tally'],
  d: ['abuse_decision'],
} as const;

export type PartitionClass = keyof typeof PARTITIONED;

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

/** Any constants: processes that need the same new partition take turns; of those that would drop, one does. */
const PARTITION_LOCK = 4_081_978;
const DROP_LOCK = 4_081_979;
/** A drop that waits for a reader keeps nobody waiting behind it: it gives up and is taken up again with the next run. */
const PATIENCE = '2s';
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Hourly partitions of the transit tables. A row's hour is in its id, so whoever mints an id makes sure here that its partition exists;
 * the answer is remembered, so the usual cost is nothing.
 */
export class PartitionStore {
  private readonly known = new Set<string>();

  constructor(private readonly database: Database) {}

  async ensure(kind: PartitionClass, hour: number): Promise<void> {
    const key = `${kind}${hour}`;
    if (this.known.has(key)) return;
    for (const table of PARTITIONED[kind]) await this.create(table, hour);
    this.known.add(key);
  }

  /** Before any statement that tells a sender about a state. */
  async ensureEventHour(now: Date): Promise<void> {
    await this.ensure('i', eventHour(now).hour);
  }

  /** ATTACH takes a weaker lock than CREATE ... PARTITION OF: inserts into other hours go on meanwhile, and so does a detachment. */
  private async create(table: string, hour: number): Promise<void> {
    const name = `transit.${table}_${hour}`;
    await this.database.execute(`DO $$ BEGIN
      PERFORM pg_advisory_xact_lock(${PARTITION_LOCK});
      IF to_regclass('${name}') IS NULL THEN
        CREATE TABLE ${name} (LIKE transit.${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
        ALTER TABLE transit.${table} ATTACH PARTITION ${name} FOR VALUES FROM (${hour}) TO (${hour + 1});
      END IF;
    END $$`);
  }

  /**
   * Drops the partitions up to `lastHour`, oldest first, and finishes what an interrupted run began: a detachment half done, a detached
   * table not dropped. Does nothing while another process is at it. A partition that a reader holds stays until the next call.
   */
  async dropPast(lastHour: number): Promise<readonly Partition[]> {
    return this.database.session(async (session) => {
      const [lock] = await session.query<{ isOurs: boolean }>(`SELECT pg_try_advisory_lock(${DROP_LOCK}) AS "isOurs"`);
      if (!lock?.isOurs) return [];
      await session.query(`SET lock_timeout = '${PATIENCE}'`);
      const dropped: Partition[] = [];
      const held = new Set<string>();
      for (const partition of await pastPartitions(session, lastHour)) {
        if (held.has(partition.table)) continue;
        if (await dropOne(session, partition)) dropped.push({ table: partition.table, hour: partition.hour });
        else held.add(partition.table);
      }
      return dropped;
    });
  }

  /**
   * What is narrow and not partitioned leaves by the hour too: digests, items of inboxes whose rows are gone, lanes that nobody used for
   * `idleLaneHours`. Returns rows removed.
   */
  async forgetPast(lastHour: number, idleLaneHours: number): Promise<number> {
    const rows = await this.database.query<{ n: bigint }>(
      `WITH a AS (DELETE FROM transit.accepted WHERE purge_hour <= $1 RETURNING 1),
            r AS (DELETE FROM transit.received WHERE purge_hour <= $1 RETURNING 1),
            s AS (DELETE FROM transit.statement_use WHERE purge_hour <= $1 RETURNING 1),
            c AS (DELETE FROM transit.challenge_use WHERE purge_hour <= $1 RETURNING 1),
            p AS (DELETE FROM transit.clear_spending WHERE purge_hour <= $1 RETURNING 1),
            i AS (DELETE FROM transit.inbox_item WHERE purge_hour <= $1 RETURNING 1),
            l AS (DELETE FROM transit.lane WHERE pending = 0 AND used_hour <= $1 - $2::int RETURNING 1)
       SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM r) + (SELECT count(*) FROM s) + (SELECT count(*) FROM i)
         + (SELECT count(*) FROM l) + (SELECT count(*) FROM c) + (SELECT count(*) FROM p) AS n`,
      lastHour,
      idleLaneHours,
    );
    return Number(rows[0]?.n ?? 0n);
  }
}

/** Half detached ones first: while there is one, PostgreSQL detaches no other of its table. */
async function pastPartitions(session: Session, lastHour: number): Promise<readonly FoundPartition[]> {
  const rows = await session.query<{ name: string; isAttached: boolean; isHalfDetached: boolean }>(
    `SELECT c.relname AS name, i.inhrelid IS NOT NULL AS "isAttached", coalesce(i.inhdetachpending, false) AS "isHalfDetached"
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
     WHERE n.nspname = 'transit' AND c.relkind = 'r' AND c.relname ~ '^(${Object.values(PARTITIONED).flat().join('|')})_[0-9]+$'`,
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
async function dropOne(session: Session, partition: FoundPartition): Promise<boolean> {
  const { table, hour, isAttached, isHalfDetached } = partition;
  const name = `transit.${table}_${hour}`;
  try {
    if (isHalfDetached) await session.query(`ALTER TABLE transit.${table} DETACH PARTITION ${name} FINALIZE`);
    else if (isAttached) await session.query(`ALTER TABLE transit.${table} DETACH PARTITION ${name} CONCURRENTLY`);
    await session.query(`DROP TABLE ${name}`);
    return true;
  } catch (thrown) {
    if (thrown instanceof DatabaseError && thrown.code === LOCK_NOT_AVAILABLE) return false;
    throw thrown;
  }
}
