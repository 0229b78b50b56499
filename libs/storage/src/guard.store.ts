import type {
  GapClass,
  GuardStore,
  Observation,
  Snapshot,
  Tallies,
  TenantNames,
  Verdict,
} from '@causeway/abuse-control';
import type { Database } from './database.js';
import type { PartitionStore } from './partitions.store.js';

const HOURS_A_WEEK = 7 * 24;

/** A week's names can be made until the end of the next one: then their key is gone, and their partition goes. */
const purgeHourOfWeek = (week: number): number => (week + 2) * HOURS_A_WEEK;

const LETTERS: Readonly<Record<GapClass, string>> = { same: 's', near: 'n', far: 'f' };
const CLASSES: Readonly<Record<string, GapClass>> = { s: 'same', n: 'near', f: 'far' };

/** As the function answers: what JSON cannot say is absent or null. */
type Row = Omit<Snapshot, 'gapClasses' | 'standing' | 'pardon' | 'lastNewAtMs'> & {
  readonly gapClasses: string;
  readonly standing: Snapshot['standing'] | null;
  readonly pardon: Snapshot['pardon'] | null;
  readonly lastNewAtMs: number | null;
};

/** Conduct in PostgreSQL: one statement per batch, rows found by key, partitions that leave with their weekly key. */
export class PostgresGuardStore implements GuardStore {
  constructor(
    private readonly database: Database,
    private readonly partitions: PartitionStore,
  ) {}

  /** A batch in which the week turns is two: the new week takes over what the old one has become. */
  async observe(batch: readonly Observation[]): Promise<readonly Snapshot[]> {
    const turn = batch.findIndex(({ current }) => current.week !== batch[0]?.current.week);
    if (turn > 0) return [...(await this.observe(batch.slice(0, turn))), ...(await this.observe(batch.slice(turn)))];
    await this.ensureWeeks(batch.map(({ current }) => current.week));
    // nobody was promised that a count of half a second ago outlives a crash of the database: the answer does not wait for the disk
    const rows = await this.database.query<{ readonly snapshot: Row }>(
      `SELECT snapshot, set_config('synchronous_commit', 'off', true) FROM transit.guard_observe($1::jsonb) AS snapshot`,
      JSON.stringify(batch.map(observed)),
    );
    return rows.map(({ snapshot }, index) => snapshotOf(snapshot, batch[index]?.atMs ?? 0));
  }

  async settle(verdicts: readonly Verdict[]): Promise<void> {
    await this.database.query(
      `UPDATE transit.guard_conduct c SET
         pardon = coalesce(v.pardon, c.pardon),
         standing = CASE
           WHEN v.pardon IS NOT NULL AND (c.standing->>'level')::int <= (v.pardon->>'reach')::int THEN NULL
           WHEN v.standing IS NULL THEN c.standing
           WHEN c.standing IS NULL OR (c.standing->>'untilMs')::bigint <= v."atMs" THEN v.standing
           WHEN ((v.standing->>'level')::int, (v.standing->>'untilMs')::bigint) > ((c.standing->>'level')::int, (c.standing->>'untilMs')::bigint)
             THEN v.standing
           ELSE c.standing END
       FROM jsonb_to_recordset($1::jsonb) AS v(hour int, sender text, "atMs" bigint, standing jsonb, pardon jsonb)
       WHERE c.purge_hour = v.hour AND c.sender = v.sender`,
      JSON.stringify(
        verdicts.map(({ week, sender, atMs, standing, pardon }) => ({
          hour: purgeHourOfWeek(week),
          sender,
          atMs,
          standing,
          pardon,
        })),
      ),
    );
  }

  async tally({ current, previous }: TenantNames, add: Tallies): Promise<Tallies> {
    await this.ensureWeeks([current.week]);
    const rows = await this.database.query<{ readonly name: string; readonly n: string }>(
      `WITH added AS (
         INSERT INTO transit.guard_tally AS t (purge_hour, tenant, name, n)
         SELECT $1, $2, name, n FROM jsonb_to_recordset($5::jsonb) AS a(name text, n bigint) ORDER BY name
         ON CONFLICT (purge_hour, tenant, name) DO UPDATE SET n = t.n + excluded.n),
       summed AS (
         SELECT name, n FROM transit.guard_tally WHERE purge_hour = $1 AND tenant = $2
         UNION ALL SELECT name, n FROM transit.guard_tally WHERE purge_hour = $3 AND tenant = $4
         UNION ALL SELECT name, n FROM jsonb_to_recordset($5::jsonb) AS a(name text, n bigint))
       SELECT name, sum(n)::text AS n FROM summed GROUP BY name`,
      purgeHourOfWeek(current.week),
      current.tenant,
      purgeHourOfWeek(previous.week),
      previous.tenant,
      JSON.stringify([...add].map(([name, n]) => ({ name, n }))),
    );
    return new Map(rows.map(({ name, n }) => [name, Number(n)]));
  }

  private async ensureWeeks(weeks: readonly number[]): Promise<void> {
    for (const week of new Set(weeks)) await this.partitions.ensure('g', purgeHourOfWeek(week));
  }
}

const observed = ({ current, previous, atMs, kind, gapClass, country }: Observation) => ({
  hour: purgeHourOfWeek(current.week),
  sender: current.sender,
  recipient: current.recipient,
  oldHour: purgeHourOfWeek(previous.week),
  oldSender: previous.sender,
  oldRecipient: previous.recipient,
  atMs,
  kind,
  gap: gapClass && LETTERS[gapClass],
  country,
});

const snapshotOf = (row: Row, atMs: number): Snapshot => ({
  ...row,
  gapClasses: row.gapClasses.split('').flatMap((letter) => CLASSES[letter] ?? []),
  standing: row.standing && row.standing.untilMs > atMs ? row.standing : undefined,
  pardon: row.pardon && row.pardon.untilMs > atMs ? row.pardon : undefined,
  lastNewAtMs: row.lastNewAtMs ?? undefined,
});
