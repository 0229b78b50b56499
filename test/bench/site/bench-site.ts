import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedDatabase } from '@causeway/embedded-database';
import { SILENT_LOGGER } from '@causeway/platform';
import { DatabaseAccess } from '../../support/database-access.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import type { Environment } from '../../support/running-process.js';
import { World } from '../../support/world.js';
import { commandsOfRedis, jobsOnPostgres, jobsOnRedis, pidOfRedis } from '../measure/queue-jobs.js';
import { WireCounter } from '../measure/wire-counter.js';
import type { Backend } from './backend.js';

export interface SiteOptions {
  readonly backend: Backend;
  /** Counts the round trips of our processes to the database; costs time, so never while anything else is measured. */
  readonly isCountingTrips?: boolean;
  readonly env?: Environment;
}

/** The stores alone: a durable PostgreSQL and, for that backend, a Redis with AOF. */
export class BenchStores {
  private constructor(
    readonly databaseUrl: string,
    readonly database: DatabaseAccess,
    readonly redis: Pick<TestRedis, 'url' | 'folder'> | undefined,
    /** Process ids of the stores by name. */
    readonly pids: Readonly<Record<string, number>>,
    private readonly stop: () => Promise<void>,
  ) {}

  static async start(backend: Backend): Promise<BenchStores> {
    const folder = await mkdtemp(join(tmpdir(), 'cw-bench-'));
    const server = await EmbeddedDatabase.start({ folder: join(folder, 'database'), log: SILENT_LOGGER });
    const redis: TestRedis | undefined = backend === 'redis' ? await startRedis() : undefined;
    const database = await DatabaseAccess.open(server.url);
    const pids = {
      database: await postmasterOf(database),
      ...(redis ? { redis: await pidOfRedis(redis.url) } : {}),
    };
    return new BenchStores(server.url, database, redis, pids, async () => {
      await database.close();
      await redis?.stop();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    });
  }

  get redisUrl(): string | undefined {
    return this.redis?.url;
  }

  jobs(): Promise<number> {
    return this.redisUrl === undefined ? jobsOnPostgres(this.database) : jobsOnRedis(this.redisUrl);
  }

  async redisCommands(): Promise<number> {
    return this.redisUrl === undefined ? 0 : commandsOfRedis(this.redisUrl);
  }

  close(): Promise<void> {
    return this.stop();
  }
}

/** Stores of its own and all processes of a Causeway on them, as an operator would run them. */
export class BenchSite {
  private constructor(
    readonly stores: BenchStores,
    readonly world: World,
    private readonly wire: WireCounter | undefined,
  ) {}

  static async start(options: SiteOptions): Promise<BenchSite> {
    const stores = await BenchStores.start(options.backend);
    const wire = options.isCountingTrips ? await WireCounter.before(stores.databaseUrl) : undefined;
    const onRedis =
      stores.redisUrl === undefined ? {} : { CAUSEWAY_QUEUE_BACKEND: 'redis', CAUSEWAY_REDIS_URL: stores.redisUrl };
    try {
      const world = await World.start({
        queue: 'postgres',
        databaseUrl: wire?.url ?? stores.databaseUrl,
        env: { CAUSEWAY_LOG_LEVEL: 'warn', ...onRedis, ...options.env },
      });
      return new BenchSite(stores, world, wire);
    } catch (error) {
      await wire?.close();
      await stores.close();
      throw error;
    }
  }

  get database(): DatabaseAccess {
    return this.stores.database;
  }

  /** Processes that serve, by name; the pretend carrier is listed because it takes its share of the machine. */
  get pids(): Readonly<Record<string, number>> {
    const { gateway, worker, edge, simulator } = this.world;
    const of = (pid: number | undefined): number => {
      if (pid === undefined) throw new Error('a process is not running');
      return pid;
    };
    return {
      gateway: of(gateway.pid),
      worker: of(worker.pid),
      edge: of(edge.pid),
      ...this.stores.pids,
      simulator: of(simulator.pid),
    };
  }

  /** Round trips to the database so far; 0 unless they are counted. */
  get trips(): number {
    return this.wire?.trips ?? 0;
  }

  async close(): Promise<void> {
    await this.world.close();
    await this.wire?.close();
    await this.stores.close();
  }
}

/** Stores that are there while `work` runs. */
export async function withStores<Result>(
  backend: Backend,
  work: (stores: BenchStores) => Promise<Result>,
): Promise<Result> {
  const stores = await BenchStores.start(backend);
  try {
    return await work(stores);
  } finally {
    await stores.close();
  }
}

/** A site that is there while `work` runs. What its processes said goes to standard error when the work fails. */
export async function withSite<Result>(
  options: SiteOptions,
  work: (site: BenchSite) => Promise<Result>,
): Promise<Result> {
  const site = await BenchSite.start(options);
  try {
    return await work(site);
  } catch (error) {
    process.stderr.write(site.world.logs);
    throw error;
  } finally {
    await site.close();
  }
}

/** Parent of the backend that answers. */
async function postmasterOf(database: DatabaseAccess): Promise<number> {
  const [row] = await database.rows('SELECT pg_backend_pid() AS pid');
  const stat = readFileSync(`/proc/${String(row?.['pid'])}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
