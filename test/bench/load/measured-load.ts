import type { BenchSite } from '../site/bench-site.js';
import { usagesOf } from '../measure/process-usage.js';
import { Child } from './child.js';
import type { LoadOrder, LoadResult } from './native-load.js';
import { WEEK_SECONDS } from './native-message.js';

export interface MeasuredLoad extends LoadResult {
  readonly perSecond: number;
  readonly deliveredPerSecond: number;
  /** Processor time of each process per message that was delivered (accepted, where nothing is delivered), milliseconds. */
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly residentMegabytes: Readonly<Record<string, number>>;
  readonly jobsPerMessage: number;
  readonly tripsPerMessage: number;
  readonly redisCommandsPerMessage: number;
}

/** What does not serve: the generator, and the carrier that stands for another company's. */
const NOT_SERVING = new Set(['generator', 'simulator']);

export const serverCpuMs = (cpuMs: Readonly<Record<string, number>>): number =>
  Object.entries(cpuMs).reduce((total, [name, ms]) => (NOT_SERVING.has(name) ? total : total + ms), 0);

export type NativeOrder = Pick<LoadOrder, 'pairs' | 'perSecond'> &
  Partial<Pick<LoadOrder, 'burst' | 'boxes' | 'hasSockets' | 'maxUnderWay' | 'lifetimeSeconds' | 'warmUpSeconds'>> & {
    readonly seconds: number;
  };

/** By then a new generator is about as fast as it gets. */
const WARM_UP_SECONDS = 3;

export const fullOrder = (gatewayUrl: string, order: NativeOrder): LoadOrder => ({
  burst: 1,
  boxes: 'noise',
  hasSockets: true,
  maxUnderWay: Number.POSITIVE_INFINITY,
  lifetimeSeconds: WEEK_SECONDS,
  warmUpSeconds: WARM_UP_SECONDS,
  ...order,
  gatewayUrl,
  count: Math.round(order.perSecond * order.seconds),
});

/** A generator that has its sockets open, its messages ready and its code warm. */
export async function preparedLoad(order: LoadOrder): Promise<Child> {
  const child = Child.start('load/load-process.ts');
  await child.ask<string>({ ...order });
  return child;
}

/** One native load against a site, with what it cost every process. */
export async function measureLoad(site: BenchSite, order: NativeOrder): Promise<MeasuredLoad> {
  const child = await preparedLoad(fullOrder(site.world.gatewayUrl, order));
  try {
    const pids = { ...site.pids, generator: child.pid };
    const countersOf = async () => ({
      jobs: await site.stores.jobs(),
      commands: await site.stores.redisCommands(),
      trips: site.trips,
      usages: usagesOf(pids),
    });
    const before = await countersOf();
    const result = await child.ask<LoadResult>('go');
    const after = await countersOf();
    const messages = Math.max(1, order.hasSockets === false ? result.accepted : result.delivered);
    return {
      ...result,
      perSecond: order.perSecond,
      deliveredPerSecond: result.delivered / result.seconds,
      cpuMs: perMessage(before.usages, after.usages, messages),
      residentMegabytes: Object.fromEntries(
        Object.entries(after.usages).map(([name, { residentBytes }]) => [name, Math.round(residentBytes / 1e6)]),
      ),
      jobsPerMessage: (after.jobs - before.jobs) / messages,
      tripsPerMessage: (after.trips - before.trips) / messages,
      redisCommandsPerMessage: (after.commands - before.commands) / messages,
    };
  } finally {
    await child.end();
  }
}

type Usages = ReturnType<typeof usagesOf>;

export const perMessage = (before: Usages, after: Usages, messages: number): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(after).map(([name, usage]) => [
      name,
      ((usage.cpuSeconds - (before[name]?.cpuSeconds ?? 0)) * 1000) / messages,
    ]),
  );
