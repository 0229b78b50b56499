import { resolve } from 'node:path';
import { loadConfig, StartupProblem, SYSTEM_CLOCK, type Config } from '@causeway/platform';
import { tombstoneFilesOf } from '@causeway/retention';
import { migrate, readBackup, readTombstoneFile, restoreBackup, type TombstoneFile } from '@causeway/storage';
import type { Invocation } from '../command.js';
import { MIGRATIONS_FOLDER } from '../embedded/project-paths.js';
import { withDatabase } from '../embedded/with-database.js';
import { removeUnreadableContacts } from '../restore/remove-unreadable-contacts.js';
import { Terminal } from '../terminal.js';

const DAY_MS = 24 * 3_600_000;

/** `causeway restore`: the registry of a backup, with everything taken back again that was taken back since. */
export async function restore(invocation: Invocation): Promise<void> {
  const from = invocation.option('from');
  if (from === undefined) throw new StartupProblem('From where?', 'causeway restore --from <file>');
  const config = loadConfig(invocation.env);
  const backup = await readBackup(resolve(from));
  refuseOld(backup.header.takenAt, config);
  const tombstones = await tombstonesOf(invocation, config);
  const terminal = new Terminal();
  await withDatabase(config, { isShared: false }, async (url) => {
    await migrate({ url, folder: MIGRATIONS_FOLDER });
    const { rows, takenBack } = await restoreBackup({
      url,
      backup,
      region: config.region,
      tombstones: tombstones?.flatMap((file) => file.tombstones),
      replaces: invocation.has('replace'),
      withoutTombstones: invocation.has('without-tombstones'),
    });
    terminal.row('restored', `${rows} rows as of ${backup.header.takenAt}`);
    for (const [what, count] of takenBack) terminal.row('again', `${what}: ${count}`);
    terminal.row('known until', knownUntil(tombstones));
    terminal.row('contacts', await removeUnreadableContacts(config, url));
  });
  terminal.line();
  terminal.line('Nothing that was under way is here: devices submit again what has no end, and get no second copy.');
  terminal.line('Who registered or linked a device after the backup does it again. Invites of before are void.');
}

function knownUntil(files: readonly TombstoneFile[] | undefined): string {
  const last = files?.toSorted((one, other) => one.writtenAt.localeCompare(other.writtenAt)).at(-1);
  if (!last) return 'what the database itself remembered';
  return last.end === 'whole'
    ? last.writtenAt
    : `${last.writtenAt}; a copy, which cannot say whether its end is missing`;
}

function refuseOld(takenAt: string, { backupDays }: Config): void {
  if (SYSTEM_CLOCK.nowMs() - Date.parse(takenAt) <= backupDays * DAY_MS) return;
  throw new StartupProblem(
    `The backup is older than ${backupDays} days, and what was erased since is remembered no longer.`,
    'It would bring people back who left. Take a newer one.',
  );
}

/** The file that was named, or all of the data folder; `undefined` without any. */
async function tombstonesOf(invocation: Invocation, config: Config): Promise<readonly TombstoneFile[] | undefined> {
  const given = invocation.option('tombstones');
  const paths = given === undefined ? await tombstoneFilesOf(config.dataFolder) : [resolve(given)];
  const files = (await Promise.all(paths.map(readTombstoneFile))).filter((file) => file !== undefined);
  if (given !== undefined && files.length === 0)
    throw new StartupProblem(`There is no file ${given}.`, 'Look at --tombstones.');
  return files.length === 0 ? undefined : files;
}
