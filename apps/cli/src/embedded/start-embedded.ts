import { join } from 'node:path';
import { EmbeddedDatabase } from '@causeway/embedded-database';
import { operatorToken, type Config, type Logger } from '@causeway/platform';
import { closeProcess, openProcess, type ProcessContext } from '@causeway/process-context';
import { migrate } from '@causeway/storage';
import { startGateway } from '../../../gateway/src/index.js';
import { startWorker } from '../../../worker/src/index.js';
import type { Env } from '../command.js';
import { openDataFolder } from './data-folder.js';
import { keepEdge } from './keep-edge.js';
import { MIGRATIONS_FOLDER } from './project-paths.js';
import type { Teardown } from './teardown.js';

export interface EmbeddedOptions {
  readonly config: Config;
  /** What `config` was read from; the edge reads it too. */
  readonly env: Env;
  readonly log: Logger;
  /** Takes what stops each part, as soon as the part has started. */
  readonly teardown: Teardown;
  /** Ends the start between two of its steps. */
  readonly signal: AbortSignal;
}

export interface Embedded {
  readonly url: string;
  readonly context: ProcessContext;
}

/**
 * A whole Causeway on one machine: the embedded database, gateway and worker in this process, the edge as a child with its
 * own key folder. When it throws, the caller runs the teardown.
 */
export async function startEmbedded({ config, env, log, teardown, signal }: EmbeddedOptions): Promise<Embedded> {
  await openDataFolder(config.dataFolder);
  const databaseUrl = config.databaseUrl || (await startDatabase(config, log, teardown));
  signal.throwIfAborted();
  await migrate({ url: databaseUrl, folder: MIGRATIONS_FOLDER });
  signal.throwIfAborted();
  const context = await openProcess({ name: 'causeway', config, databaseUrl });
  teardown.add('process', () => closeProcess(context));
  signal.throwIfAborted();
  const gateway = await startGateway({ context, operatorToken: await operatorToken(config) });
  teardown.add('gateway', () => gateway.close());
  signal.throwIfAborted();
  const worker = await startWorker({ context, devices: gateway.devices });
  teardown.add('worker', () => worker.close());
  teardown.add('queue', () => context.queue.close());
  const edge = await keepEdge({ env: { ...env, CAUSEWAY_DATABASE_URL: databaseUrl }, log, signal });
  teardown.add('edge', () => edge.stop());
  signal.throwIfAborted();
  context.events.processStarted({ address: gateway.url, version: '1' });
  return { url: gateway.url, context };
}

async function startDatabase(config: Config, log: Logger, teardown: Teardown): Promise<string> {
  const folder = join(config.dataFolder, 'database');
  const database = await EmbeddedDatabase.start({ folder, port: config.databasePort, log });
  teardown.add('database', () => database.stop());
  return database.url;
}
