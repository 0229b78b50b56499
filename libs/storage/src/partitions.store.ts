import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from './database.js';
import {
  dropPastPartitions,
  PARTITION_NAME,
  PARTITIONED,
  type Partition,
  type PartitionClass,
} from './drop-partitions.js';
import { EVENT_HOURS_SOONER, eventHour } from './state-events.js';

/** Any constant: processes that need the same new partition take turns. */
const PARTITION_LOCK = 4_081_978;

/**
 * Hourly partitions of the transit tables. A row's hour is in its id, so whoever mints an id makes sure here that its partition exists;
 * the answer is remembered, so the usual cost is nothing.
 */
export class PartitionStore {
  private readonly known = new Set<string>();
  private eventHour: number | undefined;

  constructor(private readonly database: Database) {}

  async ensure(kind: PartitionClass, hour: number): Promise<void> {
    const key = `${kind}${hour}`;
    if (this.known.has(key)) return;
    for (const table of PARTITIONED[kind]) await this.create(table, [hour]);
    this.known.add(key);
  }

  /** Before any statement that tells a sender about a state: the hours of every tenant, however long it keeps receipts. */
  async ensureEventHour(now: Date): Promise<void> {
    const { hour } = eventHour(now);
    if (this.eventHour === hour) return;
    const hours = Array.from({ length: EVENT_HOURS_SOONER + 1 }, (_, sooner) => hour - sooner);
    const missing = hours.filter((each) => !this.known.has(`i${each}`));
    for (const table of PARTITIONED.i) await this.create(table, missing);
    for (const each of missing) this.known.add(`i${each}`);
    this.eventHour = hour;
  }

  /** ATTACH takes a weaker lock than CREATE ... PARTITION OF: inserts into other hours go on meanwhile, and so does a detachment. */
  private async create(table: string, hours: readonly number[]): Promise<void> {
    if (hours.length === 0) return;
    await this.database.execute(`DO $$ DECLARE
      hour integer;
      name text;
    BEGIN
      PERFORM pg_advisory_xact_lock(${PARTITION_LOCK});
      FOREACH hour IN ARRAY ARRAY[${hours.join(', ')}] LOOP
        name := 'transit.${table}_' || hour;
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        EXECUTE 'CREATE TABLE ' || name || ' (LIKE transit.${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)';
        PERFORM registry.take_no_samples(name::regclass);
        EXECUTE format('ALTER TABLE transit.${table} ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)', name, hour, hour + 1);
      END LOOP;
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
   * `idleLaneHours`. A few thousand rows at a time, with as long a rest after each as it took, so that nobody waits for it. Returns rows
   * removed.
   */
  async forgetPast(lastHour: number, idleLaneHours: number): Promise<number> {
    return this.inRounds(FORGET, lastHour, idleLaneHours);
  }

  /** Lanes of conversations whose metadata somebody wants kept for less long, between `leastHours` and what holds for all. */
  async forgetAskedLanes(lastHour: number, leastHours: number): Promise<number> {
    return this.inRounds(FORGET_ASKED_LANES, lastHour, leastHours);
  }

  private async inRounds(sql: string, ...values: readonly number[]): Promise<number> {
    let removed = 0;
    for (let isMore = true; isMore;) {
      const startedMs = performance.now();
      const [row] = await this.database.query<{ n: number; most: number }>(sql, ...values);
      removed += row?.n ?? 0;
      isMore = row?.most === FORGOTTEN_AT_ONCE;
      if (isMore) await pause(performance.now() - startedMs);
    }
    return removed;
  }
}

/** Of one table, by one statement. */
const FORGOTTEN_AT_ONCE = 5_000;

const someOf = (table: string, isPast: string): string =>
  `DELETE FROM transit.${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM transit.${table} WHERE ${isPast} LIMIT ${FORGOTTEN_AT_ONCE})) AND ${isPast} RETURNING 1`;

/** `$1` the last hour that is past, `$2` how many hours a lane may be idle. */
const FORGET = `WITH a AS (${someOf('accepted', 'purge_hour <= $1')}), r AS (${someOf('received', 'purge_hour <= $1')}),
    s AS (${someOf('statement_use', 'purge_hour <= $1')}), i AS (${someOf('inbox_item', 'purge_hour <= $1')}),
    t AS (${someOf('spent_token', 'purge_hour <= $1')}), p AS (${someOf('spending', 'purge_hour <= $1')}), v AS (${someOf('voucher', 'purge_hour <= $1')}),
    g AS (${someOf('registration', 'purge_hour <= $1')}),
    l AS (${someOf('lane', 'pending = 0 AND used_hour <= $1 - $2::int')})
  SELECT sum(n)::int AS n, max(n)::int AS most
  FROM (VALUES ((SELECT count(*) FROM a)), ((SELECT count(*) FROM r)), ((SELECT count(*) FROM s)), ((SELECT count(*) FROM i)),
    ((SELECT count(*) FROM t)), ((SELECT count(*) FROM p)), ((SELECT count(*) FROM v)), ((SELECT count(*) FROM g)), ((SELECT count(*) FROM l))) AS counted(n)`;

/** The same values. Without a wish no lane is looked at. */
const FORGET_ASKED_LANES = `WITH l AS (${someOf(
  'lane',
  `pending = 0 AND used_hour <= $1 - $2::int
    AND EXISTS (SELECT FROM registry.retention_wish WHERE class = 'metadata' AND keep_seconds IS NOT NULL)
    AND used_hour <= $1 - greatest($2::int, coalesce(registry.metadata_keeps(tenant_id, account_id, conversation_id) / 3600, $1))`,
)}) SELECT count(*)::int AS n, count(*)::int AS most FROM l`;
