import { stat } from 'node:fs/promises';
import { StartupProblem, type Config } from '@causeway/platform';
import { examineDatabase, OLDEST_POSTGRES } from '@causeway/storage';
import { WorkQueue } from '@causeway/work-queue';
import { MIGRATIONS_FOLDER } from '../embedded/project-paths.js';
import { ok, problem, skipped, type Finding } from './finding.js';

const OTHERS = 0o077;

/** The database: does it answer, is it new enough, is it at the schema of this release. */
export async function checkDatabase({ databaseUrl: url }: Config): Promise<Finding> {
  if (url === '') return skipped('database', 'The embedded database is started by causeway up.');
  const standing = await examineDatabase({ url, folder: MIGRATIONS_FOLDER });
  if (standing.kind === 'away') {
    return problem('database', 'The database does not answer.', 'Check CAUSEWAY_DATABASE_URL and that it is running.');
  }
  const { version, missing } = standing;
  if (version < OLDEST_POSTGRES) {
    return problem('database', `PostgreSQL ${version} is too old.`, `Use PostgreSQL ${OLDEST_POSTGRES} or later.`);
  }
  if (missing.length > 0) {
    return problem('database', `The schema lacks ${missing.join(', ')}.`, 'Run causeway migrate.');
  }
  return ok('database', `PostgreSQL ${version} answers and has the schema of this release.`);
}

/** The queue, where it is not in the database: reachable, and a Redis that keeps what it is given. */
export async function checkQueue({ queueBackend: backend, redisUrl: url }: Config): Promise<Finding> {
  if (backend === 'postgres') return ok('queue', 'The queue is in the database.');
  try {
    await (await WorkQueue.open({ backend, url })).close();
    return ok('queue', 'Redis answers, appends to a file and evicts nothing.');
  } catch (thrown) {
    if (!(thrown instanceof StartupProblem)) throw thrown;
    return problem('queue', thrown.problem, thrown.whatToDo);
  }
}

/** The keys of the edge: only their owner may reach them. Changing the mode would hide that somebody else could read them. */
export async function checkKeyFolder({ edgeKeyFolder: folder }: Config): Promise<Finding> {
  const mode = await stat(folder).then(
    (found) => found.mode,
    () => undefined,
  );
  if (mode === undefined) return skipped('key-folder', 'It is made when the edge first starts.');
  if ((mode & OTHERS) === 0) return ok('key-folder', 'Only its owner may enter the key folder.');
  return problem(
    'key-folder',
    'The key folder is open to others than its owner.',
    'Look who could have read it, then set folders to 700 and files to 600.',
  );
}
