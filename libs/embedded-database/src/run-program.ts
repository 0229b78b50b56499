import { spawn } from 'node:child_process';
import type { ServerUser } from './server-user.js';

export interface ProgramResult {
  readonly exitCode: number | null;
  /** What it printed, both streams. Names of folders and settings; PostgreSQL's tools print no data. */
  readonly output: string;
}

/**
 * Runs a PostgreSQL tool to its end, as the user the server runs as. Its environment is ours to choose: an inherited
 * `PGDATA`, `PGPORT` or `LC_ALL` changes what these tools do.
 */
export function runProgram(program: string, args: readonly string[], user: ServerUser): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // a group of its own: Ctrl-C reaches us, and a tool that is cut off leaves half a cluster or a server nobody stops
      detached: true,
      ...(user.kind === 'other' ? { uid: user.uid, gid: user.gid } : {}),
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, output }));
  });
}
