import { KeyProviderAway, openKeyProvider, SealedSecrets } from '@causeway/edge-keys';
import { loadConfig, Secret, StartupProblem } from '@causeway/platform';
import type { Command, Invocation } from '../command.js';
import { readHidden } from '../device/passphrase.js';
import { Terminal } from '../terminal.js';

const GROUP = 'gateway' as const;

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

export const secretsSet: Command = {
  name: 'secrets set',
  usage: '<name>',
  summary: 'seal a credential, typed or from standard input; a setting then says sealed:<name>',
  group: GROUP,
  run: (invocation) =>
    withSecrets(invocation, async (secrets) => {
      const text = await readHidden('Secret');
      if (text === '') throw new StartupProblem('An empty secret is none.', 'Type it, or pipe it in.');
      await secrets.set(nameOf(invocation), new Secret(text));
      new Terminal().line(`Sealed. Say sealed:${nameOf(invocation)} where the secret stood, and restart the edge.`);
    }),
};

export const secretsList: Command = {
  name: 'secrets list',
  usage: '',
  summary: 'names of the sealed credentials',
  group: GROUP,
  run: (invocation) =>
    withSecrets(invocation, async (secrets) => {
      for (const name of await secrets.names()) new Terminal().line(name);
    }),
};

export const secretsRotate: Command = {
  name: 'secrets rotate',
  usage: '',
  summary: 'put every sealed credential under a new wrapping key and destroy the old ones',
  group: GROUP,
  run: (invocation) =>
    withSecrets(invocation, async (secrets) => new Terminal().line(`${await secrets.rotate()} sealed anew.`)),
};

export const secretsRemove: Command = {
  name: 'secrets remove',
  usage: '<name>',
  summary: 'destroy a sealed credential',
  group: GROUP,
  run: (invocation) =>
    withSecrets(invocation, async (secrets) => {
      if (!(await secrets.remove(nameOf(invocation))))
        throw new StartupProblem('There is no such sealed setting.', 'See causeway secrets list.');
      new Terminal().line('Destroyed.');
    }),
};
