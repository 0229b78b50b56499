import { fork, type ChildProcess } from 'node:child_process';
import { StartupProblem } from '@causeway/platform';
import { mainOf } from './project-paths.js';

const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 12_000;

export interface Child {
  readonly process: ChildProcess;
  /** SIGTERM, and SIGKILL for one that does not go. */
  stop(): Promise<void>;
}

/** Starts a process of ours and waits until it says that it is ready. */
export async function startChild(app: 'edge' | 'simulator', env: Readonly<Record<string, string | undefined>>): Promise<Child> {
  // a group of its own: Ctrl-C reaches us alone, and we end the child in order
  const child = fork(mainOf(app), [], { env: { ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true });
  await ready(app, child);
  return { process: child, stop: () => stop(child) };
}

function ready(app: string, child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail('did not start in time'), START_WITHIN_MS);
    const fail = (what: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new StartupProblem(`The ${app} ${what}.`, 'Its own words are above.'));
    };
    child.once('exit', () => fail('ended while it started'));
    child.once('message', () => {
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve();
    });
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
