import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { policyOf, RETENTION_CLASSES } from '@causeway/message-model';
import { Stores } from '@causeway/storage';
import { LiveFleets, type LiveMeasured } from '../load/live-fleets.js';
import { fullOrder, preparedLoad } from '../load/measured-load.js';
import type { LoadResult } from '../load/native-load.js';
import { keptBy, SIMULATOR_KEEP_SECONDS, type Kept } from '../measure/kept-stores.js';
import { count } from '../report/format.js';
import type { Bench, Outcome, Scenario, Table, Target } from '../scenario.js';
import { BACKEND_NAMES, type Backend } from '../site/backend.js';
import { withSite, type BenchSite } from '../site/bench-site.js';
import { seedPairs } from '../site/seed-accounts.js';
import { seedMetadata } from '../site/seed-hours.js';
import { withoutCarrierDelay } from './live.js';

const HOUR_MS = 3_600_000;
/** One message in so many goes to people who are away, and is to be gone after a minute. */
const SHORT = { oneIn: 10, lifetimeSeconds: 60 } as const;
/** Real devices and telephones beside it, in both directions by turns. */
const TELEPHONES = { perSecond: 1, sliceSeconds: 60, conversations: 10 } as const;
/** Hours of metadata of a week ago, so that there is something whose time comes while it runs. */
const SEEDED_HOURS = 2;
/** A partition is dropped five minutes after its hour, and the purge is late from a minute on. */
const LATE_SECONDS = 360;
/** What may still be under way when it is looked, messages. */
const UNDER_WAY = 5;
const SETTLE_MS = 15_000;

interface Hour {
  readonly backend: Backend;
  readonly seconds: number;
  readonly loads: readonly LoadResult[];
  readonly telephones: readonly LiveMeasured[];
  readonly before: readonly Kept[];
  readonly after: readonly Kept[];
}

/** Nothing stays: each store, by class, before and after a load. */
export const hour: Scenario = {
  name: 'hour',
  what: 'what every store holds before and after a load, and whether anything outlives its policy',
  run: async (bench) => outcomeOf(await Promise.all(bench.options.backends.map((backend) => measure(bench, backend)))),
};

/** The load is shared by the backends, which run side by side. */
async function measure({ options, progress }: Bench, backend: Backend): Promise<Hour> {
  const temporary = await mkdtemp(join(tmpdir(), 'cw-hour-'));
  const env = { TMPDIR: temporary, CAUSEWAY_SIMULATOR_KEEP_SECONDS: `${SIMULATOR_KEEP_SECONDS}` };
  try {
    return await withSite({ backend, env }, async (site) => {
      const say = (line: string): void => progress(`${BACKEND_NAMES[backend]}: ${line}`);
      await withoutCarrierDelay(site);
      const perSecond = options.load / options.backends.length;
      await seedPast(site, Math.round(perSecond * 1800));
      say('registering devices');
      const { conversations } = TELEPHONES;
      const fleets = await LiveFleets.make(site, { processes: 1, conversations, hasTelephones: true });
      try {
        const before = await keptBy(site, temporary);
        const seconds = options.minutes * 60;
        say(`${options.minutes} minutes at ${perSecond} /s`);
        const [loads, telephones] = await Promise.all([
          native(site, { perSecond, seconds, conversations: options.conversations }),
          overSms(fleets, seconds),
        ]);
        await pause(SETTLE_MS);
        return { backend, seconds, loads, telephones, before, after: await keptBy(site, temporary) };
      } finally {
        await fleets.close();
      }
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function seedPast(site: BenchSite, envelopes: number): Promise<void> {
  const stores = new Stores({ url: site.stores.databaseUrl });
  try {
    const first = Math.floor(Date.now() / HOUR_MS) + 1;
    for (let each = first; each < first + SEEDED_HOURS; each += 1)
      await seedMetadata(site.database, stores.partitions, { hour: each, envelopes });
  } finally {
    await stores.close();
  }
}

async function native(
  site: BenchSite,
  order: { readonly perSecond: number; readonly seconds: number; readonly conversations: number },
): Promise<readonly LoadResult[]> {
  const { seconds, conversations } = order;
  const short = order.perSecond / SHORT.oneIn;
  const orders = [
    {
      pairs: await seedPairs(site.database, conversations),
      perSecond: order.perSecond - short,
      seconds,
      warmUpSeconds: 0,
    },
    {
      pairs: await seedPairs(site.database, Math.ceil(conversations / SHORT.oneIn)),
      perSecond: short,
      seconds,
      hasSockets: false,
      warmUpSeconds: 0,
      lifetimeSeconds: SHORT.lifetimeSeconds,
    },
  ];
  const generators = await Promise.all(orders.map((each) => preparedLoad(fullOrder(site.world.gatewayUrl, each))));
  try {
    return await Promise.all(generators.map((generator) => generator.ask<LoadResult>('go')));
  } finally {
    await Promise.all(generators.map((generator) => generator.end()));
  }
}

async function overSms(fleets: LiveFleets, seconds: number): Promise<readonly LiveMeasured[]> {
  const endMs = Date.now() + seconds * 1000;
  const measured: LiveMeasured[] = [];
  for (let slice = 0; Date.now() < endMs; slice += 1) {
    const { perSecond, sliceSeconds } = TELEPHONES;
    const left = Math.max(1, Math.min(sliceSeconds, (endMs - Date.now()) / 1000));
    measured.push(await fleets.run(slice % 2 === 0 ? 'native-sms' : 'sms-native', { perSecond, seconds: left }));
  }
  return measured;
}

function outcomeOf(hours: readonly Hour[]): Outcome {
  return {
    tables: [loadTable(hours), ...hours.map(storeTable)],
    targets: hours.flatMap(targetsOf),
    plots: [],
    figures: hours,
  };
}

const loadTable = (hours: readonly Hour[]): Table => ({
  title: 'The load',
  columns: [
    'queue',
    'minutes',
    'native accepted',
    'refused',
    'of them for a minute, to nobody',
    'of the others delivered',
    'sockets lost',
    'SMS sent',
    'SMS received',
    'not taken',
  ],
  rows: hours.map(({ backend, seconds, loads, telephones }) => {
    const of = (journey: string): readonly LiveMeasured[] => telephones.filter((each) => each.journey === journey);
    return [
      BACKEND_NAMES[backend],
      (seconds / 60).toFixed(0),
      count(sum(loads, ({ accepted }) => accepted)),
      count(sum(loads, ({ refused }) => refused)),
      count(loads[1]?.accepted ?? 0),
      count(loads[0]?.delivered ?? 0),
      count(sum(loads, ({ lostSockets }) => lostSockets)),
      count(sum(of('native-sms'), ({ delivered }) => delivered)),
      count(sum(of('sms-native'), ({ delivered }) => delivered)),
      count(sum(telephones, ({ failed }) => failed)),
    ];
  }),
  note: 'The two queues side by side on one machine, each with its own database and processes.',
});

const storeTable = ({ backend, before, after }: Hour): Table => ({
  title: `What is stored, before and after, queue on ${BACKEND_NAMES[backend]}`,
  columns: ['class', 'store', 'kept', 'rows', 'MB', 'oldest', 'first to go, after'],
  rows: after.map((now, index) => {
    const was = before[index];
    return [
      now.class,
      now.store,
      policyText(now),
      `${was?.rows === undefined ? '-' : count(was.rows)} / ${now.rows === undefined ? '-' : count(now.rows)}`,
      `${megabytes(was?.bytes)} / ${megabytes(now.bytes)}`,
      `${age(was?.oldestSeconds)} / ${age(now.oldestSeconds)}`,
      dueText(now.firstGoesInSeconds),
    ];
  }),
  note: `"-" is what a store cannot say of its records. Hours of metadata from a week ago lay there at the beginning. What is to go within an hour goes with the partition of the hour, five minutes after it; readers see nothing of it from its own time on. Devices without a socket leave their events lying for a day. The load does not open a lost socket again: boxes for it wait until their deadline.`,
});

function targetsOf({ backend, loads, after }: Hour): readonly Target[] {
  const latest = Math.max(0, ...after.map(({ firstGoesInSeconds }) => -(firstGoesInSeconds ?? 0)));
  const passing = sum(
    after.filter(({ isPassing }) => isPassing),
    ({ rows }) => rows ?? 0,
  );
  return [
    {
      what: `${BACKEND_NAMES[backend]}: the record that is longest past its time`,
      wanted: `<= ${LATE_SECONDS} s`,
      measured: `${latest.toFixed(0)} s`,
      isMet: latest <= LATE_SECONDS,
    },
    {
      what: `${BACKEND_NAMES[backend]}: sockets of devices that were lost`,
      wanted: '0',
      measured: count(sum(loads, ({ lostSockets }) => lostSockets)),
      isMet: sum(loads, ({ lostSockets }) => lostSockets) === 0,
    },
    {
      what: `${BACKEND_NAMES[backend]}: records of what is under way, once nothing is`,
      wanted: `<= ${UNDER_WAY}`,
      measured: count(passing),
      isMet: passing <= UNDER_WAY,
    },
  ];
}

const policyText = (kept: Kept): string => {
  const name = RETENTION_CLASSES.find((each) => each === kept.class);
  if (kept.class === 'pretend carrier') return `${SIMULATOR_KEEP_SECONDS / 60} min`;
  if (kept.class === 'queue') return 'until done; events an hour';
  if (name === undefined) return '-';
  if (kept.isPassing) return 'while under way';
  const { defaultSeconds, from } = policyOf(name);
  return `${defaultSeconds <= 1 ? 'until' : age(defaultSeconds) + ' from'} ${from}`;
};

const sum = <Each>(of: readonly Each[], value: (each: Each) => number): number =>
  of.reduce((total, each) => total + value(each), 0);

const megabytes = (bytes: number | undefined): string => (bytes === undefined ? '-' : (bytes / 1e6).toFixed(1));

const dueText = (seconds: number | undefined): string => {
  if (seconds === undefined) return '-';
  return seconds < 0 ? `${age(-seconds)} late` : `in ${age(seconds)}`;
};

function age(seconds: number | undefined): string {
  if (seconds === undefined) return '-';
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  if (seconds < 7_200) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} d`;
}
