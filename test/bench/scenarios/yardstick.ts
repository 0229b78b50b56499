import type { BareAnswer } from '../bare/bare-process.js';
import { Child } from '../load/child.js';
import { fullOrder, perMessage, preparedLoad } from '../load/measured-load.js';
import type { LoadResult } from '../load/native-load.js';
import { usagesOf } from '../measure/process-usage.js';
import type { Backend } from '../site/backend.js';
import { withStores } from '../site/bench-site.js';
import type { BenchPair } from '../site/seed-accounts.js';

export interface Yardstick {
  readonly backend: Backend;
  readonly perSecond: number;
  readonly load: LoadResult;
  /** Processor milliseconds per message of the bare server, the database and Redis. */
  readonly cpuMs: Readonly<Record<string, number>>;
}

/** The bare durable-accept-and-queue path under the very requests the product gets, at the same rates. */
export async function measureYardstick(
  backend: Backend,
  pairs: readonly BenchPair[],
  options: { readonly rates: readonly number[]; readonly seconds: number },
): Promise<readonly Yardstick[]> {
  return withStores(backend, async ({ databaseUrl, redisUrl, pids }) => {
    const bare = Child.start('bare/bare-process.ts');
    try {
      const { url = '' } = await bare.ask<BareAnswer>({ what: 'path', stores: { databaseUrl, redisUrl } });
      const found: Yardstick[] = [];
      for (const perSecond of options.rates) {
        const order = fullOrder(url, { pairs, perSecond, seconds: options.seconds, hasSockets: false });
        const generator = await preparedLoad(order);
        const measured = { server: bare.pid, ...pids };
        const before = usagesOf(measured);
        const load = await generator.ask<LoadResult>('go');
        const cpuMs = perMessage(before, usagesOf(measured), Math.max(1, load.accepted));
        await generator.end();
        found.push({ backend, perSecond, load, cpuMs });
      }
      return found;
    } finally {
      await bare.end();
    }
  });
}
