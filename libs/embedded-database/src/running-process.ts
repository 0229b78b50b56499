import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * When a process began and what runs in it, as one text; `undefined` when there is none. Ids of processes are used again,
 * soon in a container: the text tells a process from a later one with the same id.
 */
export async function describeProcess(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** proc(5): in `stat` the name in brackets may hold anything; field 22 counts from behind it. */
async function fromProc(pid: number): Promise<string | undefined> {
  const [stat, command] = await Promise.all(
    ['stat', 'cmdline'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => undefined)),
  );
  if (stat === undefined || command === undefined) return undefined;
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' ? undefined : `${fields[18] ?? ''} ${command.replaceAll('\0', ' ').trim()}`;
}

async function fromPs(pid: number): Promise<string | undefined> {
  const args = ['-o', 'lstart=,command=', '-p', String(pid)];
  const result = await execute('ps', args, { env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } }).catch(() => undefined);
  const line = result?.stdout.trim();
  return line === '' ? undefined : line;
}
