import { StartupProblem } from '@causeway/platform';

/**
 * From 17 on PostgreSQL looks up a list of hours and a list of ids in one walk of an index. Earlier ones walk the whole hour for them: what a
 * batch costs then grows with the hour.
 */
export const OLDEST_POSTGRES = 17;

/** Of `server_version_num`. */
export const majorVersion = (versionNumber: string): number => Math.floor(Number(versionNumber) / 10_000);

/** Throws `StartupProblem`. */
export function refuseOldPostgres(versionNumber: string): void {
  const version = majorVersion(versionNumber);
  if (version >= OLDEST_POSTGRES) return;
  throw new StartupProblem(`PostgreSQL ${version} is too old.`, `Use PostgreSQL ${OLDEST_POSTGRES} or later.`);
}
