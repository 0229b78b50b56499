import { parseLaneId, type LaneId } from '@causeway/message-model';
import { errorFields, type Logger } from '@causeway/platform';
import type { Job } from 'bullmq';
import { z } from 'zod';
import type { QueueBackend } from './backend.js';
import { openQueue, openWorker, type LaneQueue, type LaneWorker } from './bullmq-backend.js';

/** Lanes drained by workers, and lanes drained by the edge (PROTOCOL 9). */
export type Track = 'native' | 'clear';

const TRACKS: readonly Track[] = ['native', 'clear'];

export type WakeOutcome = 'woken' | 'queue-unreachable';

/** Drains one lane. Never runs twice at a time for one lane, unless this process stood still for longer than the lock. */
export type DrainLane = (laneId: LaneId) => Promise<void>;

/** Together how long the lanes of a process that was killed stand still at most: ADR 0043. */
const LOCK_MS = 3_000;
const STALL_CHECK_MS = 1_000;
/** A lane is never given up for having been in a process that died: the database says when it is done. */
const NO_STALL_LIMIT = 1_000_000;
/** Only ids, and nothing of ours reads them. */
const EVENTS_KEPT = 100;

const wakeData = z.object({ laneId: z.string().transform(parseLaneId) });

/** In braces: the part of the name that Redis Cluster hashes, so that all keys of a queue live on one node. */
const queueName = (track: Track): string => `{causeway-lanes-${track}}`;

/**
 * Wakes of lanes. Truth, order and due times are rows in the database; a job here only says "look at this lane", carries its
 * id and nothing else, and is gone when it was done. A wake of a lane that waits is swallowed; of a lane that is being
 * drained, kept for right after: so no wake is lost and no lane is drained twice at a time.
 */
export class Lanes {
  readonly #queues = new Map<Track, Promise<LaneQueue>>();
  readonly #workers: LaneWorker[] = [];

  constructor(
    private readonly where: QueueBackend,
    private readonly log: Logger,
  ) {}

  /**
   * One bulk add, after the transaction that gave the lanes work, never inside it. Does not throw when the queue is away: the
   * work is committed and the sweeper wakes the lane later.
   */
  async wake(track: Track, laneIds: readonly LaneId[]): Promise<WakeOutcome> {
    if (laneIds.length === 0) return 'woken';
    try {
      const queue = await this.#queue(track);
      await queue.addBulk(laneIds.map(wakeOf));
      return 'woken';
    } catch (thrown) {
      this.log.warn('lanes.wake-failed', { track, count: laneIds.length, ...errorFields(thrown) });
      return 'queue-unreachable';
    }
  }

  /**
   * Drains lanes as they are woken, until `close`. An error of the handler is a bug: it is logged by its code and given to
   * `onError`, and the job still ends well, since a failed job would keep the error's text.
   */
  async drain(
    track: Track,
    handler: DrainLane,
    options: { readonly concurrency: number; readonly onError?: (thrown: unknown, laneId: LaneId) => void },
  ): Promise<void> {
    const process = async (job: Job): Promise<void> => {
      const { laneId } = wakeData.parse(job.data);
      if (!laneId) return this.log.warn('lanes.unknown-job', { track });
      try {
        await handler(laneId);
      } catch (thrown) {
        this.log.error('lane.drain-failed', { track, laneId, ...errorFields(thrown) });
        options.onError?.(thrown, laneId);
      }
    };
    const worker = openWorker(queueName(track), this.where, process, {
      concurrency: options.concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALL_CHECK_MS,
      maxStalledCount: NO_STALL_LIMIT,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    worker.on('error', (thrown) => this.log.warn('lanes.worker-error', { track, ...errorFields(thrown) }));
    this.#workers.push(worker);
    await worker.waitUntilReady();
  }

  /** Empties what the queue noted of itself: it names lanes, and on an idle queue nothing else would ever push it out. */
  async forgetEvents(): Promise<void> {
    for (const track of TRACKS) await (await this.#queue(track)).forgetEvents();
  }

  /** Takes no further lane, waits for those being drained, then lets go of the queue. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await Promise.all([...this.#queues.values()].map(async (opening) => (await opening).close()));
  }

  async #queue(track: Track): Promise<LaneQueue> {
    const opened = this.#queues.get(track) ?? this.#open(track);
    this.#queues.set(track, opened);
    // a queue that could not be opened is opened anew at the next wake
    opened.catch(() => this.#queues.delete(track));
    return opened;
  }

  async #open(track: Track): Promise<LaneQueue> {
    const queue = openQueue(queueName(track), this.where, { streams: { events: { maxLen: EVENTS_KEPT } } });
    queue.on('error', (thrown) => this.log.warn('lanes.queue-error', { track, ...errorFields(thrown) }));
    await queue.waitUntilReady();
    return queue;
  }
}

const wakeOf = (laneId: LaneId) => ({
  name: 'wake',
  data: { laneId },
  opts: {
    deduplication: { id: laneId, keepLastIfActive: true },
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: true,
  },
});
