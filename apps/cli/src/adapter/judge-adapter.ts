import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StartupProblem } from '@causeway/platform';
import { PROJECT_FOLDER } from '../embedded/project-paths.js';

const JUDGE = join(PROJECT_FOLDER, 'scripts', 'contract.mjs');

/**
 * Runs the laws in a process of their own, which takes adapters as they are written, in TypeScript. Resolves with its exit status: 0 when
 * no law is broken.
 */
export async function judgeAdapter(args: readonly string[]): Promise<number> {
  if (!existsSync(JUDGE))
    throw new StartupProblem('The laws are not part of this installation.', 'Work in a clone of the repository.');
  const child = spawn(process.execPath, [JUDGE, ...args], { stdio: 'inherit' });
  return new Promise((end) => child.once('exit', (status) => end(status ?? 1)));
}
