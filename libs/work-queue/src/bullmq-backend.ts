import {
  type BulkJobOptions,
  Queue,
  Worker,
  createPostgresBackend,
  type Processor,
  type QueueOptions,
  type RedisOptions,
  type WorkerOptions,
} from 'bullmq';
import type { QueueBackend } from './backend.js';

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
}

export type LaneWorker = Opened;

type Tuning<Options> = Omit<Options, 'connection'>;

const postgres = (url: string): { connectionString: string; schema: string; max: number } => ({
  connectionString: url,
  schema: QUEUE_SCHEMA,
  max: CONNECTIONS,
});

/** An adder fails at once while Redis is away, a worker waits for it: the sweeper makes up for wakes that were not added. */
const redis = (url: string, role: 'adder' | 'worker'): RedisOptions => ({
  url,
  enableAutoPipelining: true,
  ...(role === 'adder' ? { enableOfflineQueue: false, maxRetriesPerRequest: 1 } : { maxRetriesPerRequest: null }),
});

/** The backend is given to each object, not set for the whole process: a program may hold queues on both. */
export function openQueue(name: string, where: QueueBackend, tuning: Tuning<QueueOptions>): LaneQueue {
  switch (where.backend) {
    case 'postgres':
      return new Queue(name, { ...tuning, connection: postgres(where.url) }, createPostgresBackend);
    case 'redis':
      return new Queue(name, { ...tuning, connection: redis(where.url, 'adder') });
  }
}

export function openWorker(
  name: string,
  where: QueueBackend,
  processor: Processor,
  tuning: Tuning<WorkerOptions>,
): Worker {
  switch (where.backend) {
    case 'postgres':
      return new Worker(name, processor, { ...tuning, connection: postgres(where.url) }, createPostgresBackend);
    case 'redis':
      return new Worker(name, processor, { ...tuning, connection: redis(where.url, 'worker') });
  }
}
