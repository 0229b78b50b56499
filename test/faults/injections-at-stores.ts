import { setTimeout as pause } from 'node:timers/promises';
import { ALL, LIMIT_MS, until, type Injection } from './injection.js';

const DEAD_MS = { least: 50, most: 3_000 };
const FROZEN_MS = { least: 1_500, most: 9_000 };

const killDatabase: Injection = {
  name: 'kill PostgreSQL',
  group: 'kill PostgreSQL',
  affects: ALL,
  recoverWithinMs: LIMIT_MS.database,
  strike: async ({ field: { database }, random }) => {
    const startMs = Date.now();
    database.kill();
    await pause(random.between(DEAD_MS.least, DEAD_MS.most));
    await database.restart();
    return until(startMs);
  },
};

const freezeDatabase: Injection = {
  name: 'freeze PostgreSQL',
  group: 'freeze PostgreSQL',
  affects: ALL,
  recoverWithinMs: LIMIT_MS.database,
  strike: async ({ field: { database }, random }) => {
    const startMs = Date.now();
    database.freeze();
    await pause(random.between(FROZEN_MS.least, FROZEN_MS.most));
    database.thaw();
    return until(startMs);
  },
};

const killRedis: Injection = {
  name: 'kill Redis',
  group: 'kill Redis',
  affects: ALL,
  recoverWithinMs: LIMIT_MS.redis,
  queue: 'redis',
  strike: async ({ field: { redis }, random }) => {
    const startMs = Date.now();
    await redis?.kill();
    await pause(random.between(DEAD_MS.least, DEAD_MS.most));
    await redis?.start();
    return until(startMs);
  },
};

const freezeRedis: Injection = {
  name: 'freeze Redis',
  group: 'freeze Redis',
  affects: ALL,
  recoverWithinMs: LIMIT_MS.redis,
  queue: 'redis',
  strike: async ({ field: { redis }, random }) => {
    const startMs = Date.now();
    if (redis?.pid !== undefined) process.kill(redis.pid, 'SIGSTOP');
    await pause(random.between(FROZEN_MS.least, FROZEN_MS.most));
    if (redis?.pid !== undefined) process.kill(redis.pid, 'SIGCONT');
    return until(startMs);
  },
};

export const AT_STORES: readonly Injection[] = [killDatabase, freezeDatabase, killRedis, freezeRedis];
