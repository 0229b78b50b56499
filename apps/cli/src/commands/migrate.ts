import { loadConfig, StartupProblem } from '@causeway/platform';
import { migrate } from '@causeway/storage';
import type { Invocation } from '../command.js';
import { MIGRATIONS_FOLDER } from '../embedded/project-paths.js';
import { Terminal } from '../terminal.js';

/** `causeway migrate`: once before the processes of a release start. `causeway up` does it by itself. */
export async function migrateDatabase({ env }: Invocation): Promise<void> {
  const { databaseUrl } = loadConfig(env);
  if (databaseUrl === '') throw new StartupProblem('There is no database to migrate.', 'Set CAUSEWAY_DATABASE_URL.');
  const applied = await migrate({ url: databaseUrl, folder: MIGRATIONS_FOLDER });
  new Terminal().line(applied.length === 0 ? 'The schema is up to date.' : `Applied: ${applied.join(', ')}`);
}
