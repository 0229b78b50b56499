import { stat } from 'node:fs/promises';
import { KeyProviderAway, openKeyProvider, type KeyProvider } from '@causeway/edge-keys';
import { StartupProblem, type Config } from '@causeway/platform';
import { ok, problem, skipped, type Finding } from './finding.js';

const CHECK = 'key-provider';

/** Whether what wraps the keys of the edge can be reached. It makes no folder and no key. */
export async function checkKeyProvider(config: Config): Promise<Finding> {
  const hasFolder = await stat(config.edgeKeyFolder).then(
    () => true,
    () => false,
  );
  if (!hasFolder) return skipped(CHECK, 'There is no key folder yet.');
  let provider: KeyProvider | undefined;
  try {
    provider = await openKeyProvider(config);
    await provider.check();
    return ok(
      CHECK,
      config.keyProvider === 'file' ? 'Keys are wrapped by files of the key folder.' : 'The hardware module answers.',
    );
  } catch (thrown) {
    if (thrown instanceof StartupProblem) return problem(CHECK, thrown.problem, thrown.whatToDo);
    if (!(thrown instanceof KeyProviderAway)) throw thrown;
    return problem(CHECK, `${thrown.message}.`, 'Without it clear messages and contacts stop after five minutes.');
  } finally {
    await provider?.close();
  }
}
