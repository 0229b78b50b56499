import type { Database } from './database.js';
import { eventHour } from './state-events.js';

const PARTITIONED = {
  m: ['message', 'envelope', 'attempt'],
  i: ['inbox'],
} as const;

export type PartitionClass = keyof typeof PARTITIONED;

/** Any constant: two processes that need the same new partition take turns on it. */
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

  /** ATTACH takes a weaker lock than CREATE ... PARTITION OF: inserts into other hours go on meanwhile. */
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

  /** Hours whose partitions are past, oldest first. */
  async past(currentHour: number): Promise<readonly { readonly table: string; readonly hour: number }[]> {
    const rows = await this.database.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
       JOIN pg_namespace n ON n.oid = p.relnamespace WHERE n.nspname = 'transit' AND p.relkind = 'p'`,
    );
    return rows
      .map(({ name }) => ({ table: name.slice(0, name.lastIndexOf('_')), hour: Number(name.slice(name.lastIndexOf('_') + 1)) }))
      .filter(({ hour }) => hour <= currentHour)
      .sort((a, b) => a.hour - b.hour);
  }

  /** CONCURRENTLY, so that a long reader does not stop inserts into other hours. */
  async drop(partition: { readonly table: string; readonly hour: number }): Promise<void> {
    const name = `transit.${partition.table}_${partition.hour}`;
    await this.database.execute(`ALTER TABLE transit.${partition.table} DETACH PARTITION ${name} CONCURRENTLY`);
    await this.database.execute(`DROP TABLE ${name}`);
  }

  /** The narrow uniqueness tables leave by the hour too. Returns rows removed. */
  async forgetDigests(currentHour: number): Promise<number> {
    const rows = await this.database.query<{ n: bigint }>(
      `WITH a AS (DELETE FROM transit.accepted WHERE purge_hour <= $1 RETURNING 1),
            r AS (DELETE FROM transit.received WHERE purge_hour <= $1 RETURNING 1),
            s AS (DELETE FROM transit.statement_use WHERE purge_hour <= $1 RETURNING 1)
       SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM r) + (SELECT count(*) FROM s) AS n`,
      currentHour,
    );
    return Number(rows[0]?.n ?? 0n);
  }
}
