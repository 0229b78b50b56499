import { loadConfig, SYSTEM_CLOCK } from '@causeway/platform';
import { Stores } from '@causeway/storage';
import type { Invocation } from '../command.js';
import { withDatabase } from '../embedded/with-database.js';
import { Terminal } from '../terminal.js';

/** `causeway keys renew-numbers`: after a compromise; by itself the edge does it every year. */
export async function keysRenewNumbers({ env }: Invocation): Promise<void> {
  const config = loadConfig(env);
  await withDatabase(config, { isShared: true }, async (url) => {
    const stores = new Stores({ url, maxConnections: 1 });
    try {
      await stores.numberDigests.ask(SYSTEM_CLOCK.now());
    } finally {
      await stores.close();
    }
  });
  const terminal = new Terminal();
  terminal.line(
    'Asked. The edge makes them within a minute, or as soon as it runs, and brings every number it can open',
  );
  terminal.line(`under them. The older keys go after ${config.backupDays} days, when no backup needs them any more.`);
}
