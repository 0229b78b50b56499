import { Queue, Worker, createPostgresBackend, runMigrations, type BulkJobOptions } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { StoreUrls } from './store-urls.js';

const SCHEMA = 'queue';
const CONNECTIONS = 3;
const AT_ONCE = 16;
const IN_BULK = 500;
const WORK_AT_ONCE = 16;
const REMOVED: BulkJobOptions = { removeOnComplete: true, removeOnFail: true };

/** BullMQ as it comes, on either backend. */
export class BareQueue {
  private constructor(
    private readonly queue: Pick<Queue, 'add' | 'addBulk' | 'close'>,
    private readonly openWorker: (work: () => Promise<void>) => { close(): Promise<void> },
    private readonly letGo: () => void,
  ) {}

  static async open({ databaseUrl, redisUrl }: StoreUrls, name = '{bare}'): Promise<BareQueue> {
    const tuning = { concurrency: WORK_AT_ONCE, removeOnComplete: { count: 0 } };
    if (redisUrl !== undefined) {
      const client = new Redis(redisUrl, { enableAutoPipelining: true, maxRetriesPerRequest: null });
      const connection = { url: redisUrl, enableAutoPipelining: true, maxRetriesPerRequest: null };
      return new BareQueue(
        new Queue(name, { connection: client }),
        (work) => new Worker(name, work, { ...tuning, connection }),
        () => client.disconnect(),
      );
    }
    const migrating = new pg.Client({ connectionString: databaseUrl });
    await migrating.connect();
    await runMigrations(migrating, SCHEMA);
    await migrating.end();
    const connection = { connectionString: databaseUrl, schema: SCHEMA, max: CONNECTIONS };
    return new BareQueue(
      new Queue(name, { connection }, createPostgresBackend),
      (work) => new Worker(name, work, { ...tuning, connection }, createPostgresBackend),
      () => undefined,
    );
  }

  async addBulk(count: number): Promise<void> {
    await this.queue.addBulk(Array.from({ length: count }, () => ({ name: 'empty', data: {}, opts: REMOVED })));
  }

  /** Adds jobs for so long, each by a call of its own, a few under way at a time; answers how many. */
  async addSingly(forMs: number): Promise<number> {
    const endMs = performance.now() + forMs;
    const one = async (): Promise<number> => {
      let added = 0;
      for (; performance.now() < endMs; added += 1) await this.queue.add('empty', {}, REMOVED);
      return added;
    };
    return sum(await Promise.all(Array.from({ length: AT_ONCE }, one)));
  }

  async addInBulk(forMs: number): Promise<number> {
    const endMs = performance.now() + forMs;
    let added = 0;
    for (; performance.now() < endMs; added += IN_BULK) await this.addBulk(IN_BULK);
    return added;
  }

  /** Does empty jobs for so long; answers how many. */
  async process(forMs: number): Promise<number> {
    let done = 0;
    const worker = this.work(async () => void (done += 1));
    await new Promise((resolve) => setTimeout(resolve, forMs));
    const counted = done;
    await worker.close();
    return counted;
  }

  work(job: () => Promise<void>): { close(): Promise<void> } {
    return this.openWorker(job);
  }

  async close(): Promise<void> {
    await this.queue.close();
    this.letGo();
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
