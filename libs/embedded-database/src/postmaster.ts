import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupProblem } from '@causeway/platform';
import type { Binaries } from './binaries.js';
import { lastLine, type DatabaseFolder } from './database-folder.js';
import { runProgram, type ProgramResult } from './run-program.js';
import { describeProcess } from './running-process.js';

const START_SECONDS = 60;
const DRAIN_SECONDS = 5;
const STOP_SECONDS = 30;

/**
 * The server process of one folder, driven by `pg_ctl`, which puts it in a process group of its own: Ctrl-C reaches us and
 * not the database, so that we can drain first.
 */
export class Postmaster {
  constructor(
    private readonly folder: DatabaseFolder,
    private readonly binaries: Binaries,
  ) {}

  /** The port of a server of this folder that runs already, left by a process that was killed. Clears the traces of a dead one. */
  async runningPort(): Promise<number | undefined> {
    const [pid, , , port] = (await readFile(this.#pidFile, 'utf8').catch(() => '')).split('\n');
    if (!pid) return undefined;
    const command = await describeProcess(Number(pid));
    if (command?.includes(this.folder.dataFolder)) return Number(port);
    // a process of something else has the id now; PostgreSQL would take it for a live server and refuse to start
    await rm(this.#pidFile, { force: true });
    return undefined;
  }

  async start(): Promise<void> {
    const result = await this.#pgCtl(
      'start',
      `--log=${this.folder.serverLog}`,
      '--wait',
      `--timeout=${START_SECONDS}`,
      '--silent',
    );
    if (result.exitCode === 0) return;
    const reason = lastLine(await readFile(this.folder.serverLog, 'utf8').catch(() => result.output));
    throw new StartupProblem(`The embedded database does not start: ${reason}`, `See ${this.folder.serverLog}.`);
  }

  /** Waits a little for open connections to end, then closes those that are left. `false` when some were. */
  async stop(): Promise<boolean> {
    const drained = await this.#pgCtl('stop', '--mode=smart', '--wait', `--timeout=${DRAIN_SECONDS}`, '--silent');
    if (drained.exitCode === 0) return true;
    const stopped = await this.#pgCtl('stop', '--mode=fast', '--wait', `--timeout=${STOP_SECONDS}`, '--silent');
    if (stopped.exitCode !== 0 && (await this.runningPort()) !== undefined) {
      throw new Error(`the embedded database does not stop: ${lastLine(stopped.output)}`);
    }
    return false;
  }

  #pgCtl(command: string, ...args: readonly string[]): Promise<ProgramResult> {
    return runProgram(this.binaries.pgCtl, [command, `--pgdata=${this.folder.dataFolder}`, ...args], this.folder.user);
  }

  get #pidFile(): string {
    return join(this.folder.dataFolder, 'postmaster.pid');
  }
}
