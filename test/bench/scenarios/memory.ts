import { setTimeout as pause } from 'node:timers/promises';
import { fullOrder, preparedLoad } from '../load/measured-load.js';
import type { LoadResult } from '../load/native-load.js';
import { countOf, memoryOf, type Memory } from '../measure/process-usage.js';
import { count, megabytes } from '../report/format.js';
import type { Bench, Outcome, Scenario } from '../scenario.js';
import { withSite } from '../site/bench-site.js';
import { withEmbeddedCauseway } from '../site/embedded-causeway.js';
import { seedPairs } from '../site/seed-accounts.js';

const IDLE_MS = 20_000;
const IDLE_LIMIT_MEGABYTES = 350;
const GROWTH_LIMIT = 0.05;
const SAMPLE_MS = 2_000;
const SERVERS = ['gateway', 'worker', 'edge'] as const;

interface Sample {
  readonly seconds: number;
  readonly bytes: Readonly<Record<(typeof SERVERS)[number], number>>;
}

/** What Node processes keep, at rest and under half of the load. */
export const memory: Scenario = {
  name: 'memory',
  what: 'an idle embedded gateway, and growth under half of the load',
  run: async (bench) => {
    bench.progress('an embedded gateway that does nothing');
    const idle = await measureIdle();
    bench.progress(`${bench.options.minutes} minutes at ${bench.options.load / 2} /s`);
    const { samples, load } = await measureGrowth(bench);
    return outcomeOf(bench, idle, samples, load);
  },
};

interface Idle extends Memory {
  readonly processes: number;
}

const measureIdle = (): Promise<Idle> =>
  withEmbeddedCauseway(async (pid) => {
    await pause(IDLE_MS);
    return { ...memoryOf(pid, 'node'), processes: countOf(pid, 'node') };
  });

async function measureGrowth({
  options,
}: Bench): Promise<{ readonly samples: readonly Sample[]; readonly load: LoadResult }> {
  return withSite({ backend: 'postgres' }, async (site) => {
    const pairs = await seedPairs(site.database, options.conversations);
    const order = { pairs, perSecond: options.load / 2, seconds: options.minutes * 60 };
    const child = await preparedLoad(fullOrder(site.world.gatewayUrl, order));
    const samples: Sample[] = [];
    const startedMs = performance.now();
    const look = (): void => {
      const { gateway = 0, worker = 0, edge = 0 } = site.pids;
      const [ofGateway, ofWorker, ofEdge] = [gateway, worker, edge].map((pid) => memoryOf(pid).pssBytes);
      const bytes = { gateway: ofGateway ?? 0, worker: ofWorker ?? 0, edge: ofEdge ?? 0 };
      samples.push({ seconds: (performance.now() - startedMs) / 1000, bytes });
    };
    const looking = setInterval(look, SAMPLE_MS);
    try {
      const load = await child.ask<LoadResult>('go');
      return { samples, load };
    } finally {
      clearInterval(looking);
      await child.end();
    }
  });
}

const totalOf = ({ bytes }: Sample): number => SERVERS.reduce((total, name) => total + bytes[name], 0);

/** Mean over one fifth of the run: a single sample says how long ago garbage was collected. */
export function meanOfFifth(values: readonly number[], fifth: number): number {
  const size = values.length / 5;
  const part = values.slice(
    Math.floor((fifth - 1) * size),
    Math.max(Math.floor((fifth - 1) * size) + 1, Math.floor(fifth * size)),
  );
  return part.reduce((total, value) => total + value, 0) / part.length;
}

function outcomeOf({ options }: Bench, idle: Idle, samples: readonly Sample[], load: LoadResult): Outcome {
  const totals = samples.map(totalOf);
  const [second, last] = [meanOfFifth(totals, 2), meanOfFifth(totals, 5)];
  const growth = last / second - 1;
  const percent = `${(growth * 100).toFixed(1)} %`;
  return {
    tables: [
      {
        title: 'An idle embedded gateway',
        columns: ['processes', 'PSS MB', 'RSS MB'],
        rows: [[`Node (${idle.processes})`, megabytes(idle.pssBytes), megabytes(idle.rssBytes)]],
        note: `${IDLE_MS / 1000} seconds after its start. PSS counts a page that several processes share once; RSS counts it for each. The PostgreSQL beside them is not in it.`,
      },
      {
        title: `Memory over ${options.minutes} minutes at ${options.load / 2} /s`,
        columns: ['delivered', 'second fifth MB (PSS)', 'last fifth MB (PSS)', 'growth'],
        rows: [[count(load.delivered), megabytes(second), megabytes(last), percent]],
        note: 'Gateway, worker and edge as three processes, mean of each fifth of the run. The first fifth is left out: there the heap grows to what the load needs. A run of one minute is all warming up; 10 are asked for.',
      },
    ],
    targets: [
      {
        what: 'idle embedded gateway, all Node processes (PSS)',
        wanted: `<= ${IDLE_LIMIT_MEGABYTES} MB`,
        measured: `${megabytes(idle.pssBytes)} MB`,
        isMet: idle.pssBytes <= IDLE_LIMIT_MEGABYTES * 1e6,
      },
      {
        what: `growth over ${options.minutes} minutes at half load`,
        wanted: `<= ${GROWTH_LIMIT * 100} %`,
        measured: percent,
        isMet: growth <= GROWTH_LIMIT,
      },
    ],
    plots: [
      {
        name: 'memory-over-time',
        title: `Memory at ${options.load / 2} messages per second`,
        xLabel: 'seconds',
        yLabel: 'MB (PSS)',
        series: SERVERS.map((name) => ({
          name,
          points: samples.map(({ seconds, bytes }) => ({ x: seconds, y: bytes[name] / 1e6 })),
        })),
      },
    ],
    figures: { idle, samples, load, growth },
  };
}
