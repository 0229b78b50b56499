import { EdgeKeys, EdgeLedger, openKeyProvider } from '@causeway/edge-keys';
import { numberAad } from '@causeway/message-flow/edge';
import { StartupProblem, SYSTEM_CLOCK, type Config } from '@causeway/platform';
import { Stores, type SealedNumber } from '@causeway/storage';
import { stat } from 'node:fs/promises';

const BATCH = 200;

/**
 * Removes contacts whose number rests under an address key that was destroyed since the backup: nobody can ever open them, and a device that
 * names the number again gets a new contact. One sentence about it.
 */
export async function removeUnreadableContacts(config: Config, url: string): Promise<string> {
  const { edgeKeyFolder: folder, region, tenant } = config;
  const hasKeys = await stat(folder).then(
    () => true,
    () => false,
  );
  if (!hasKeys) return 'there is no key folder here: an edge without its keys reads none of the numbers';
  const ledger = await EdgeLedger.openUnlessLocked({ folder });
  if (!ledger) throw new StartupProblem('An edge still uses the key folder.', 'Stop it. The registry is restored.');
  const provider = await openKeyProvider(config);
  const keys = await EdgeKeys.open({ folder, region, tenant, provider, clock: SYSTEM_CLOCK });
  const { numbers, close } = openStores(url);
  try {
    let [read, removed] = [0, 0];
    let after: SealedNumber | undefined;
    for (;;) {
      const rows = await numbers.sealedNumbers(after, BATCH);
      for (const row of rows) {
        const isReadable = keys.openAtRest(row.sealedNumber, numberAad(row.tenant, row.contact)) !== undefined;
        if (isReadable) read += 1;
        else removed += await numbers.remove(row);
      }
      after = rows.at(-1);
      if (rows.length < BATCH) break;
    }
    return removed === 0
      ? `all ${read} numbers open with the keys that are here`
      : `${read} numbers open; ${removed} were under address keys destroyed since (monthly) and were removed: devices name them again`;
  } finally {
    await close();
    await keys.close();
    await provider.close();
    await ledger.close();
  }
}

function openStores(url: string) {
  const stores = new Stores({ url });
  return { numbers: stores.numbers, close: () => stores.close() };
}
