import { fullOrder, preparedLoad } from '../load/measured-load.js';
import type { LoadResult } from '../load/native-load.js';
import { count, ms, p50p99 } from '../report/format.js';
import type { Scenario } from '../scenario.js';
import { BACKEND_NAMES, type Backend } from '../site/backend.js';
import { withSite, type BenchSite } from '../site/bench-site.js';
import { seedPairs, seedTenant, type BenchPair } from '../site/seed-accounts.js';

const LIMIT = 2;

/** One tenant writes with half of the load; another one's messages must not wait for it. */
export const fairness: Scenario = {
  name: 'fairness',
  what: 'one tenant floods with half of the load',
  run: async ({ options, progress }) => {
    // the promise is for Redis where there is one
    const backend: Backend = options.backends.includes('redis') ? 'redis' : 'postgres';
    return withSite({ backend }, async (site) => {
      const calm = await seedPairs(site.database, options.conversations);
      const loud = await seedPairs(site.database, options.conversations, await seedTenant(site.database, 'loud'));
      const half = { perSecond: options.load / 2, seconds: options.seconds };
      await together(site, [
        { pairs: calm, perSecond: 100, seconds: 3 },
        { pairs: loud, perSecond: 100, seconds: 3 },
      ]);
      progress(`one tenant alone at ${half.perSecond} /s`);
      const [alone] = await together(site, [{ pairs: calm, ...half }]);
      progress(`the other floods with ${half.perSecond} /s as well`);
      const [flooded, flood] = await together(site, [
        { pairs: calm, ...half },
        { pairs: loud, ...half },
      ]);
      if (!alone || !flooded || !flood) throw new Error('a load gave no answer');
      const row = (name: string, load: LoadResult) => [
        name,
        `${half.perSecond} /s`,
        count(load.delivered),
        count(load.refused),
        p50p99(load.acceptMs),
        p50p99(load.endToEndMs),
      ];
      const times = flooded.endToEndMs.p99 / alone.endToEndMs.p99;
      return {
        tables: [
          {
            title: `Fairness between tenants, queue on ${BACKEND_NAMES[backend]}`,
            columns: ['tenant', 'asked for', 'delivered', 'refused', 'accept p50 / p99 ms', 'end to end p50 / p99 ms'],
            rows: [row('one, alone', alone), row('the same, flooded', flooded), row('the one that floods', flood)],
            note: `Each tenant has ${options.conversations} conversations and a generator of its own; the whole load is ${options.load} /s.`,
          },
        ],
        targets: [
          {
            what: 'end to end p99 of a tenant while another floods with half of the load',
            wanted: `<= ${LIMIT} x`,
            measured: `${times.toFixed(2)} x (${ms(flooded.endToEndMs.p99)} ms against ${ms(alone.endToEndMs.p99)} ms)`,
            isMet: times <= LIMIT,
          },
        ],
        plots: [],
        figures: { alone, flooded, flood, times },
      };
    });
  },
};

async function together(
  site: BenchSite,
  loads: readonly { readonly pairs: readonly BenchPair[]; readonly perSecond: number; readonly seconds: number }[],
): Promise<readonly LoadResult[]> {
  const children = [];
  for (const load of loads) children.push(await preparedLoad(fullOrder(site.world.gatewayUrl, load)));
  try {
    return await Promise.all(children.map((child) => child.ask<LoadResult>('go')));
  } finally {
    await Promise.all(children.map((child) => child.end()));
  }
}
