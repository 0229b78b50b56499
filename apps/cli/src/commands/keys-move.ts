import { KEY_PROVIDERS, KeyProviderAway, moveKeys, openKeyProvider } from '@causeway/edge-keys';
import { loadConfig, StartupProblem } from '@causeway/platform';
import type { Invocation } from '../command.js';
import { Terminal } from '../terminal.js';

/** `causeway keys move`: the keys of the edge under another key provider, with the same identity. */
export async function keysMove(invocation: Invocation): Promise<void> {
  const [typed = ''] = invocation.arguments;
  const kind = KEY_PROVIDERS.find((each) => each === typed);
  if (!kind) throw new StartupProblem('There is no such key provider.', `There are ${KEY_PROVIDERS.join(' and ')}.`);
  // the module is named by its settings, whichever provider the environment says
  const withModule = loadConfig({ ...invocation.env, CAUSEWAY_KEY_PROVIDER: 'pkcs11' });
  const to = await openKeyProvider({ ...withModule, keyProvider: kind });
  const from = await openKeyProvider({ ...withModule, keyProvider: kind === 'file' ? 'pkcs11' : 'file' });
  try {
    const { tenant, region, edgeKeyFolder: folder } = withModule;
    const names = await moveKeys({ folder, from, to, owner: { tenant, region } });
    new Terminal().line(`${names.length} sealed files are under ${kind}. Set CAUSEWAY_KEY_PROVIDER=${kind}.`);
  } catch (thrown) {
    if (!(thrown instanceof KeyProviderAway)) throw thrown;
    throw new StartupProblem(`${thrown.message}.`, 'Run this again once it does: it goes on where it was.', {
      cause: thrown,
    });
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}
