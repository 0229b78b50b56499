import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pg from 'pg';
import type { Resting } from './plaintext-scan.js';

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

const SYSTEM = `('pg_catalog', 'information_schema', 'pg_toast')`;

/** Plain tables, partitions, and with `isWhole` also what PostgreSQL keeps for itself: statistics hold samples of rows. */
const columnsSql = (isWhole: boolean): string => `
  SELECT format('%I.%I', n.nspname, c.relname) AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 't', 'm') AND a.attnum > 0 AND NOT a.attisdropped ${isWhole ? '' : `AND n.nspname NOT IN ${SYSTEM}`}
  ORDER BY 1, a.attnum`;

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Every value of every column of every table in every schema, as the bytes or the text it is. */
export async function tableCells(
  url: string,
  options: { readonly isWhole: boolean },
): Promise<(Resting & { readonly cells: readonly Buffer[] })[]> {
  return withClient(url, async (client) => {
    const { rows: columns } = await client.query<Column>(columnsSql(options.isWhole));
    const found = [];
    for (const { table, column, type } of columns) {
      const name = client.escapeIdentifier(column);
      const selected = type === 'bytea' ? name : `convert_to(${name}::text, 'UTF8')`;
      const { rows } = await client.query<{ cell: Buffer | null }>(
        `SELECT ${selected} AS cell FROM ONLY ${table} WHERE ${name} IS NOT NULL`,
      );
      const cells = rows.flatMap(({ cell }) => (cell ? [cell] : []));
      const bytes = Buffer.concat(cells.flatMap((cell) => [cell, Buffer.from('\n')]));
      found.push({ store: 'tables', place: `${table}.${column}`, bytes, cells });
    }
    return found;
  });
}

/** A COPY of every table, as text and as binary, the way a backup would make it. `folder` must be one that the server may write in. */
export async function* dumpedTables(url: string, folder: string): AsyncGenerator<Resting> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o777);
  const tables = await withClient(url, async (client) => {
    const { rows } = await client.query<Column>(columnsSql(false));
    const names = [...new Set(rows.map(({ table }) => table))];
    for (const [index, table] of names.entries()) {
      await client.query(`COPY ${table} TO '${join(folder, `${index}.text`)}'`);
      await client.query(`COPY ${table} TO '${join(folder, `${index}.binary`)}' (FORMAT binary)`);
    }
    return names;
  });
  for (const [index, table] of tables.entries()) {
    for (const format of ['text', 'binary'])
      yield { store: 'dump', place: `${table} (${format})`, bytes: await readFile(join(folder, `${index}.${format}`)) };
  }
  await rm(folder, { recursive: true });
}

/** Every file below a folder. One that goes away meanwhile is left out. */
export async function* filesIn(folder: string, store: string): AsyncGenerator<Resting> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch((error: unknown) => {
      // not by `instanceof`: a test runner gives the error of the file system another Error than ours
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (bytes) yield { store, place: relative(folder, path), bytes };
  }
}

/** The write-ahead log as it is now, then, once a checkpoint has written every page, all files of the server. */
export async function* databaseFiles(url: string, folder: string): AsyncGenerator<Resting> {
  yield* filesIn(join(folder, 'data', 'pg_wal'), 'write-ahead log');
  await withClient(url, (client) => client.query('CHECKPOINT'));
  yield* filesIn(folder, 'database files');
}

/** Lets no checkpoint throw a segment of the write-ahead log away, so that it can be searched from here on. Returns the first segment. */
export async function keepWholeLog(url: string): Promise<string> {
  return withClient(url, async (client) => {
    await client.query("ALTER SYSTEM SET wal_keep_size = '2GB'");
    await client.query('SELECT pg_reload_conf()');
    const { rows } = await client.query<{ name: string }>('SELECT pg_walfile_name(pg_current_wal_lsn()) AS name');
    return rows[0]?.name ?? '';
  });
}
