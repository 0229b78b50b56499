import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StartupProblem, SYSTEM_CLOCK } from '@causeway/platform';
import { POSTGRES_MAJOR, REACHABLE_FOLDER, type Binaries } from './binaries.js';
import { runProgram } from './run-program.js';
import { shortenServerLog } from './server-log.js';
import { giveTo, letThrough, mayReach, serverUser, type ServerUser } from './server-user.js';

/** The folder of one embedded database: `data`, `password`, `server.log`, and the marker that it is ours. */
export interface DatabaseFolder {
  readonly path: string;
  readonly dataFolder: string;
  readonly serverLog: string;
  readonly password: string;
  readonly user: ServerUser;
}

export const SUPERUSER = 'causeway';
const MARKER = 'causeway-database';

/** Opens the folder, or makes it and its database cluster. Throws `StartupProblem` when it holds anything else. */
export async function openDatabaseFolder(
  wanted: string,
  binaries: Binaries,
  user: ServerUser,
): Promise<DatabaseFolder> {
  const path = await placeFor(resolve(wanted), user);
  await claim(path, user);
  const folder = {
    path,
    user,
    dataFolder: join(path, 'data'),
    serverLog: join(path, 'server.log'),
    password: await passwordOf(path, user),
  };
  await makeCluster(folder, binaries);
  await refuseOtherVersion(folder.dataFolder);
  await shortenServerLog(folder.serverLog, SYSTEM_CLOCK);
  return folder;
}

/** A folder the server's user cannot reach (below `/root`, say) gets a stand-in under `/var/lib`, named for it. */
async function placeFor(wanted: string, user: ServerUser): Promise<string> {
  const parent = dirname(wanted);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  if (!(await mayReach(parent, user))) {
    const name = `database-${createHash('sha256').update(wanted).digest('hex').slice(0, 16)}`;
    await mkdir(REACHABLE_FOLDER, { recursive: true, mode: 0o755 });
    return join(REACHABLE_FOLDER, name);
  }
  await letThrough(parent, user);
  return wanted;
}

/** Whether there is a database to be opened. */
export async function hasDatabase(wanted: string): Promise<boolean> {
  const path = await placeFor(resolve(wanted), await serverUser());
  return stat(join(path, MARKER)).then(
    () => true,
    () => false,
  );
}

async function claim(path: string, user: ServerUser): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const entries = await readdir(path);
  if (entries.includes(MARKER)) return;
  if (entries.length > 0) {
    throw new StartupProblem(
      `The folder ${path} holds something that is not a database of Causeway.`,
      'Choose another CAUSEWAY_DATA_FOLDER, or empty it.',
    );
  }
  await giveTo(path, user);
  await writeFile(
    join(path, MARKER),
    'The embedded database of Causeway. Copy the whole folder, while it is stopped, or nothing.\n',
  );
}

async function passwordOf(path: string, user: ServerUser): Promise<string> {
  const file = join(path, 'password');
  const existing = await readFile(file, 'utf8').catch(() => '');
  if (existing !== '') return existing.trim();
  const made = randomBytes(24).toString('base64url');
  await writeFile(file, `${made}\n`, { mode: 0o600 });
  // initdb reads it as the server's user
  await giveTo(file, user);
  return made;
}

/** Made beside its place and renamed into it: an interrupted initdb leaves no half cluster behind. */
async function makeCluster(folder: DatabaseFolder, binaries: Binaries): Promise<void> {
  const exists = (await readdir(folder.path)).includes('data');
  if (exists) return;
  const partial = join(folder.path, 'data.partial');
  await rm(partial, { recursive: true, force: true });
  const args = [
    `--pgdata=${partial}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${join(folder.path, 'password')}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-locale',
    '--no-instructions',
  ];
  const { exitCode, output } = await runProgram(binaries.initdb, args, folder.user);
  if (exitCode !== 0)
    throw new StartupProblem(
      `The database could not be made: ${lastLine(output)}`,
      'Check the space and permissions of the disk.',
    );
  await rename(partial, folder.dataFolder);
}

async function refuseOtherVersion(dataFolder: string): Promise<void> {
  const version = (await readFile(join(dataFolder, 'PG_VERSION'), 'utf8').catch(() => 'unknown')).trim();
  if (version === POSTGRES_MAJOR) return;
  throw new StartupProblem(
    `The database in ${dataFolder} was made by PostgreSQL ${version}; this is PostgreSQL ${POSTGRES_MAJOR}.`,
    'Use the release of Causeway that made it to move the data, or choose another CAUSEWAY_DATA_FOLDER.',
  );
}

export const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';
