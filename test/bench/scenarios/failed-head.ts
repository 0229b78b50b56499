import type { Device, SentMessage } from '@causeway/client';
import { LiveFleets, type LiveMeasured } from '../load/live-fleets.js';
import { Percentiles } from '../measure/percentiles.js';
import { count, ms, p50p99 } from '../report/format.js';
import type { Bench, Outcome, Scenario } from '../scenario.js';
import { withSite, type BenchSite } from '../site/bench-site.js';
import { eventually } from '../../support/world.js';
import { BULK, withoutCarrierDelay } from './live.js';

const HEADS = 5;
const NEIGHBOURS = 30;
const BLOCK_SECONDS = 6;
const PER_SECOND = 10;
/** Longer than the block, so that neighbours are seen while heads hold lanes and when they step aside. */
const SECONDS = 12;
const LIMIT_MS = 1_500;
const NEIGHBOUR_LIMIT = 2;
const CLEAR = { allowClear: ['sms'] } as const;

interface Lane {
  readonly device: Device;
  readonly to: string;
}

/** The carrier loses the first message of some lanes without an answer: it holds back the next one for its block, and no longer. */
export const failedHead: Scenario = {
  name: 'failed-head',
  what: 'a head whose outcome is unknown blocks its lane, and only for its time',
  run: async (bench) =>
    withSite(
      { backend: 'postgres', env: { ...BULK, CAUSEWAY_CLEAR_HEAD_BLOCK_SECONDS: `${BLOCK_SECONDS}` } },
      async (site) => {
        await withoutCarrierDelay(site);
        const lanes = await makeLanes(site);
        const fleets = await LiveFleets.make(site, { processes: 1, conversations: NEIGHBOURS, hasTelephones: true });
        try {
          return outcomeOf(await measure(bench, site, lanes, fleets));
        } finally {
          await fleets.close();
        }
      },
    ),
};

async function makeLanes(site: BenchSite): Promise<readonly Lane[]> {
  const lanes: Lane[] = [];
  for (let index = 0; index < HEADS; index += 1) {
    const lane = { device: await site.world.register(`head-${index}`), to: `tel:+1415590${1000 + index}` };
    await lane.device.send(lane.to, 'hello', CLEAR);
    await eventually(async () => (await site.world.carrier.received(lane.to.slice(4))).length > 0, {
      what: 'the lane works',
    });
    lanes.push(lane);
  }
  return lanes;
}

interface Measured {
  readonly without: LiveMeasured;
  readonly meanwhile: LiveMeasured;
  /** From the end of each head's block until the carrier was called for the message behind it, milliseconds. */
  readonly delaysMs: readonly number[];
}

async function measure(
  { progress }: Bench,
  site: BenchSite,
  lanes: readonly Lane[],
  fleets: LiveFleets,
): Promise<Measured> {
  progress('neighbours without failed heads');
  await fleets.run('native-sms', { perSecond: PER_SECOND, seconds: 3 });
  const without = await fleets.run('native-sms', { perSecond: PER_SECOND, seconds: SECONDS });
  progress(`${HEADS} heads are lost by the carrier; neighbours go on`);
  // the connection is cut before the carrier took it: nobody knows, and looking it up finds nothing
  await site.world.carrier.fault({ mode: 'drop', count: HEADS });
  const heads = await Promise.all(lanes.map(({ device, to }) => device.send(to, 'this one is lost', CLEAR)));
  const headsAtMs = await allTried(lanes, heads);
  const next = await Promise.all(lanes.map(({ device, to }) => device.send(to, 'and this one waits', CLEAR)));
  const meanwhile = await fleets.run('native-sms', { perSecond: PER_SECOND, seconds: SECONDS });
  const nextAtMs = await allTried(lanes, next);
  const delaysMs = nextAtMs.map((atMs, index) => atMs - ((headsAtMs[index] ?? Number.NaN) + BLOCK_SECONDS * 1000));
  return { without, meanwhile, delaysMs };
}

/** When the carrier was called for each, as the sender is told; waits until it was. */
async function allTried(lanes: readonly Lane[], messages: readonly SentMessage[]): Promise<readonly number[]> {
  let tried: (number | undefined)[] = [];
  await eventually(
    async () => {
      tried = await Promise.all(
        lanes.map(async ({ device }, index) => {
          const message = messages[index];
          const at = message && (await device.status(message)).gateway?.attempts[0]?.startedAt;
          return at === undefined ? undefined : Date.parse(at);
        }),
      );
      return tried.every((atMs) => atMs !== undefined);
    },
    { what: 'the carrier was called for every message', withinMs: 30_000 },
  );
  return tried.flatMap((atMs) => (atMs === undefined ? [] : [atMs]));
}

function outcomeOf({ without, meanwhile, delaysMs }: Measured): Outcome {
  const { p50, max } = new Percentiles(delaysMs).latency;
  const times = meanwhile.endToEndMs.p99 / without.endToEndMs.p99;
  const row = (name: string, run: LiveMeasured) => [
    name,
    `${PER_SECOND} /s`,
    count(run.delivered),
    p50p99(run.endToEndMs),
  ];
  return {
    tables: [
      {
        title: 'A failed head',
        columns: ['heads', 'block', 'next message starts after its end: p50 / longest ms'],
        rows: [[HEADS, `${BLOCK_SECONDS} s`, `${ms(p50)} / ${ms(max)}`]],
        note: 'The carrier cuts the connection and keeps nothing, so the outcome is unknown. Both times are those of the attempts, as the sender is told. The block is shortened from its two minutes.',
      },
      {
        title: 'Neighbours of failed heads, native to SMS',
        columns: ['neighbours', 'asked for', 'delivered', 'end to end p50 / p99 ms'],
        rows: [row('without failed heads', without), row('meanwhile', meanwhile)],
      },
    ],
    targets: [
      {
        what: 'a message behind a failed head starts after the end of the block',
        wanted: `< ${LIMIT_MS} ms`,
        measured: `${ms(max)} ms at most`,
        isMet: max < LIMIT_MS,
      },
      {
        what: 'neighbours of a failed head: end to end p99 against that without',
        wanted: `<= ${NEIGHBOUR_LIMIT} x`,
        measured: `${times.toFixed(2)} x`,
        isMet: times <= NEIGHBOUR_LIMIT && meanwhile.delivered === meanwhile.sent,
      },
    ],
    plots: [],
    figures: { without, meanwhile, delaysMs },
  };
}
