export { WorkQueue } from './work-queue.js';
export { Lanes, type DrainLane, type Track, type WakeOutcome } from './lanes.js';
export { QUEUE_SCHEMA } from './bullmq-backend.js';
export type { QueueBackend } from './backend.js';
export { RedisScriptRunner } from './redis-script-runner.js';
