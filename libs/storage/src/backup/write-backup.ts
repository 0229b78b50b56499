import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { z } from 'zod';
import { NOT_BACKED_UP, type BackupHeader } from './backup-form.js';
import { appliedMigrations, quotedName, registryTables } from './registry-tables.js';

const ROWS_AT_A_TIME = 500;
/** A backup of a large registry takes longer than any statement of ours may. */
const STATEMENT = 'DECLARE backed_up NO SCROLL CURSOR FOR SELECT to_jsonb(t)::text AS row FROM registry.';

/** What was written. */
export interface BackupReport {
  readonly header: BackupHeader;
  readonly rowsOf: ReadonlyMap<string, number>;
  readonly sizeBytes: number;
}

/**
 * Writes the schema `registry` as it is at one moment, without what must not come back, into a new file of mode 0600; nothing of `transit`
 * or `queue` is read. Causeway may run meanwhile. The file is there whole or not at all.
 */
export async function writeBackup(input: {
  readonly url: string;
  readonly path: string;
  readonly now: Date;
}): Promise<BackupReport> {
  const client = new pg.Client({ connectionString: input.url });
  await client.connect();
  const draft = `${input.path}.draft`;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const header = await headerOf(client, input.now);
    const file = await open(draft, 'wx', 0o600);
    const rowsOf = new Map<string, number>();
    try {
      const gzip = createGzip();
      const written = pipeTo(gzip, file);
      const hash = createHash('sha256');
      const put = async (line: string): Promise<void> => {
        if (!gzip.write(`${line}\n`)) await once(gzip, 'drain');
      };
      const add = async (line: string): Promise<void> => {
        hash.update(`${line}\n`);
        await put(line);
      };
      await add(JSON.stringify(header));
      let rows = 0;
      for (const table of await registryTables(client)) {
        if (table in NOT_BACKED_UP) continue;
        let count = 0;
        for await (const row of rowsIn(client, table)) {
          await add(`[${JSON.stringify(table)},${row}]`);
          count += 1;
        }
        rowsOf.set(table, count);
        rows += count;
      }
      await put(JSON.stringify({ rows, sha256: hash.digest('hex') }));
      gzip.end();
      await written;
      await file.sync();
      const { size } = await file.stat();
      await rename(draft, input.path);
      return { header, rowsOf, sizeBytes: size };
    } finally {
      await file.close();
    }
  } finally {
    await rm(draft, { force: true });
    await client.end();
  }
}

async function headerOf(client: pg.Client, now: Date): Promise<BackupHeader> {
  const { rows } = await client.query('SELECT region FROM registry.cell');
  const [cell] = z.array(z.object({ region: z.string() })).parse(rows);
  return {
    format: 'causeway-registry-backup-v1',
    takenAt: now.toISOString(),
    region: cell?.region ?? '',
    migrations: [...(await appliedMigrations(client))],
  };
}

async function* rowsIn(client: pg.Client, table: string): AsyncGenerator<string> {
  await client.query(`${STATEMENT}${quotedName(table)} t`);
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`FETCH ${ROWS_AT_A_TIME} FROM backed_up`);
    for (const { row } of rows) yield row;
    if (rows.length < ROWS_AT_A_TIME) break;
  }
  await client.query('CLOSE backed_up');
}

async function pipeTo(gzip: ReturnType<typeof createGzip>, file: Awaited<ReturnType<typeof open>>): Promise<void> {
  for await (const chunk of gzip) await file.write(z.instanceof(Uint8Array).parse(chunk));
}
