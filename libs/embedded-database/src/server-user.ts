import { execFile } from 'node:child_process';
import { chmod, chown, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { StartupProblem } from '@causeway/platform';

const execute = promisify(execFile);

/** Who the server runs as. PostgreSQL refuses to run as root, so root lends it to an unprivileged user. */
export type ServerUser =
  { readonly kind: 'self' } | { readonly kind: 'other'; readonly uid: number; readonly gid: number };

const USER_NAME = 'postgres';

/** Ourselves, or as root the system user `postgres`, which is made when there is none. */
export async function serverUser(): Promise<ServerUser> {
  if (userInfo().uid !== 0) return { kind: 'self' };
  const existing = await lookUp();
  if (existing) return existing;
  // one line that works with shadow-utils (Debian, Fedora) and one for BusyBox (Alpine)
  await execute('useradd', ['--system', '--user-group', '--no-create-home', USER_NAME]).catch(() =>
    execute('adduser', ['-S', '-D', '-H', USER_NAME]),
  );
  const made = await lookUp();
  if (made) return made;
  throw new StartupProblem(
    'PostgreSQL does not run as root, and no unprivileged user could be made for it.',
    'Make a system user named postgres, or start Causeway as another user.',
  );
}

async function lookUp(): Promise<ServerUser | undefined> {
  const [uid, gid] = await Promise.all([numberFrom('id', ['-u', USER_NAME]), numberFrom('id', ['-g', USER_NAME])]);
  return uid === undefined || gid === undefined ? undefined : { kind: 'other', uid, gid };
}

async function numberFrom(program: string, args: readonly string[]): Promise<number | undefined> {
  const result = await execute(program, args).catch(() => undefined);
  const value = Number.parseInt(result?.stdout ?? '', 10);
  return Number.isNaN(value) ? undefined : value;
}

/** Makes a file or folder the server's. */
export async function giveTo(path: string, user: ServerUser): Promise<void> {
  if (user.kind === 'other') await chown(path, user.uid, user.gid);
}

/** Whether the server's user may enter every folder above a path. Only others' execute bits count: it is in no group of ours. */
export async function mayReach(path: string, user: ServerUser): Promise<boolean> {
  if (user.kind === 'self') return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid } = await stat(folder);
    if (uid !== user.uid && (mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Lets the server's user pass through one folder of ours, without letting it list what is there. */
export async function letThrough(folder: string, user: ServerUser): Promise<void> {
  if (user.kind === 'self') return;
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) await chmod(folder, (mode & 0o777) | 0o011);
}
