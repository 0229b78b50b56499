import { StartupProblem } from '@causeway/platform';
import pg from 'pg';
import { z } from 'zod';
import type { Backup, BackupRow } from './backup-form.js';
import { appliedMigrations, quotedName, registryTables } from './registry-tables.js';
import { carryOutTombstones, mergeTombstones, tombstoneRow, type TombstoneRow } from './tombstones.js';

const ROWS_AT_A_TIME = 500;
/** The database and whoever takes a backup need not agree on the time. */
const CLOCK_MARGIN_MS = 3_600_000;
/** Of these, what the database has stays: its region, and what may only ever grow. */
const STAYING: ReadonlySet<string> = new Set(['cell', 'purge_ledger', 'purge_note']);

export interface RestoreInput {
  readonly url: string;
  readonly backup: Backup;
  readonly region: string;
  /** What processes wrote beside the database; what the database itself remembers is always heeded. */
  readonly tombstones: readonly TombstoneRow[] | undefined;
  /** Whether a registry that is there gives way. */
  readonly replaces: boolean;
  /** Whether nothing that was taken back after the backup is known, and that is accepted. */
  readonly withoutTombstones: boolean;
}

export interface RestoreReport {
  readonly rows: number;
  /** What was taken back since the backup was taken, and was taken back again. */
  readonly takenBack: ReadonlyMap<string, number>;
}

/**
 * Puts the registry of a backup into a migrated database that nothing uses, in one transaction: it is done whole or not at all. What was
 * taken back after the backup is taken back again, and `transit` is emptied: devices submit again what has no end. Throws `StartupProblem`.
 */
export async function restoreBackup(input: RestoreInput): Promise<RestoreReport> {
  const client = new pg.Client({ connectionString: input.url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await refuseUnfit(client, input);
    const tables = await registryTables(client);
    const known = await ownTombstones(client);
    if (known.length === 0 && !input.tombstones && !input.withoutTombstones) throw nothingKnown();
    await client.query(
      `TRUNCATE ${tables
        .filter((name) => !STAYING.has(name))
        .map((name) => `registry.${quotedName(name)}`)
        .join(', ')}`,
    );
    for (const table of await transitTables(client)) await client.query(`TRUNCATE transit.${quotedName(table)}`);
    await load(
      client,
      tables,
      input.backup.rows.filter(([table]) => table !== 'tombstone'),
    );
    // what loading the rows itself left behind is not news
    await client.query('DELETE FROM registry.tombstone');
    const buried = input.backup.rows.flatMap(([table, row]) =>
      table === 'tombstone' ? [tombstoneRow.parse(row)] : [],
    );
    await mergeTombstones(client, [...buried, ...known, ...sinceBackup(input)]);
    const takenBack = await carryOutTombstones(client);
    await client.query('COMMIT');
    return { rows: input.backup.rows.length, takenBack };
  } finally {
    await client.end();
  }
}

/** What is older is in the backup, and may have been lifted before it was taken. */
function sinceBackup({ backup, tombstones = [] }: RestoreInput): readonly TombstoneRow[] {
  const fromMs = Date.parse(backup.header.takenAt) - CLOCK_MARGIN_MS;
  return tombstones.filter(({ at }) => Date.parse(at) >= fromMs);
}

async function refuseUnfit(client: pg.Client, { backup, region, replaces }: RestoreInput): Promise<void> {
  const others = await countOf(
    client,
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
  );
  if (others > 0) throw new StartupProblem('The database is in use.', 'Stop every process of Causeway first.');
  const applied = await appliedMigrations(client);
  const missing = backup.header.migrations.filter((name) => !applied.includes(name));
  if (missing.length > 0)
    throw new StartupProblem(
      `The backup is of a newer schema: the database lacks ${missing.join(', ')}.`,
      'Run causeway migrate of that release.',
    );
  if (backup.header.region !== region)
    throw new StartupProblem(
      `The backup is of region ${backup.header.region}, and this cell is of region ${region}.`,
      'People of one region are not moved to another by a backup.',
    );
  if (!replaces && (await countOf(client, 'SELECT count(*)::int AS n FROM registry.account')) > 0)
    throw new StartupProblem(
      'There are accounts in this database.',
      'Restore into an empty one, or add --replace to lose them.',
    );
}

async function countOf(client: pg.Client, sql: string): Promise<number> {
  const { rows } = await client.query(sql);
  return z.array(z.object({ n: z.number() })).parse(rows)[0]?.n ?? 0;
}

async function ownTombstones(client: pg.Client): Promise<TombstoneRow[]> {
  const { rows } = await client.query<{ row: unknown }>('SELECT to_jsonb(t) AS row FROM registry.tombstone t');
  return rows.map(({ row }) => tombstoneRow.parse(row));
}

async function transitTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'transit' AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
  );
  return rows.map(({ name }) => name);
}

/** Columns are taken by their names, so that a newer schema gives those it added their defaults. */
async function load(client: pg.Client, tables: readonly string[], rows: readonly BackupRow[]): Promise<void> {
  const byTable = groupByTable(rows);
  const unknown = [...byTable.keys()].filter((table) => !tables.includes(table));
  if (unknown.length > 0)
    throw new StartupProblem(`The database has no table ${unknown.join(', ')}.`, 'Run causeway migrate.');
  for (const table of tables) {
    const values = (byTable.get(table) ?? []).map(([, row]) => row);
    for (let start = 0; start < values.length; start += ROWS_AT_A_TIME) {
      const part = values.slice(start, start + ROWS_AT_A_TIME);
      const columns = Object.keys(part[0] ?? {})
        .map(quotedName)
        .join(', ');
      const name = `registry.${quotedName(table)}`;
      await client.query(
        `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${name}, $1::jsonb)
         ${STAYING.has(table) ? 'ON CONFLICT DO NOTHING' : ''}`,
        [JSON.stringify(part)],
      );
    }
  }
}

const nothingKnown = (): StartupProblem =>
  new StartupProblem(
    'Nothing is known of what was erased, revoked or blocked since the backup was taken.',
    'Name the file tombstones.jsonl of the data folder of a worker with --tombstones, or add --without-tombstones to bring it all back.',
  );

function groupByTable(rows: readonly BackupRow[]): ReadonlyMap<string, BackupRow[]> {
  const grouped = new Map<string, BackupRow[]>();
  for (const row of rows) {
    const of = grouped.get(row[0]) ?? [];
    of.push(row);
    grouped.set(row[0], of);
  }
  return grouped;
}
