import { join } from 'node:path';
import { Guard, GuardKeyRing, RedisGuardStore, type GuardStore } from '@causeway/abuse-control';
import { ConductWatch, DedupeDigests } from '@causeway/message-flow';
import { lifetimeOf, mintTransitId } from '@causeway/message-model';
import {
  createLogger,
  FileClock,
  SYSTEM_CLOCK,
  type Clock,
  type Config,
  type Logger,
  type TlsIdentity,
  readTlsIdentity,
  Residency,
  StartupProblem,
} from '@causeway/platform';
import { Events, Metrics } from '@causeway/platform/server';
import { Stores } from '@causeway/storage';
import { RedisScriptRunner, WorkQueue } from '@causeway/work-queue';
import { ReportKeys } from './report-keys.js';
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
  readonly reportKeys: ReportKeys;
  readonly guard: Guard;
  readonly guardKeys: GuardKeyRing;
  readonly conduct: ConductWatch;
  /** Undefined while the guard is on PostgreSQL. */
  readonly guardRedis: RedisScriptRunner | undefined;
  readonly tls: TlsIdentity | undefined;
  /** Where this cell may store; undefined when nothing is claimed. What goes through one process beyond these bindings it checks itself. */
  readonly residency: Residency | undefined;
}

/** Opens what a process needs. The database has been migrated: whoever starts the installation does that once, first. */
export async function openProcess(input: {
  readonly name: string;
  readonly config: Config;
  readonly databaseUrl: string;
  readonly clock?: Clock;
}): Promise<ProcessContext> {
  const { config } = input;
  const residency = Residency.read(config);
  residency?.refuseOutside(config.queueBackend === 'redis' ? ['database', 'files', 'queue'] : ['database', 'files']);
  const clock = input.clock ?? (config.clockFile === '' ? SYSTEM_CLOCK : new FileClock(config.clockFile));
  const keysFolder = join(config.dataFolder, 'keys');
  const log = createLogger({ level: config.logLevel, process: input.name });
  const metrics = new Metrics();
  const stores = new Stores({ url: input.databaseUrl });
  await refuseOtherRegion(stores, config.region);
  const queue = await WorkQueue.open(
    config.queueBackend === 'redis'
      ? { backend: 'redis', url: config.redisUrl, region: config.region }
      : { backend: 'postgres', url: input.databaseUrl },
    log,
  );
  const events = new Events(log, metrics);
  return {
    config,
    clock,
    log,
    metrics,
    events,
    stores,
    queue,
    ...(await openGuard({ config, stores, clock, events, keysFolder })),
    digests: new DedupeDigests(await sharedKey(keysFolder, 'dedupe.key')),
    reportKeys: await ReportKeys.open(keysFolder, clock),
    tls: readTlsIdentity(config),
    residency,
  };
}

async function openGuard(on: {
  readonly config: Config;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly events: Events;
  readonly keysFolder: string;
}): Promise<Pick<ProcessContext, 'guard' | 'guardKeys' | 'conduct' | 'guardRedis'>> {
  const { config, stores, clock, events } = on;
  const guardKeys = await GuardKeyRing.open(join(on.keysFolder, 'guard.key'), clock.nowMs());
  const guardRedis = config.queueBackend === 'redis' ? new RedisScriptRunner(config.redisUrl) : undefined;
  const store: GuardStore = guardRedis ? new RedisGuardStore(guardRedis) : stores.guard;
  const guard = new Guard({
    store,
    keys: guardKeys,
    mintDecisionId: (atMs) => mintTransitId('d', atMs + lifetimeOf('abuse-decisions').ms),
    onStoreFailure: (operation, thrown) => events.guardStoreFailed({ operation, thrown }),
  });
  const conduct = new ConductWatch({
    guard,
    keys: guardKeys,
    decisions: stores.abuseDecisions,
    partitions: stores.partitions,
    senderFacts: stores.senderFacts,
    profile: config.tenantProfile,
    clock,
    events,
  });
  return { guard, guardKeys, guardRedis, conduct };
}

async function refuseOtherRegion(stores: Stores, region: string): Promise<void> {
  const ofDatabase = await stores.tenants.region();
  if (ofDatabase === undefined || ofDatabase === region) return;
  await stores.close();
  throw new StartupProblem(
    `The database is of region ${ofDatabase}, and this process of region ${region}.`,
    'Each region has a database of its own: look at CAUSEWAY_DATABASE_URL and CAUSEWAY_REGION.',
  );
}

/** In the order in which things depend on each other: first what takes work, last what stores it. */
export async function closeProcess(context: ProcessContext): Promise<void> {
  await context.queue.close();
  await context.guardRedis?.close();
  await context.stores.close();
}
