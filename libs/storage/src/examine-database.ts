import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { majorVersion } from './oldest-postgres.js';

/** What a database is like, for those who set it up. */
export type DatabaseStanding =
  | { readonly kind: 'away' }
  | {
      readonly kind: 'answers';
      /** Major version of PostgreSQL. */
      readonly version: number;
      /** Migrations of this release that were not applied yet, in order. */
      readonly missing: readonly string[];
    };

const CONNECT_MS = 5_000;

/** Looks and changes nothing. Never throws for a database that cannot be used. */
export async function examineDatabase(options: {
  readonly url: string;
  readonly folder: string;
}): Promise<DatabaseStanding> {
  const client = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: CONNECT_MS });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; applied: string | null }>(
      `SELECT current_setting('server_version_num') AS version, to_regclass('public._prisma_migrations')::text AS applied`,
    );
    const applied = rows[0]?.applied
      ? await client.query<{ name: string }>(
          'SELECT migration_name AS name FROM public._prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
        )
      : { rows: [] };
    const names = new Set(applied.rows.map(({ name }) => name));
    const folders = (await readdir(options.folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    return {
      kind: 'answers',
      version: majorVersion(rows[0]?.version ?? '0'),
      missing: folders
        .map(({ name }) => name)
        .filter((name) => !names.has(name))
        .toSorted(),
    };
  } catch {
    return { kind: 'away' };
  } finally {
    await client.end().catch(() => undefined);
  }
}
