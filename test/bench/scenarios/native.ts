import { BACKEND_NAMES, type Backend } from '../site/backend.js';
import { withSite } from '../site/bench-site.js';
import { seedPairs, type BenchPair } from '../site/seed-accounts.js';
import { measureLoad, serverCpuMs, type MeasuredLoad, type NativeOrder } from '../load/measured-load.js';
import { count, cpuCells, ms, p50p99, ratio } from '../report/format.js';
import { measureYardstick, type Yardstick } from './yardstick.js';
import type { Bench, Outcome, Scenario, Series, Table, Target } from '../scenario.js';

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
    const yardsticks: Yardstick[] = [];
    for (const backend of bench.options.backends) {
      const { pairs, runs: found } = await runsOn(bench, backend);
      runs.push(...found);
      bench.progress(`${BACKEND_NAMES[backend]}: the bare path under the same requests`);
      yardsticks.push(...(await measureYardstick(backend, pairs, bench.options)));
    }
    return outcomeOf(runs, yardsticks);
  },
};

async function runsOn(
  bench: Bench,
  backend: Backend,
): Promise<{ readonly pairs: readonly BenchPair[]; readonly runs: readonly Run[] }> {
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
    return { pairs, runs };
  });
}

function outcomeOf(runs: readonly Run[], yardsticks: readonly Yardstick[]): Outcome {
  return {
    tables: [
      {
        title: 'Native to native, gateway alone',
        columns: [
          'queue',
          'asked for',
          'accepted',
          'refused',
          'delivered',
          'delivered /s',
          'receipts',
          'accept p50 / p99 ms',
          'end to end p50 / p99 ms',
          'queue jobs per message',
        ],
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
      yardstickTable(runs, yardsticks),
    ],
    targets: [...runs.flatMap((run) => targetsOf(run, yardsticks)), ...burstTargets(runs)],
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
    figures: { runs, yardsticks },
  };
}

/** The rate promised for each backend. */
const PROMISED: Readonly<Record<Backend, number>> = { postgres: 300, redis: 2_000 };

function targetsOf({ backend, name, load }: Run, yardsticks: readonly Yardstick[]): readonly Target[] {
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
  return [carried, ...latencies, ...(backend === 'redis' ? costTargets(at, load, yardsticks) : [])];
}

/** Of all that serves, in the same run and at the same rate. */
function costTargets(at: string, load: MeasuredLoad, yardsticks: readonly Yardstick[]): readonly Target[] {
  const bare = yardsticks.find((one) => one.backend === 'redis' && one.perSecond === load.perSecond);
  if (!bare) return [];
  const [own, least] = [serverCpuMs(load.cpuMs), serverCpuMs(bare.cpuMs)];
  return [
    {
      what: `${at}: processor time of what serves, per message`,
      wanted: `<= 2 x ${least.toFixed(2)} ms, the bare path`,
      measured: `${own.toFixed(2)} ms, ${(own / least).toFixed(1)} x`,
      isMet: own <= 2 * least,
    },
  ];
}

function yardstickTable(runs: readonly Run[], yardsticks: readonly Yardstick[]): Table {
  return {
    title: 'Against the bare durable-accept-and-queue path',
    columns: [
      'queue',
      'asked for',
      'bare: accepted /s',
      'bare: accept p50 / p99 ms',
      'bare: server / database / redis ms',
      'bare: all ms',
      'Causeway: all ms',
      'times',
    ],
    rows: yardsticks.map(({ backend, perSecond, load, cpuMs }) => {
      const same = runs.find((run) => run.backend === backend && run.name === `${perSecond} /s`);
      const [least, own] = [serverCpuMs(cpuMs), same ? serverCpuMs(same.load.cpuMs) : Number.NaN];
      return [
        BACKEND_NAMES[backend],
        `${perSecond} /s`,
        count(load.accepted / load.seconds),
        p50p99(load.acceptMs),
        cpuCells(cpuMs, ['server', 'database', 'redis']).join(' / '),
        least.toFixed(2),
        own.toFixed(2),
        (own / least).toFixed(1),
      ];
    }),
    note: 'The bare path takes the same requests over plain HTTP, commits each batch in one insert into one table, adds one empty job per message in bulk and does it. It checks nothing and delivers, acknowledges and reports nothing.',
  };
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
    return [seriesOf('accept', (load) => load.acceptMs.p99), seriesOf('end to end', (load) => load.endToEndMs.p99)];
  });
