import { statSync } from 'node:fs';
import { StartupProblem } from './startup-problem.js';

const OTHERS = 0o077;

/** Throws `StartupProblem` when a file or folder of secrets is open to anyone but its owner; it says which and how to close it. */
export function refuseOpenToOthers(path: string, mode: number, kind: 'file' | 'folder'): void {
  if ((mode & OTHERS) === 0) return;
  throw new StartupProblem(
    `${path} has mode ${(mode & 0o777).toString(8)}, and secrets may be open to their owner only.`,
    `Look who could have read it, then: chmod ${kind === 'folder' ? '700' : '600'} ${path}`,
  );
}

/** The same for a path that may not be there yet. */
export function refusePathOpenToOthers(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found) refuseOpenToOthers(path, found.mode, found.isDirectory() ? 'folder' : 'file');
}
