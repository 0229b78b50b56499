import { fullOrder, measureLoad, preparedLoad } from '../load/measured-load.js';
import type { LoadResult } from '../load/native-load.js';
import { count } from '../report/format.js';
import type { Scenario } from '../scenario.js';
import { withSite, type BenchSite } from '../site/bench-site.js';
import { seedPairs, type BenchPair } from '../site/seed-accounts.js';
import { GROWTH_LOAD, growthOutcome, type GrowthStep } from './growth.js';

/** As fast as it is taken: this many requests under way, whatever rate comes of it. */
const FILLING = { perSecond: 20_000, maxUnderWay: 400, hasSockets: false, warmUpSeconds: 0 } as const;
const AWAY = 500;

/** Messages for devices that are away pile up; others write to each other meanwhile. */
export const backlog: Scenario = {
  name: 'backlog',
  what: 'the same load with more and more undelivered messages lying there',
  run: async ({ options, progress }) =>
    withSite({ backend: 'postgres' }, async (site) => {
      const pairs = await seedPairs(site.database, options.conversations);
      const away = await seedPairs(site.database, AWAY);
      await measureLoad(site, { pairs, ...GROWTH_LOAD });
      const steps: GrowthStep[] = [];
      let lying = 0;
      for (const size of options.backlogs) {
        progress(`filling up to ${count(size)} undelivered messages`);
        lying += await fill(site, away, size - lying);
        steps.push({ size: lying, load: await measureLoad(site, { pairs, ...GROWTH_LOAD }) });
      }
      return growthOutcome(steps, {
        name: 'growth-backlog',
        title: 'Growth with the backlog',
        of: 'undelivered messages',
        note: `${GROWTH_LOAD.perSecond} messages a second among people who are there. Each undelivered message lies in three inboxes: two devices of its recipient and the sender's other one.`,
      });
    }),
};

async function fill(site: BenchSite, pairs: readonly BenchPair[], messages: number): Promise<number> {
  const seconds = messages / FILLING.perSecond;
  const child = await preparedLoad(fullOrder(site.world.gatewayUrl, { pairs, seconds, ...FILLING }));
  const { accepted } = await child.ask<LoadResult>('go');
  await child.end();
  return accepted;
}
