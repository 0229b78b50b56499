import { measureLoad, type MeasuredLoad } from '../load/measured-load.js';
import type { BenchOptions } from '../options.js';
import { ratio } from '../report/format.js';
import type { Scenario } from '../scenario.js';
import { BACKEND_NAMES, type Backend } from '../site/backend.js';
import { withSite } from '../site/bench-site.js';
import { seedPairs } from '../site/seed-accounts.js';

const SECONDS = 5;
const BURST = 10;

interface Run {
  readonly backend: Backend;
  readonly name: string;
  readonly load: MeasuredLoad;
}

/** More than the full load is a matter of the native scenario; less than the least rate asked for is still measured. */
function ratesOf({ rates, load }: BenchOptions): readonly number[] {
  const within = rates.filter((rate) => rate <= load);
  return within.length > 0 ? within : [load];
}

/** In runs of their own, because counting on the wire costs time. */
export const roundTrips: Scenario = {
  name: 'round-trips',
  what: 'round trips to the database and queue jobs per native message',
  run: async ({ options, progress }) => {
    const runs: Run[] = [];
    for (const backend of options.backends) {
      await withSite({ backend, isCountingTrips: true }, async (site) => {
        const pairs = await seedPairs(site.database, options.conversations);
        for (const perSecond of ratesOf(options)) {
          for (const burst of [1, BURST]) {
            const name = `${perSecond} /s${burst > 1 ? `, ${burst} in a row` : ''}`;
            progress(`${BACKEND_NAMES[backend]}, ${name}`);
            runs.push({ backend, name, load: await measureLoad(site, { pairs, perSecond, seconds: SECONDS, burst }) });
          }
        }
      });
    }
    return {
      tables: [
        {
          title: 'Round trips and queue jobs per message',
          columns: ['queue', 'asked for', 'round trips to the database', 'queue jobs', 'commands of Redis'],
          rows: runs.map(({ backend, name, load }) => [
            BACKEND_NAMES[backend],
            name,
            ratio(load.tripsPerMessage),
            ratio(load.jobsPerMessage),
            backend === 'redis' ? ratio(load.redisCommandsPerMessage) : '-',
          ]),
          note: 'All our processes together, from accept to receipt, with what they do in the background. Counted by a proxy that reads the wire protocol: one for each simple query and each Sync. The queue on PostgreSQL is counted in.',
        },
      ],
      targets: [],
      plots: [],
      figures: runs,
    };
  },
};
