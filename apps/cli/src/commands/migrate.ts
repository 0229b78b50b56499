import { loadConfig, StartupProblem } from '@causeway/platform';
import { migrate } from '@causeway/storage';
import { MIGRATIONS_FOLDER } from './project-paths.js';

/** `causeway migrate`: once before the processes of a release start. `causeway up` does it by itself. */
export async function migrateDatabase(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { databaseUrl } = loadConfig(env);
  if (databaseUrl === '') throw new StartupProblem('There is no database to migrate.', 'Set CAUSEWAY_DATABASE_URL.');
  const applied = await migrate({ url: databaseUrl, folder: MIGRATIONS_FOLDER });
  process.stdout.write(applied.length === 0 ? 'The schema is up to date.\n' : `Applied: ${applied.join(', ')}\n`);
}
