import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentIdOf } from '@causeway/adapter-rcs-simulated';
import { EmbeddedDatabase } from '@causeway/embedded-database';
import { SILENT_LOGGER } from '@causeway/platform';
import { freePorts } from '../support/free-ports.js';
import type { Resting } from '../support/plaintext-scan.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { databaseFiles, dumpedTables, filesIn, keepWholeLog, tableCells } from '../support/resting-places.js';
import { BRIDGE_NUMBERS, World } from '../support/world.js';

/** What the queue runs on. */
export type Queue = 'postgres' | 'redis';

/** The agent that stands for the bridge on RCS. */
export const AGENT_ID = agentIdOf(BRIDGE_NUMBERS[0]);

/** A whole Causeway whose every file can be looked at: its own database server that keeps its whole log, its own Redis, its own temporary folder. */
export class ForensicSite {
  private constructor(
    readonly queue: Queue,
    readonly folder: string,
    readonly database: EmbeddedDatabase,
    readonly redis: TestRedis | undefined,
    readonly world: World,
  ) {}

  static async open(queue: Queue): Promise<ForensicSite> {
    const folder = await mkdtemp(join(tmpdir(), 'cw-forensic-'));
    await chmod(folder, 0o711);
    const temporary = join(folder, 'tmp');
    await mkdir(temporary);
    const database = await EmbeddedDatabase.start({ folder: join(folder, 'database'), log: SILENT_LOGGER });
    const redis = queue === 'redis' ? await startRedis() : undefined;
    try {
      await keepWholeLog(database.url);
      const ports = await freePorts(3);
      const world = await World.start({
        databaseUrl: database.url,
        queue,
        ports,
        hasClock: true,
        ...(redis && { redis }),
        env: {
          TMPDIR: temporary,
          CAUSEWAY_LOG_LEVEL: 'debug',
          // one person writes to many numbers within minutes
          CAUSEWAY_TENANT_PROFILE: 'registered-bulk',
          // what a carrier never answered stays unanswered until the search is done
          CAUSEWAY_UNKNOWN_ABSENT_AFTER_SECONDS: '3600',
          CAUSEWAY_CLEAR_HEAD_BLOCK_SECONDS: '3600',
          CAUSEWAY_INBOUND_SWEEP_SECONDS: '2',
          CAUSEWAY_PARTITION_INTERVAL_SECONDS: '10',
          CAUSEWAY_RCS_API_URL: `http://127.0.0.1:${ports[2]}/rcs`,
          CAUSEWAY_RCS_ACCESS_TOKEN: 'an-access-token-for-tests',
          CAUSEWAY_RCS_CLIENT_TOKEN: 'a-client-token-for-tests',
        },
      });
      return new ForensicSite(queue, folder, database, redis, world);
    } catch (thrown) {
      await redis?.stop();
      await database.stop();
      throw thrown;
    }
  }

  get keyFolder(): string {
    return join(this.world.folder, 'data', 'edge-keys');
  }

  /** Every place of ours where something rests. */
  async *everything(): AsyncGenerator<Resting> {
    yield* await tableCells(this.database.url, { isWhole: true });
    yield* dumpedTables(this.database.url, join(this.folder, 'dump'));
    yield* databaseFiles(this.database.url, join(this.folder, 'database'));
    if (this.redis) yield* filesIn(this.redis.folder, 'redis');
    yield* filesIn(join(this.world.folder, 'data'), 'data folder');
    yield* filesIn(join(this.world.folder, 'devices'), 'device folders');
    yield* filesIn(join(this.folder, 'tmp'), 'temporary files');
    yield { store: 'logs', place: 'of all processes', bytes: this.world.logBytes };
  }

  /** Stores of `everything` that have bytes at any time. */
  get stores(): readonly string[] {
    const always = ['tables', 'dump', 'write-ahead log', 'database files', 'data folder', 'device folders', 'logs'];
    return this.redis ? [...always, 'redis'] : always;
  }

  async close(): Promise<void> {
    await this.world.close();
    await this.redis?.stop();
    await this.database.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
