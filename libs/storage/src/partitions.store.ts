import type { Database } from './database.js';
import {
  dropPastPartitions,
  PARTITION_NAME,
  PARTITIONED,
  type Partition,
  type PartitionClass,
} from './drop-partitions.js';
import { eventHour } from './state-events.js';

/** Any constant: processes that need the same new partition take turns. */
const PARTITION_LOCK = 4_081_978;

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
        PERFORM registry.take_no_samples('${name}');
        ALTER TABLE transit.${table} ATTACH PARTITION ${name} FOR VALUES FROM (${hour}) TO (${hour + 1});
      END IF;
    END $$`);
  }

  /** Drops what is past, see {@link dropPastPartitions}; `now` enters the notes for the ledger. */
  dropPast(lastHour: number, now: Date): Promise<readonly Partition[]> {
    return this.database.session((session) => dropPastPartitions(session, { lastHour, now }));
  }

  /** The earliest hour of which each table still has a partition: how far the purge has come. */
  async oldestHours(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ table: string; hour: number }>(
      `SELECT p."table", min(p.hour)::int AS hour FROM (
         SELECT left(c.relname, -length(substring(c.relname FROM '_[0-9]+$'))) AS "table", substring(c.relname FROM '[0-9]+$')::int AS hour
         FROM pg_class c WHERE c.relnamespace = 'transit'::regnamespace AND c.relkind = 'r' AND c.relname ~ '${PARTITION_NAME}') p
       GROUP BY 1`,
    );
    return new Map(rows.map(({ table, hour }) => [table, hour]));
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
            t AS (DELETE FROM transit.spent_token WHERE purge_hour <= $1 RETURNING 1),
            p AS (DELETE FROM transit.spending WHERE purge_hour <= $1 RETURNING 1),
            v AS (DELETE FROM transit.voucher WHERE purge_hour <= $1 RETURNING 1),
            i AS (DELETE FROM transit.inbox_item WHERE purge_hour <= $1 RETURNING 1),
            l AS (DELETE FROM transit.lane WHERE pending = 0 AND used_hour <= $1 - $2::int RETURNING 1)
       SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM r) + (SELECT count(*) FROM s) + (SELECT count(*) FROM i)
         + (SELECT count(*) FROM l) + (SELECT count(*) FROM t) + (SELECT count(*) FROM v) + (SELECT count(*) FROM p) AS n`,
      lastHour,
      idleLaneHours,
    );
    return Number(rows[0]?.n ?? 0n);
  }
}
