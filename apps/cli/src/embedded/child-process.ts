import { fork, type ChildProcess } from 'node:child_process';
import { StartupProblem } from '@causeway/platform';
import type { Env } from '../command.js';
import { mainOf } from './project-paths.js';

const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 12_000;
/**
 * A child waits for carriers and makes little garbage; by default V8 keeps up to 48 MB for it. The gateway, which makes much, has the
 * default.
 */
const YOUNG_GENERATION = '--max-semi-space-size=4';

export interface Child {
  readonly process: ChildProcess;
  /** SIGTERM, and SIGKILL for one that does not go. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly env: Env;
  /** Ends a start that is under way. */
  readonly signal: AbortSignal;
  readonly args?: readonly string[];
  /** Whether its standard output is ours too; its errors always are. */
  readonly isSilent?: boolean;
}

/** Starts a process of ours and waits until it says that it is ready. */
export async function startChild(app: 'edge' | 'simulator', options: ChildOptions): Promise<Child> {
  options.signal.throwIfAborted();
  // a group of its own: Ctrl-C reaches us alone, and we end the child in order
  const child = fork(mainOf(app), options.args ?? [], {
    env: { ...options.env },
    stdio: ['ignore', options.isSilent ? 'ignore' : 'inherit', 'inherit', 'ipc'],
    execArgv: [YOUNG_GENERATION],
    detached: true,
  });
  await ready(app, child, options.signal);
  return { process: child, stop: () => stop(child) };
}

function ready(app: string, child: ChildProcess, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      child.removeAllListeners('exit');
      signal.removeEventListener('abort', interrupt);
    };
    const fail = (problem: Error): void => {
      settle();
      child.kill('SIGKILL');
      reject(problem);
    };
    const interrupt = (): void => fail(new Error('the start was interrupted'));
    const ownWords = (what: string): StartupProblem =>
      new StartupProblem(`The ${app} ${what}.`, 'Its own words are above.');
    const timer = setTimeout(() => fail(ownWords('did not start in time')), START_WITHIN_MS);
    child.once('exit', () => fail(ownWords('ended while it started')));
    child.once('message', () => {
      settle();
      resolve();
    });
    signal.addEventListener('abort', interrupt);
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
