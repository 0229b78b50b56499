import type { Database } from './database.js';

/** What the database holds right now, for those who would rather look than believe: the demo and the tests. */
export interface HeldBoxes {
  readonly count: number;
  readonly sizeBytes: number;
}

/** Sealed boxes that wait for a device or for the edge. */
export async function heldBoxes(database: Database): Promise<HeldBoxes> {
  const [held] = await database.query<HeldBoxes>(
    `SELECT count(*)::int AS count, coalesce(sum(size), 0)::int AS "sizeBytes" FROM (
       SELECT length(body) AS size FROM transit.inbox WHERE kind = 'box'
       UNION ALL SELECT length(sealed) FROM transit.envelope) boxes`,
  );
  return held ?? { count: 0, sizeBytes: 0 };
}

export interface Search {
  readonly tables: number;
  readonly rows: number;
  /** Rows that hold one of the texts, as characters or as UTF-8 bytes. */
  readonly hits: number;
}

/** Looks for texts in every row of every table, those of the queue included. For small databases: it reads all of it. */
export async function searchEveryRow(database: Database, texts: readonly string[]): Promise<Search> {
  const tables = await database.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1`,
  );
  const needles = texts.flatMap((text) => [text, Buffer.from(text, 'utf8').toString('hex')]);
  let [rows, hits] = [0, 0];
  for (const { name } of tables) {
    const [found] = await database.query<{ rows: number; hits: number }>(
      `SELECT count(*)::int AS rows, count(*) FILTER (WHERE EXISTS (
         SELECT FROM unnest($1::text[]) AS needle WHERE position(needle IN t::text) > 0))::int AS hits FROM ${name} t`,
      needles,
    );
    rows += found?.rows ?? 0;
    hits += found?.hits ?? 0;
  }
  return { tables: tables.length, rows, hits };
}

/** How many telephone numbers said STOP to one of our numbers, or to all. */
export async function stoppedNumbers(database: Database): Promise<number> {
  const rows = await database.query<{ n: number }>(
    'SELECT count(DISTINCT (tenant_id, digest))::int AS n FROM registry.opt_out',
  );
  return rows[0]?.n ?? 0;
}
