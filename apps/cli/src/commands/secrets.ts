import { KeyProviderAway, openKeyProvider, SealedSecrets } from '@causeway/edge-keys';
import { loadConfig, Secret, StartupProblem } from '@causeway/platform';
import type { Invocation } from '../command.js';
import { readHidden } from '../device/passphrase.js';
import { Terminal } from '../terminal.js';

/** Opens the sealed secrets of the key folder for one command. */
async function withSecrets(invocation: Invocation, work: (secrets: SealedSecrets) => Promise<void>): Promise<void> {
  const config = loadConfig(invocation.env);
  const provider = await openKeyProvider(config);
  const owner = { tenant: config.tenant, region: config.region };
  try {
    await work(new SealedSecrets({ folder: config.edgeKeyFolder, provider, owner }));
  } catch (thrown) {
    if (!(thrown instanceof KeyProviderAway)) throw thrown;
    throw new StartupProblem(`${thrown.message}.`, 'Nothing was changed. See causeway doctor.', { cause: thrown });
  } finally {
    await provider.close();
  }
}

const nameOf = ({ arguments: [name = ''] }: Invocation): string => name;

export const secretsSet = (invocation: Invocation): Promise<void> =>
  withSecrets(invocation, async (secrets) => {
    const text = await readHidden('Secret');
    if (text === '') throw new StartupProblem('An empty secret is none.', 'Type it, or pipe it in.');
    await secrets.set(nameOf(invocation), new Secret(text));
    new Terminal().line(`Sealed. Say sealed:${nameOf(invocation)} where the secret stood, and restart the edge.`);
  });

export const secretsList = (invocation: Invocation): Promise<void> =>
  withSecrets(invocation, async (secrets) => {
    for (const name of await secrets.names()) new Terminal().line(name);
  });

export const secretsRotate = (invocation: Invocation): Promise<void> =>
  withSecrets(invocation, async (secrets) => new Terminal().line(`${await secrets.rotate()} sealed anew.`));

export const secretsRemove = (invocation: Invocation): Promise<void> =>
  withSecrets(invocation, async (secrets) => {
    if (!(await secrets.remove(nameOf(invocation))))
      throw new StartupProblem('There is no such sealed setting.', 'See causeway secrets list.');
    new Terminal().line('Destroyed.');
  });
