import { BareInserts } from './bare-inserts.js';
import { libsignalSpeeds, type Speeds } from './bare-libsignal.js';
import { BarePath } from './bare-path.js';
import { BareQueue } from './bare-queue.js';
import type { StoreUrls } from './store-urls.js';

/** What is measured bare, each in a process of its own so that its processor time is its own. */
export type BareOrder =
  | {
      readonly what: 'add-singly' | 'add-in-bulk' | 'process' | 'insert-singly' | 'insert-in-batches';
      readonly stores: StoreUrls;
      readonly forMs: number;
    }
  /** Jobs for `process` to do. */
  | { readonly what: 'fill'; readonly stores: StoreUrls }
  | { readonly what: 'path'; readonly stores: StoreUrls }
  | { readonly what: 'libsignal'; readonly forMs: number };

export interface BareAnswer {
  /** How many were done. */
  readonly done: number;
  readonly seconds: number;
  /** Of this process alone. */
  readonly cpuMs: number;
  /** Where the bare path answers. */
  readonly url?: string;
  readonly speeds?: Speeds;
}

/** Enough for a worker to do for a while. */
const QUEUED_BEFOREHAND = 20_000;

process.on('message', (order: BareOrder) => {
  void answer(order).then((answered) => process.send?.(answered));
});

async function answer(order: BareOrder): Promise<BareAnswer> {
  switch (order.what) {
    case 'libsignal':
      return { ...NOTHING, speeds: await libsignalSpeeds(order.forMs) };
    case 'path':
      return { ...NOTHING, url: (await BarePath.open(order.stores)).url };
    case 'fill':
      return timed(fill(order.stores), async () => undefined);
    case 'insert-singly':
    case 'insert-in-batches': {
      const inserts = await BareInserts.open(order.stores.databaseUrl);
      const act = order.what === 'insert-singly' ? inserts.singly(order.forMs) : inserts.inBatches(order.forMs);
      return timed(act, () => inserts.close());
    }
    case 'add-singly':
    case 'add-in-bulk':
    case 'process': {
      const queue = await BareQueue.open(order.stores, `{bare-${order.what}}`);
      const act = {
        'add-singly': () => queue.addSingly(order.forMs),
        'add-in-bulk': () => queue.addInBulk(order.forMs),
        process: () => queue.process(order.forMs),
      }[order.what];
      return timed(act(), () => queue.close());
    }
  }
}

async function fill(stores: StoreUrls): Promise<number> {
  const queue = await BareQueue.open(stores, '{bare-process}');
  for (let added = 0; added < QUEUED_BEFOREHAND; added += 1_000) await queue.addBulk(1_000);
  await queue.close();
  return QUEUED_BEFOREHAND;
}

const NOTHING: BareAnswer = { done: 0, seconds: 0, cpuMs: 0 };

async function timed(act: Promise<number>, close: () => Promise<void>): Promise<BareAnswer> {
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  const done = await act;
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedMs) / 1000;
  await close();
  return { done, seconds, cpuMs: (user + system) / 1000 };
}
