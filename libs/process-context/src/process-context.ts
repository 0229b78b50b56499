import { join } from 'node:path';
import { DedupeDigests } from '@causeway/message-flow';
import {
  createLogger,
  FileClock,
  Events,
  Metrics,
  SYSTEM_CLOCK,
  type Clock,
  type Config,
  type Logger,
  type TlsIdentity,
  readTlsIdentity,
} from '@causeway/platform';
import { Stores } from '@causeway/storage';
import { WorkQueue } from '@causeway/work-queue';
import { sharedKey } from './shared-key.js';

export interface ProcessContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly events: Events;
  readonly stores: Stores;
  readonly queue: WorkQueue;
  readonly digests: DedupeDigests;
  readonly tls: TlsIdentity | undefined;
}

/** Opens what a process needs. The database has been migrated: whoever starts the installation does that once, first. */
export async function openProcess(input: {
  readonly name: string;
  readonly config: Config;
  readonly databaseUrl: string;
  readonly clock?: Clock;
}): Promise<ProcessContext> {
  const { config } = input;
  const log = createLogger({ level: config.logLevel, process: input.name });
  const metrics = new Metrics();
  const queue = await WorkQueue.open(
    config.queueBackend === 'redis'
      ? { backend: 'redis', url: config.redisUrl }
      : { backend: 'postgres', url: input.databaseUrl },
    log,
  );
  return {
    config,
    clock: input.clock ?? (config.clockFile === '' ? SYSTEM_CLOCK : new FileClock(config.clockFile)),
    log,
    metrics,
    events: new Events(log, metrics),
    stores: new Stores({ url: input.databaseUrl }),
    queue,
    digests: new DedupeDigests(await sharedKey(join(config.dataFolder, 'keys'), 'dedupe.key')),
    tls: readTlsIdentity(config),
  };
}

/** In the order in which things depend on each other: first what takes work, last what stores it. */
export async function closeProcess(context: ProcessContext): Promise<void> {
  await context.queue.close();
  await context.stores.close();
}
