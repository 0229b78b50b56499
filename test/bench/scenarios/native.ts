import { BACKEND_NAMES, type Backend } from '../site/backend.js';
import { withSite } from '../site/bench-site.js';
import { seedPairs } from '../site/seed-accounts.js';
import { measureLoad, serverCpuMs, type MeasuredLoad, type NativeOrder } from '../load/measured-load.js';
import { count, cpuCells, ms, p50p99, ratio } from '../report/format.js';
import type { Bench, Outcome, Scenario, Series, Target } from '../scenario.js';

interface Run {
  readonly backend: Backend;
  readonly name: string;
  readonly load: MeasuredLoad;
}

const PROCESSES = ['gateway', 'worker', 'edge', 'database', 'redis', 'generator'] as const;
const BURST = 10;
/** Gets connections, plans and just-in-time code where they are in a process that has been up for a while. */
const WARM_UP = { perSecond: 200, seconds: 3 };

/** Gateway alone: sealed beforehand, pushed, acknowledged, receipts told; nothing is opened. */
export const native: Scenario = {
  name: 'native',
  what: 'native to native, gateway alone, on both queue backends',
  run: async (bench) => {
    const runs: Run[] = [];
    for (const backend of bench.options.backends) runs.push(...(await runsOn(bench, backend)));
    return outcomeOf(runs);
  },
};

async function runsOn(bench: Bench, backend: Backend): Promise<readonly Run[]> {
  const { rates, seconds, conversations } = bench.options;
  return withSite({ backend }, async (site) => {
    const pairs = await seedPairs(site.database, conversations);
    await measureLoad(site, { pairs, ...WARM_UP });
    const middle = rates[Math.floor(rates.length / 2)] ?? WARM_UP.perSecond;
    const orders: readonly { readonly name: string; readonly order: NativeOrder }[] = [
      ...rates.map((perSecond) => ({ name: `${perSecond} /s`, order: { pairs, perSecond, seconds } })),
      { name: `${middle} /s, ${BURST} in a row`, order: { pairs, perSecond: middle, seconds, burst: BURST } },
    ];
    const runs: Run[] = [];
    for (const { name, order } of orders) {
      bench.progress(`${BACKEND_NAMES[backend]}, ${name}: sealing ${order.perSecond * seconds} messages, then sending`);
      runs.push({ backend, name, load: await measureLoad(site, { ...order, boxes: 'sealed' }) });
    }
    return runs;
  });
}

function outcomeOf(runs: readonly Run[]): Outcome {
  return {
    tables: [
      {
        title: 'Native to native, gateway alone',
        columns: ['queue', 'asked for', 'accepted', 'refused', 'delivered', 'delivered /s', 'receipts', 'accept p50 / p99 ms', 'end to end p50 / p99 ms', 'queue jobs per message'],
        rows: runs.map(({ backend, name, load }) => [
          BACKEND_NAMES[backend],
          name,
          count(load.accepted),
          count(load.refused),
          count(load.delivered),
          count(load.deliveredPerSecond),
          count(load.receipts),
          p50p99(load.acceptMs),
          p50p99(load.endToEndMs),
          ratio(load.jobsPerMessage),
        ]),
        note: 'Latencies are those under that load. Queue jobs on Redis include wakes that were swallowed.',
      },
      {
        title: 'Processor milliseconds per message, by process',
        columns: ['queue', 'asked for', ...PROCESSES, 'all that serve'],
        rows: runs.map(({ backend, name, load }) => [
          BACKEND_NAMES[backend],
          name,
          ...cpuCells(load.cpuMs, PROCESSES),
          serverCpuMs(load.cpuMs).toFixed(2),
        ]),
        note: 'The generator is on the same machine and is not counted to what serves.',
      },
      {
        title: 'Resident memory after each run, MB',
        columns: ['queue', 'asked for', ...PROCESSES],
        rows: runs.map(({ backend, name, load }) => [
          BACKEND_NAMES[backend],
          name,
          ...PROCESSES.map((process) => load.residentMegabytes[process] ?? '-'),
        ]),
        note: 'PostgreSQL maps its shared buffers into each of its processes, so its column counts them several times.',
      },
    ],
    targets: [...runs.flatMap(targetsOf), ...burstTargets(runs)],
    plots: [
      {
        name: 'native-latency',
        title: 'Native, gateway alone: p99 under load',
        xLabel: 'messages per second asked for',
        yLabel: 'milliseconds',
        isLogY: true,
        series: latencySeries(runs),
      },
    ],
    figures: runs,
  };
}

/** The rate promised for each backend. */
const PROMISED: Readonly<Record<Backend, number>> = { postgres: 300, redis: 2_000 };

function targetsOf({ backend, name, load }: Run): readonly Target[] {
  if (load.perSecond !== PROMISED[backend] || name.includes('in a row')) return [];
  const at = `native at ${name} on ${BACKEND_NAMES[backend]}`;
  const carried: Target = {
    what: `${at}: delivered`,
    wanted: `>= ${load.perSecond * CARRIED} /s, none refused`,
    measured: `${count(load.deliveredPerSecond)} /s, ${count(load.refused)} refused`,
    isMet: load.deliveredPerSecond >= load.perSecond * CARRIED && load.refused === 0,
  };
  const within = (what: string, limitMs: number, p99: number): Target => ({
    what: `${at}: ${what} p99`,
    wanted: `<= ${limitMs} ms`,
    measured: `${ms(p99)} ms`,
    isMet: p99 <= limitMs,
  });
  const latencies =
    backend === 'redis'
      ? [within('accept', 100, load.acceptMs.p99), within('end to end', 150, load.endToEndMs.p99)]
      : [];
  return [carried, ...latencies];
}

/** A steady rate counts as carried when this much of it arrived per second, the last message's way included. */
const CARRIED = 0.97;

const burstTargets = (runs: readonly Run[]): readonly Target[] =>
  runs
    .filter(({ name }) => name.includes('in a row'))
    .map(({ backend, load }) => ({
      what: `queue jobs per message at ${BURST} in a row on ${BACKEND_NAMES[backend]}`,
      wanted: '< 0.5',
      measured: ratio(load.jobsPerMessage),
      isMet: load.jobsPerMessage < 0.5,
    }));

const latencySeries = (runs: readonly Run[]): readonly Series[] =>
  [...new Set(runs.map(({ backend }) => backend))].flatMap((backend) => {
    const steady = runs.filter((run) => run.backend === backend && !run.name.includes('in a row'));
    const seriesOf = (what: string, of: (load: MeasuredLoad) => number): Series => ({
      name: `${what}, ${BACKEND_NAMES[backend]}`,
      points: steady.map(({ load }) => ({ x: load.perSecond, y: of(load) })),
    });
    return [
      seriesOf('accept', (load) => load.acceptMs.p99),
      seriesOf('end to end', (load) => load.endToEndMs.p99),
    ];
  });
