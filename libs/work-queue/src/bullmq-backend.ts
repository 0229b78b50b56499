import {
  type BulkJobOptions,
  Queue,
  Worker,
  createPostgresBackend,
  type Processor,
  type QueueOptions,
  type WorkerOptions,
} from 'bullmq';
import pg from 'pg';
import type { QueueBackend } from './backend.js';
import { redisClient } from './redis-client.js';

/** PostgreSQL schema of the queue's own objects; in no logical backup (PROTOCOL 7). */
export const QUEUE_SCHEMA = 'queue';

/** Connections of one queue or one worker: each takes a pool of its own, a worker one more to listen on. */
const CONNECTIONS = 3;

/** What the classes of both backends have in common; their own types differ. */
interface Opened {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  on(event: 'error', listener: (thrown: Error) => void): unknown;
}

export interface LaneQueue extends Opened {
  addBulk(jobs: { name: string; data: unknown; opts: BulkJobOptions }[]): Promise<unknown>;
  /** Empties the record of what the queue did. */
  forgetEvents(): Promise<unknown>;
}

export type LaneWorker = Opened;

/**
 * Waiting for an answer, milliseconds: a connection whose other end vanished without a word would hold whoever waits for ever. A worker on
 * Redis waits up to five seconds for a job on an idle connection, which is no silence.
 */
const ANSWER_WITHIN_MS = 10_000;
const REDIS_ANSWERS_WITHIN_MS = 5_000;
const REDIS_SPEAKS_WITHIN_MS = 8_000;

type Tuning<Options> = Omit<Options, 'connection'>;

const postgres = (url: string) => ({
  connectionString: url,
  schema: QUEUE_SCHEMA,
  max: CONNECTIONS,
  query_timeout: ANSWER_WITHIN_MS,
  connectionTimeoutMillis: ANSWER_WITHIN_MS,
  keepAlive: true,
});

/** The backend is given to each object, not set for the whole process: a program may hold queues on both. */
export function openQueue(name: string, where: QueueBackend, tuning: Tuning<QueueOptions>): LaneQueue {
  switch (where.backend) {
    case 'postgres':
      return openPostgresQueue(name, where.url, tuning);
    case 'redis':
      return openRedisQueue(name, where.url, tuning);
  }
}

/** BullMQ trims events by their number when it adds one; that they are old it never asks on PostgreSQL. */
async function forgetEventsOn(url: string, name: string): Promise<void> {
  const client = new pg.Client(postgres(url));
  await client.connect();
  try {
    await client.query(`DELETE FROM ${QUEUE_SCHEMA}.event WHERE queue = $1`, [name]);
  } finally {
    await client.end();
  }
}

function openPostgresQueue(name: string, url: string, tuning: Tuning<QueueOptions>): LaneQueue {
  const queue = new Queue(name, { ...tuning, connection: postgres(url) }, createPostgresBackend);
  return Object.assign(queue, { forgetEvents: () => forgetEventsOn(url, name) });
}

/**
 * Fails at once while Redis is away: the sweeper makes up for wakes that were not added. The connection is ours, because
 * BullMQ's own way to close one waits for a Redis that may be gone.
 */
function openRedisQueue(name: string, url: string, tuning: Tuning<QueueOptions>): LaneQueue {
  const client = redisClient(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: REDIS_ANSWERS_WITHIN_MS,
    socketTimeout: REDIS_ANSWERS_WITHIN_MS,
    disconnectTimeout: 100,
  });
  const queue = new Queue(name, { ...tuning, connection: client });
  return {
    addBulk: (jobs) => queue.addBulk(jobs),
    // to the last: BullMQ's own trimming leaves up to a hundred
    forgetEvents: () => client.xtrim(`bull:${name}:events`, 'MAXLEN', 0),
    waitUntilReady: () => queue.waitUntilReady(),
    on: (event, listener) => queue.on(event, listener),
    close: async () => {
      await queue.close();
      client.disconnect();
    },
  };
}

export function openWorker(
  name: string,
  where: QueueBackend,
  processor: Processor,
  tuning: Tuning<WorkerOptions>,
): LaneWorker {
  switch (where.backend) {
    case 'postgres':
      return new Worker(name, processor, { ...tuning, connection: postgres(where.url) }, createPostgresBackend);
    case 'redis':
      return openRedisWorker(name, where.url, processor, tuning);
  }
}

/** Waits for a Redis that is away, however long. BullMQ makes and ends the second connection that a worker listens on. */
function openRedisWorker(name: string, url: string, processor: Processor, tuning: Tuning<WorkerOptions>): LaneWorker {
  const client = redisClient(url, { maxRetriesPerRequest: null, socketTimeout: REDIS_SPEAKS_WITHIN_MS });
  const worker = new Worker(name, processor, { ...tuning, connection: client });
  return {
    waitUntilReady: () => worker.waitUntilReady(),
    on: (event, listener) => worker.on(event, listener),
    close: async () => {
      await worker.close();
      client.disconnect();
    },
  };
}
