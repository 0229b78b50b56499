import { readdir } from 'node:fs/promises';
import { StartupProblem } from '@causeway/platform';
import { EdgeLedger } from './edge-ledger.js';
import type { KeyContext, KeyProvider } from './provider/key-provider.js';
import { SealedFile } from './sealed-file.js';

const SUFFIX = '.sealed';

/**
 * Brings every sealed file of a key folder from one key provider to the other, the key file and the credentials alike, and destroys the
 * wrapping keys it leaves behind: the edge keeps its identity, and nobody confirms anything. Returns the names moved. Interrupted, it is
 * called again. Throws `StartupProblem` while an edge holds the folder, and `KeyProviderAway`.
 */
export async function moveKeys(input: {
  readonly folder: string;
  readonly from: KeyProvider;
  readonly to: KeyProvider;
  readonly owner: Pick<KeyContext, 'tenant' | 'region'>;
}): Promise<readonly string[]> {
  const { folder, from, to, owner } = input;
  const ledger = await EdgeLedger.openUnlessLocked({ folder });
  if (!ledger) throw new StartupProblem(`A process holds the keys in ${folder}.`, 'Stop its edge first.');
  try {
    await to.check();
    const names = (await readdir(folder))
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => file.slice(0, -SUFFIX.length));
    for (const name of names.toSorted()) await new SealedFile({ folder, name, provider: from, owner }).moveTo(to);
    return names;
  } finally {
    await ledger.close();
  }
}
