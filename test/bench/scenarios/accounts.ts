import { measureLoad } from '../load/measured-load.js';
import { count } from '../report/format.js';
import type { Scenario } from '../scenario.js';
import { withSite } from '../site/bench-site.js';
import { seedPairs, seedStrangers } from '../site/seed-accounts.js';
import { GROWTH_LOAD, growthOutcome, type GrowthStep } from './growth.js';

/** People who do nothing, more and more of them; others write to each other meanwhile. */
export const accounts: Scenario = {
  name: 'accounts',
  what: 'the same load with more and more accounts',
  run: async ({ options, progress }) =>
    withSite({ backend: 'postgres' }, async (site) => {
      const pairs = await seedPairs(site.database, Math.min(options.conversations, 250));
      await measureLoad(site, { pairs, ...GROWTH_LOAD });
      const steps: GrowthStep[] = [];
      let there = pairs.length * 2;
      for (const size of options.accounts) {
        progress(`${count(size)} accounts`);
        await seedStrangers(site.database, Math.max(0, size - there));
        there = Math.max(there, size);
        await site.database.rows('ANALYZE registry.account, registry.device');
        steps.push({ size: there, load: await measureLoad(site, { pairs, ...GROWTH_LOAD }) });
      }
      return growthOutcome(steps, {
        name: 'growth-accounts',
        title: 'Growth with accounts',
        of: 'accounts',
        note: `${GROWTH_LOAD.perSecond} messages a second in ${pairs.length} conversations; the other accounts have one device each and do nothing.`,
      });
    }),
};
