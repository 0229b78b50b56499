import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EmbeddedDatabase } from '@causeway/embedded-database';
import { createLogger, errorFields, loadConfig, operatorToken, type Config } from '@causeway/platform';
import { closeProcess, openProcess, type ProcessContext } from '@causeway/process-context';
import { migrate } from '@causeway/storage';
import { startGateway } from '../../gateway/src/index.js';
import { startWorker } from '../../worker/src/index.js';
import { startChild, type Child } from './child-process.js';
import { MIGRATIONS_FOLDER } from './project-paths.js';

export interface Embedded {
  readonly config: Config;
  readonly url: string;
  readonly context: ProcessContext;
  /** The edge as it runs now. */
  edge(): Child;
  close(): Promise<void>;
}

const RESTART_PAUSE_MS = 1_000;

type Step = () => Promise<unknown>;

/**
 * A whole Causeway on one machine: the embedded database, gateway and worker in this process, the edge as a child with its own key folder.
 * Whatever fails on the way, what was started before is stopped again.
 */
export async function startEmbedded(env: Readonly<Record<string, string | undefined>>): Promise<Embedded> {
  const config = loadConfig(env);
  const log = createLogger({ level: config.logLevel, process: 'causeway' });
  const undo: Step[] = [];
  try {
    const databaseUrl = config.databaseUrl || (await startDatabase(config, log, undo));
    await migrate({ url: databaseUrl, folder: MIGRATIONS_FOLDER });
    const context = await openProcess({ name: 'causeway', config, databaseUrl });
    undo.unshift(() => closeProcess(context));
    const gateway = await startGateway({ context, operatorToken: await operatorToken(config) });
    undo.unshift(() => gateway.close());
    const worker = await startWorker({ context, devices: gateway.devices });
    undo.unshift(() => worker.close());
    undo.unshift(() => context.queue.close());
    const edge = await keepEdge({ ...env, CAUSEWAY_DATABASE_URL: databaseUrl }, context);
    undo.unshift(() => edge.stop());
    context.events.processStarted({ address: gateway.url, version: '1' });
    return { config, url: gateway.url, context, edge: edge.current, close: () => runAll(undo) };
  } catch (thrown) {
    await runAll(undo);
    throw thrown;
  }
}

async function startDatabase(config: Config, log: ProcessContext['log'], undo: Step[]): Promise<string> {
  const folder = join(config.dataFolder, 'database');
  const database = await EmbeddedDatabase.start({ folder, port: config.databasePort, log });
  undo.unshift(() => database.stop());
  return database.url;
}

/** Starts the edge, and starts it again when it dies: what it was doing is in the database. */
async function keepEdge(env: Readonly<Record<string, string | undefined>>, { log }: ProcessContext) {
  let isStopping = false;
  let child = await startChild('edge', env);
  const watch = (): void => {
    child.process.once('exit', () => {
      if (isStopping) return;
      log.warn('edge.restarted');
      void restart();
    });
  };
  const restart = async (): Promise<void> => {
    while (!isStopping) {
      try {
        child = await startChild('edge', env);
        if (isStopping) await child.stop();
        else watch();
        return;
      } catch (thrown) {
        log.error('edge.restart-failed', errorFields(thrown));
        await setTimeout(RESTART_PAUSE_MS);
      }
    }
  };
  watch();
  return {
    current: () => child,
    stop: async () => {
      isStopping = true;
      await child.stop();
    },
  };
}

async function runAll(steps: readonly Step[]): Promise<void> {
  for (const step of steps) await step();
}
