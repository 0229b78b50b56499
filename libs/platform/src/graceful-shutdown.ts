import { errorFields } from './error-fields.js';
import type { Logger } from './logger.js';

export interface ShutdownStep {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

export interface ShutdownOptions {
  readonly log: Logger;
  /** Run one after the other: first what lets work in, last what work stands on (the database). */
  readonly steps: readonly ShutdownStep[];
  /** After this the process leaves as it is, with status 1; everything accepted is in the database. */
  readonly limitSeconds: number;
  /** For tests. */
  readonly exit?: (status: number) => void;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Ends the process in order at SIGTERM or SIGINT; a second signal ends it at once. A step that fails does not keep the next
 * from running. Returns the function that does the same without a signal.
 */
export function gracefulShutdown(options: ShutdownOptions): (reason: string) => Promise<void> {
  const exit = options.exit ?? ((status: number) => process.exit(status));
  let ending: Promise<void> | undefined;
  const end = (reason: string): Promise<void> => (ending ??= runSteps(reason, options, exit));
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (ending) exit(130);
      else void end(signal);
    });
  }
  return end;
}

/**
 * For a process that another of ours started: when that one is gone, however it went, this one ends as at SIGTERM, so that the
 * next start finds its ports, sockets and folders free. Does nothing in a process that was started by hand.
 */
export function endWithParent(): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

async function runSteps(
  reason: string,
  { log, steps, limitSeconds }: ShutdownOptions,
  exit: (status: number) => void,
): Promise<void> {
  log.info('process.stopping', { reason });
  let component = '';
  const limit = setTimeout(() => {
    log.error('process.stopped-late', { component, durationMs: limitSeconds * 1000 });
    exit(1);
  }, limitSeconds * 1000);
  let status = 0;
  for (const step of steps) {
    component = step.name;
    await step.run().catch((thrown: unknown) => {
      status = 1;
      log.error('process.stop-failed', { component: step.name, ...errorFields(thrown) });
    });
  }
  clearTimeout(limit);
  log.info('process.stopped', { reason });
  exit(status);
}
