import type { BareAnswer, BareOrder } from '../bare/bare-process.js';
import type { Speed, Speeds } from '../bare/bare-libsignal.js';
import { Child } from '../load/child.js';
import { usageOf } from '../measure/process-usage.js';
import { count } from '../report/format.js';
import { BACKEND_NAMES, type Backend } from '../site/backend.js';
import { withStores, type BenchStores } from '../site/bench-site.js';
import type { Scenario } from '../scenario.js';

const FOR_MS = 3_000;

type QueueOrStore = Exclude<BareOrder['what'], 'path' | 'libsignal' | 'fill'>;

const QUEUE: readonly (readonly [QueueOrStore, string])[] = [
  ['add-singly', 'queue: add an empty job, 16 calls under way'],
  ['add-in-bulk', 'queue: add empty jobs, 500 a call'],
  ['process', 'queue: process empty jobs, 16 at a time'],
];
const INSERTS: readonly (readonly [QueueOrStore, string])[] = [
  ['insert-singly', 'durable insert of 350 bytes, a row a commit, 16 connections'],
  ['insert-in-batches', 'durable insert of 350 bytes, 100 rows a commit, 2 connections'],
];

interface Limit {
  readonly what: string;
  readonly on: string;
  readonly perSecond: number;
  /** Processor time of caller and store together, per operation. */
  readonly cpuMs: number;
}

/** What the parts can do by themselves on this machine: nothing built of them can do more. */
export const limits: Scenario = {
  name: 'limits',
  what: 'bare queue, bare durable inserts, bare libsignal',
  run: async ({ options, progress }) => {
    const found: Limit[] = [];
    for (const backend of options.backends) {
      progress(`on ${BACKEND_NAMES[backend]}`);
      found.push(...(await withStores(backend, (stores) => limitsOn(backend, stores))));
    }
    progress('libsignal');
    const { speeds } = await ask({ what: 'libsignal', forMs: FOR_MS / 2 });
    for (const [name, of] of CRYPTOGRAPHY) {
      if (speeds) found.push({ what: `libsignal: ${name}`, on: 'one core', ...of(speeds) });
    }
    return {
      tables: [
        {
          title: 'Limits of the parts',
          columns: ['what', 'on', 'per second', 'processor ms each'],
          rows: found.map(({ what, on, perSecond, cpuMs }) => [what, on, count(perSecond), cpuMs.toFixed(3)]),
          note: 'Processor time is that of the calling process and of the store together.',
        },
      ],
      targets: [],
      plots: [],
      figures: found,
    };
  },
};

const CRYPTOGRAPHY: readonly (readonly [string, (speeds: Speeds) => Speed])[] = [
  ['encrypt 160 bytes in a session', ({ encrypt }) => encrypt],
  ['decrypt the same', ({ decrypt }) => decrypt],
  ['HPKE seal of 265 bytes', ({ hpkeSeal }) => hpkeSeal],
  ['HPKE open of the same', ({ hpkeOpen }) => hpkeOpen],
];

async function limitsOn(backend: Backend, stores: BenchStores): Promise<readonly Limit[]> {
  const found: Limit[] = [];
  const { databaseUrl, redisUrl } = stores;
  const tried = backend === 'postgres' ? [...QUEUE, ...INSERTS] : QUEUE;
  for (const [what, name] of tried) {
    if (what === 'process') await ask({ what: 'fill', stores: { databaseUrl, redisUrl } });
    const before = storeCpuSeconds(stores);
    const { done, seconds, cpuMs } = await ask({ what, stores: { databaseUrl, redisUrl }, forMs: FOR_MS });
    const storeMs = (storeCpuSeconds(stores) - before) * 1_000;
    found.push({ what: name, on: BACKEND_NAMES[backend], perSecond: done / seconds, cpuMs: (cpuMs + storeMs) / done });
  }
  return found;
}

const storeCpuSeconds = ({ pids }: BenchStores): number =>
  Object.values(pids).reduce((total, pid) => total + usageOf(pid).cpuSeconds, 0);

async function ask(order: BareOrder): Promise<BareAnswer> {
  const child = Child.start('bare/bare-process.ts');
  try {
    return await child.ask<BareAnswer>({ ...order });
  } finally {
    await child.end();
  }
}
