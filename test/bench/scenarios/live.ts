import { LiveFleets, type LiveMeasured } from '../load/live-fleets.js';
import type { Journey } from '../load/live-orders.js';
import { count, cpuCells, p50p99, ratio } from '../report/format.js';
import type { Bench, Scenario, Target } from '../scenario.js';
import { BACKEND_NAMES, type Backend } from '../site/backend.js';
import { withSite, type BenchSite } from '../site/bench-site.js';

/** Everybody here is new, and writes to somebody new at once: what is usual where messages go out in bulk. */
export const BULK = { CAUSEWAY_TENANT_PROFILE: 'registered-bulk' } as const;
const PROCESSES = 2;
const NAMES: Readonly<Record<Journey, string>> = {
  native: 'native to native',
  'native-sms': 'native to SMS',
  'sms-native': 'SMS to native',
};
const PROMISED: Readonly<Record<Journey, number>> = { native: 300, 'native-sms': 100, 'sms-native': 100 };
/** A step counts as carried when this much of it arrived per second, the last message's way included. */
const CARRIED = 0.9;
const COLUMNS = ['gateway', 'worker', 'edge', 'database', 'redis', 'simulator', 'devices'] as const;

/** With the clients' cryptography: SDK devices that encrypt, store, decrypt, acknowledge. Rates go up until one is not carried. */
export const live: Scenario = {
  name: 'live',
  what: 'real devices: native, native to SMS, SMS to native',
  run: async (bench) => {
    // the promise is for Redis where there is one
    const backend: Backend = bench.options.backends.includes('redis') ? 'redis' : 'postgres';
    const runs = await withSite({ backend, env: BULK }, (site) => onSite(bench, site));
    return {
      tables: [
        {
          title: `With live cryptography on the clients, queue on ${BACKEND_NAMES[backend]}`,
          columns: [
            'journey',
            'asked for',
            'sent',
            'failed',
            'delivered',
            'delivered /s',
            'receipts',
            'send p50 / p99 ms',
            'end to end p50 / p99 ms',
            'queue jobs per message',
          ],
          rows: runs.map((run) => [
            NAMES[run.journey],
            `${run.perSecond} /s`,
            count(run.sent),
            count(run.failed),
            count(run.delivered),
            count(run.deliveredPerSecond),
            run.journey === 'sms-native' ? '-' : count(run.receipts),
            p50p99(run.sendMs),
            p50p99(run.endToEndMs),
            ratio(run.jobsPerMessage),
          ]),
          note: `${bench.options.liveConversations} conversations, two people with two devices each. Send is encryption for all devices, the device's own store and the accept; for SMS to native it is the handset's call to the pretend carrier. Delivered is shown on both devices, or by the handset.`,
        },
        {
          title: 'Processor milliseconds per message with live cryptography',
          columns: ['journey', 'asked for', ...COLUMNS],
          rows: runs.map((run) => [NAMES[run.journey], `${run.perSecond} /s`, ...cpuCells(run.cpuMs, COLUMNS)]),
          note: 'Devices are those of both ends; everything shares the cores.',
        },
      ],
      targets: bench.options.journeys.flatMap((journey) => targetOf(journey, runs)),
      plots: [
        {
          name: 'live-latency',
          title: 'Live cryptography: end to end p99',
          xLabel: 'messages per second asked for',
          yLabel: 'milliseconds',
          isLogY: true,
          series: bench.options.journeys.map((journey) => ({
            name: NAMES[journey],
            points: runs
              .filter((run) => run.journey === journey)
              .map(({ perSecond, endToEndMs }) => ({ x: perSecond, y: endToEndMs.p99 })),
          })),
        },
      ],
      figures: runs,
    };
  },
};

async function onSite({ options, progress }: Bench, site: BenchSite): Promise<readonly LiveMeasured[]> {
  await withoutCarrierDelay(site);
  progress(`registering ${options.liveConversations * 4} devices`);
  const fleets = await LiveFleets.make(site, {
    processes: PROCESSES,
    conversations: options.liveConversations,
    hasTelephones: true,
  });
  try {
    const runs: LiveMeasured[] = [];
    for (const journey of options.journeys) {
      for (const perSecond of journey === 'native' ? options.liveRates : options.smsRates) {
        progress(`${NAMES[journey]}, ${perSecond} /s`);
        const run = await fleets.run(journey, { perSecond, seconds: options.seconds });
        runs.push(run);
        if (!isCarried(run)) break;
      }
    }
    return runs;
  } finally {
    await fleets.close();
  }
}

const isCarried = (run: LiveMeasured): boolean =>
  run.failed === 0 && run.delivered === run.sent && run.deliveredPerSecond >= run.perSecond * CARRIED;

function targetOf(journey: Journey, runs: readonly LiveMeasured[]): readonly Target[] {
  const best = runs.filter((run) => run.journey === journey && isCarried(run)).at(-1)?.perSecond ?? 0;
  const most = Math.max(0, ...runs.filter((run) => run.journey === journey).map((run) => run.deliveredPerSecond));
  return [
    {
      what: `${NAMES[journey]} with live cryptography`,
      wanted: `>= ${PROMISED[journey]} /s`,
      measured: `${best} /s carried, ${count(most)} /s at most`,
      isMet: best >= PROMISED[journey],
    },
  ];
}

/** The time a real carrier takes is not ours to measure. */
export async function withoutCarrierDelay(site: BenchSite): Promise<void> {
  const answer = await fetch(`${site.world.carrier.url}/settings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sendDelayMs: 0, deliverDelayMs: 0 }),
  });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status}`);
}
