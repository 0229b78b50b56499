import { createLogger, gracefulShutdown, loadConfig, type Config, type Logger } from '@causeway/platform';
import type { Env } from '../command.js';
import { Teardown } from './teardown.js';

export interface Foreground {
  readonly config: Config;
  readonly env: Env;
  readonly log: Logger;
  readonly teardown: Teardown;
  readonly signal: AbortSignal;
}

/** Room for the database after the processes. */
/** The edge may take its own time and is ended after 12 s; PostgreSQL drains for 5 s and then has 30 s for its last checkpoint. */
const CHILD_AND_DATABASE_STOP_SECONDS = 12 + 35;

/**
 * Runs `start`, which hands whatever it starts to the teardown. From its first moment on, Ctrl-C and SIGTERM end what was
 * started so far, in order, and then this process; a failure does the same and is thrown. Resolves with what `start` gave
 * when it is done, `undefined` when it was interrupted: then the process is about to end.
 */
export async function inForeground<T>(env: Env, start: (foreground: Foreground) => Promise<T>): Promise<T | undefined> {
  const config = loadConfig(env);
  const log = createLogger({ level: config.logLevel, process: 'causeway' });
  const teardown = new Teardown(log);
  const interruption = new AbortController();
  const { signal } = interruption;
  const starting = start({ config, env, log, teardown, signal });
  gracefulShutdown({
    log,
    limitSeconds: config.shutdownSeconds + CHILD_AND_DATABASE_STOP_SECONDS,
    steps: [
      {
        name: 'start',
        run: async () => {
          interruption.abort();
          await Promise.allSettled([starting]);
        },
      },
      { name: 'causeway', run: () => teardown.run() },
    ],
  });
  try {
    return await starting;
  } catch (thrown) {
    await teardown.run();
    if (signal.aborted) return undefined;
    throw thrown;
  }
}
