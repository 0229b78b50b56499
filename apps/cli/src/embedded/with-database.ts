import { join } from 'node:path';
import { EmbeddedDatabase } from '@causeway/embedded-database';
import { createLogger, type Config } from '@causeway/platform';

/**
 * Runs `work` on the database of the settings. The embedded one is started for it and stopped afterwards; `isShared` takes the one that
 * `causeway up` runs at the moment, where there is one.
 */
export async function withDatabase<Result>(
  config: Config,
  { isShared }: { readonly isShared: boolean },
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  if (config.databaseUrl !== '') return work(config.databaseUrl);
  const folder = join(config.dataFolder, 'database');
  const running = isShared ? await EmbeddedDatabase.runningUrl(folder) : undefined;
  if (running !== undefined) return work(running);
  const log = createLogger({ level: 'error', process: 'causeway' });
  const database = await EmbeddedDatabase.start({ folder, port: config.databasePort, log });
  try {
    return await work(database.url);
  } finally {
    await database.stop();
  }
}
