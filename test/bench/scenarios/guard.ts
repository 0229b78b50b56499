import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Guard,
  Pseudonyms,
  RedisGuardStore,
  replayKeys,
  type Decision,
  type GuardEvent,
  type GuardStore,
} from '@causeway/abuse-control';
import { GroupCommit } from '@causeway/message-flow';
import { migrate, Stores } from '@causeway/storage';
import { RedisScriptRunner } from '@causeway/work-queue';
import { Percentiles, type Latency } from '../measure/percentiles.js';
import { usageOf } from '../measure/process-usage.js';
import { count, ms, p50p99 } from '../report/format.js';
import type { Scenario } from '../scenario.js';
import { BACKEND_NAMES } from '../site/backend.js';
import { withStores, type BenchStores } from '../site/bench-site.js';

const TENANT = 'bench';
/** An ordinary week: so many senders, each with so many people, of whom every second one answers. */
const WEEK = { senders: 2_000, pairsEach: 10 } as const;
const BATCH = 200;
const ONE_BY_ONE = 1_000;
const WARM_UP = 300;
const PER_SECOND = 1_000;
const MAX_CALL_MS = 2;
const MAX_PAIR_BYTES = 400;

interface Judged {
  readonly on: string;
  readonly bytesPerPair: number;
  readonly single: Latency;
  readonly paced: Latency;
  readonly pacedPerSecond: number;
  readonly bulkPerSecond: number;
  readonly cpuMs: number;
  readonly tripsPerBatch: number;
}

/** What judging costs by itself: no gateway, no message, the production guard on a store of its own. */
export const guard: Scenario = {
  name: 'guard',
  what: 'the spam guard alone: time of a judgement, judgements a second, bytes per pair and week',
  run: async ({ options, progress }) => {
    const found: Judged[] = [];
    for (const backend of options.backends) {
      progress(`on ${BACKEND_NAMES[backend]}`);
      found.push(await withStores(backend, (stores) => judgeOn(stores, options.seconds)));
    }
    return {
      tables: [
        {
          title: 'The spam guard alone',
          columns: [
            'on',
            'one alone, p50 / p99',
            `at ${PER_SECOND}/s, p50 / p99`,
            'most a second',
            'processor ms each',
            'bytes per pair',
            'calls per batch',
          ],
          rows: found.map((each) => [
            each.on,
            p50p99(each.single),
            p50p99(each.paced),
            count(each.bulkPerSecond),
            each.cpuMs.toFixed(3),
            count(each.bytesPerPair),
            each.tripsPerBatch.toFixed(2),
          ]),
          note: `A store at rest with ${count(WEEK.senders * WEEK.pairsEach)} pairs of one week; every judgement is about a message to somebody who has not answered yet. At ${PER_SECOND}/s what arrives within 5 ms goes in one call, as in a gateway; that wait is in the time. Processor time is that of this process and of the store together. Bytes per pair are all that is kept of senders, divided by their pairs.`,
        },
      ],
      targets: found.flatMap((each) => [
        {
          what: `a judgement on ${each.on}, 99th percentile`,
          wanted: `< ${MAX_CALL_MS} ms`,
          measured: ms(each.single.p99),
          isMet: each.single.p99 < MAX_CALL_MS,
        },
        {
          what: `judgements a second on ${each.on}`,
          wanted: `>= ${count(PER_SECOND)}`,
          measured: count(each.bulkPerSecond),
          isMet: each.bulkPerSecond >= PER_SECOND && each.pacedPerSecond >= 0.98 * PER_SECOND,
        },
        {
          what: `kept per pair and week on ${each.on}`,
          wanted: `<= ${MAX_PAIR_BYTES} bytes`,
          measured: `${count(each.bytesPerPair)} bytes`,
          isMet: each.bytesPerPair <= MAX_PAIR_BYTES,
        },
        {
          what: `calls of the store per batch on ${each.on}`,
          wanted: '1',
          measured: each.tripsPerBatch.toFixed(2),
          isMet: each.tripsPerBatch < 1.02,
        },
      ]),
      plots: [],
      figures: found,
    };
  },
};

async function judgeOn(on: BenchStores, seconds: number): Promise<Judged> {
  await migrate({ url: on.databaseUrl, folder: join(process.cwd(), 'prisma', 'migrations') });
  const scripts = on.redisUrl === undefined ? undefined : new RedisScriptRunner(on.redisUrl);
  const before = await sizeOf(on, scripts);
  await filled(on, scripts);
  const bytes = (await sizeOf(on, scripts)) - before;
  await settled(on);
  const stores = new Stores({ url: on.databaseUrl });
  try {
    const store = new CountedStore(scripts ? new RedisGuardStore(scripts) : stores.guard);
    const judge = new Guard({
      store,
      keys: KEYS,
      onStoreFailure: (_operation, thrown) => void failures.push(thrown),
    });
    // in a process that has been up for a while the code is compiled
    for (let number = 0; number < WARM_UP; number += 1) await judge.judge(message(number));
    const [single, singleCalls] = await store.callsDuring(() => oneByOne(judge));
    const cpuBefore = cpuOf(on);
    const bulk = await inBulk(judge, seconds);
    const cpuMs = ((cpuOf(on) - cpuBefore) * 1_000) / bulk.judged;
    const paced = await atPace(judge, seconds);
    if (failures.length > 0) throw new Error('the store failed while it was measured', { cause: failures[0] });
    return {
      on: scripts ? 'Redis' : 'PostgreSQL',
      bytesPerPair: bytes / (WEEK.senders * WEEK.pairsEach),
      single,
      paced: paced.latency,
      pacedPerSecond: paced.perSecond,
      bulkPerSecond: bulk.judged / bulk.seconds,
      cpuMs,
      tripsPerBatch: singleCalls / ONE_BY_ONE,
    };
  } finally {
    await scripts?.close();
    await stores.close();
  }
}

/** By connections of its own: plans that were made while the tables were empty go with them, as they do every hour in a process of ours. */
async function filled(on: BenchStores, scripts: RedisScriptRunner | undefined): Promise<void> {
  const stores = new Stores({ url: on.databaseUrl });
  try {
    await fillWeek(scripts ? new RedisGuardStore(scripts) : stores.guard);
  } finally {
    await stores.close();
  }
}

/** A database at rest: what it does after so many writes at once is not what a judgement costs. */
async function settled({ database }: BenchStores): Promise<void> {
  await database.rows('VACUUM');
  await database.rows('CHECKPOINT');
}

const KEYS = replayKeys(Buffer.from(randomBytes(32)));
const NAMES = new Pseudonyms(KEYS);
const failures: unknown[] = [];

class CountedStore implements GuardStore {
  private calls = 0;

  constructor(private readonly store: GuardStore) {}

  observe: GuardStore['observe'] = (batch) => {
    this.calls += 1;
    return this.store.observe(batch);
  };
  settle: GuardStore['settle'] = (verdicts) => this.store.settle(verdicts);
  tally: GuardStore['tally'] = (names, add) => this.store.tally(names, add);

  async callsDuring<Result>(work: () => Promise<Result>): Promise<readonly [Result, number]> {
    const before = this.calls;
    const result = await work();
    return [result, this.calls - before];
  }
}

const cpuOf = (on: BenchStores): number => {
  const own = process.cpuUsage();
  const ofStores = Object.values(on.pids).reduce((sum, pid) => sum + usageOf(pid).cpuSeconds, 0);
  return (own.user + own.system) / 1e6 + ofStores;
};

/** Bytes of the guard's tables with their indexes and what is dead in them, or of its Redis. */
async function sizeOf(on: BenchStores, scripts: RedisScriptRunner | undefined): Promise<number> {
  if (scripts) {
    const info = await scripts.run("return redis.call('INFO', 'memory')", [], []);
    return Number(/used_memory:(\d+)/.exec(String(info))?.[1] ?? 0);
  }
  const [row] = await on.database.rows(
    `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 AS bytes FROM pg_class c
     WHERE c.relkind = 'r' AND c.relname ~ '^guard_(conduct|pair)_[0-9]+$'`,
  );
  return Number(row?.['bytes'] ?? 0);
}

/** First contacts over the last hours of this week, and the answers of every second person. */
async function fillWeek(store: GuardStore): Promise<void> {
  const now = Date.now();
  for (let pair = 0; pair < WEEK.pairsEach; pair += 1)
    for (let first = 0; first < WEEK.senders; first += BATCH) {
      const senders = Array.from({ length: BATCH }, (_, index) => first + index);
      const atMs = now - (WEEK.pairsEach - pair) * 60_000;
      const seen = (kind: 'message' | 'reply') => (sender: number) => ({
        ...NAMES.pair({ tenant: TENANT, sender: `s${sender}`, recipient: `r${sender}-${pair}`, atMs }),
        atMs,
        kind,
      });
      await store.observe(senders.map(seen('message')));
      if (pair % 2 === 0) await store.observe(senders.map(seen('reply')));
    }
}

/** To people who have not answered: what is never asked about costs nothing. */
function message(number: number): GuardEvent {
  const sender = (number * 7919) % WEEK.senders;
  return {
    tenant: TENANT,
    profile: 'community',
    sender: `s${sender}`,
    recipient: `r${sender}-${1 + 2 * (number % (WEEK.pairsEach / 2))}`,
    atMs: Date.now(),
    kind: 'message',
    isEstablished: false,
    transport: 'native',
    assurance: 'device',
  };
}

async function oneByOne(judge: Guard): Promise<Latency> {
  const times = new Percentiles();
  for (let number = -ONE_BY_ONE / 2; number < ONE_BY_ONE / 2; number += 1) {
    const beganMs = performance.now();
    await judge.judge(message(number + ONE_BY_ONE));
    times.add(performance.now() - beganMs);
  }
  return times.latency;
}

async function inBulk(judge: Guard, seconds: number): Promise<{ readonly judged: number; readonly seconds: number }> {
  const beganMs = performance.now();
  let judged = 0;
  while (performance.now() - beganMs < seconds * 1_000) {
    await judge.judgeAll(Array.from({ length: BATCH }, (_, index) => message(judged + index)));
    judged += BATCH;
  }
  return { judged, seconds: (performance.now() - beganMs) / 1_000 };
}

/** As a gateway asks: whatever has arrived goes in one call. The load does not wait for answers. */
async function atPace(judge: Guard, seconds: number) {
  const gathered = new GroupCommit<GuardEvent, Decision>((events) => judge.judgeAll(events), {
    maxItems: BATCH,
    maxUnderWay: 4,
    gatherMs: 5,
  });
  const times = new Percentiles();
  const asked: Promise<void>[] = [];
  const beganMs = performance.now();
  const wanted = seconds * PER_SECOND;
  while (asked.length < wanted) {
    const due = Math.min(wanted, Math.floor(((performance.now() - beganMs) * PER_SECOND) / 1_000));
    for (let number = asked.length; number < due; number += 1) {
      const dueMs = beganMs + (number * 1_000) / PER_SECOND;
      asked.push(gathered.add(message(number)).then(() => times.add(performance.now() - dueMs)));
    }
    await pause(1);
  }
  await Promise.all(asked);
  return { latency: times.latency, perSecond: wanted / ((performance.now() - beganMs) / 1_000) };
}
