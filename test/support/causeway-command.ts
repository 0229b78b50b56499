import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './world.js';

const execute = promisify(execFile);

/** `causeway <args>` as a person runs it at a terminal: a process group of its own, no channel to us but its words. */
export class CausewayCommand {
  private words = '';
  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.words += chunk.toString('utf8')));
  }

  static start(args: readonly string[], env: Readonly<Record<string, string>>, cwd = process.cwd()): CausewayCommand {
    const { PATH = '', HOME = '', TMPDIR = '', LANG = 'C.UTF-8' } = process.env;
    const main = join(process.cwd(), 'dist/apps/cli/src/main.js');
    const child = spawn(process.execPath, [main, ...args], {
      env: { PATH, HOME, TMPDIR, LANG, ...env },
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    return new CausewayCommand(child);
  }

  /** Runs it to its end. */
  static async run(args: readonly string[], env: Readonly<Record<string, string>>) {
    const command = CausewayCommand.start(args, env);
    const status = await command.ended();
    return { status, output: command.output };
  }

  /** All that it wrote until now, on both streams. */
  get output(): string {
    return this.words;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async says(text: string, withinMs = 60_000): Promise<void> {
    await eventually(() => this.words.includes(text) || !this.isRunning, { what: `it says ${text}`, withinMs });
    if (!this.words.includes(text)) throw new Error(`it ended without saying ${text}:\n${this.words}`);
  }

  /** To the process alone, or to its group, as Ctrl-C at a terminal. */
  signal(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL', to: 'process' | 'group' = 'process'): void {
    process.kill(to === 'group' ? -this.pid : this.pid, signal);
  }

  /** Exit status once it has ended and its last words were read. */
  ended(): Promise<number | null> {
    return new Promise((resolve) => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) return resolve(this.child.exitCode);
      this.child.once('close', (code) => resolve(code));
    });
  }
}

interface Found {
  readonly pid: number;
  readonly command: string;
}

/** Every process that has `folder` in its arguments or its environment: the database server, the edge, the gateway. */
export async function processesOf(folder: string): Promise<Found[]> {
  const { stdout } = await execute('ps', ['axeww', '-o', 'pid=,command='], { maxBuffer: 64 * 1024 * 1024 });
  return stdout
    .split('\n')
    .filter((line) => line.includes(folder) && !/^\s*\d+ ps /.test(line))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim() }));
}

const ENDED_WITHIN_MS = 10_000;

/** `kill -9` to all of them, again and again until none is left: one that was just being started is not in the first list. */
export async function endProcessesOf(folder: string): Promise<void> {
  const killAll = async (): Promise<boolean> => {
    const found = await processesOf(folder);
    for (const { pid } of found) killIfThere(pid);
    return found.length === 0;
  };
  await eventually(killAll, { what: `every process of ${folder} ends`, withinMs: ENDED_WITHIN_MS });
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    // the children of a database server end with it
    if (Reflect.get(Object(thrown), 'code') !== 'ESRCH') throw thrown;
  }
}
