import type pg from 'pg';

/** Tables of the registry as the database has them, each after those that it refers to. */
export async function registryTables(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; needs: string[] }>(
    `SELECT c.relname AS name, coalesce(array_agg(f.relname::text) FILTER (WHERE f.relname IS NOT NULL), '{}') AS needs
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_constraint r ON r.conrelid = c.oid AND r.contype = 'f' AND r.confrelid <> c.oid
     LEFT JOIN pg_class f ON f.oid = r.confrelid
     WHERE n.nspname = 'registry' AND c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname`,
  );
  const ordered: string[] = [];
  let waiting = rows;
  while (waiting.length > 0) {
    const ready = waiting.filter(({ needs }) => needs.every((need) => ordered.includes(need)));
    if (ready.length === 0) throw new Error('tables of the registry refer to each other in a circle');
    ordered.push(...ready.map(({ name }) => name));
    waiting = waiting.filter(({ name }) => !ordered.includes(name));
  }
  return ordered;
}

/** Names of the migrations that the database has. */
export async function appliedMigrations(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT migration_name AS name FROM public._prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1',
  );
  return rows.map(({ name }) => name);
}

/** Names that come from the catalog, as they may stand in a statement. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
