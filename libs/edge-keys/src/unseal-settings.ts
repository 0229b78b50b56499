import { isSealed, Secret, sealedNameOf, StartupProblem, type Config } from '@causeway/platform';
import { openKeyProvider } from './provider/open-key-provider.js';
import { SealedSecrets } from './sealed-secrets.js';

/**
 * The settings with every `sealed:<name>` in the place of a secret read from its sealed file. The same settings when there is none. Throws
 * `StartupProblem` when a file is not there or does not open, and `KeyProviderAway`.
 */
export async function unsealSettings(config: Config): Promise<Config> {
  const sealed = Object.entries(config).filter(
    (entry): entry is [string, Secret] => entry[1] instanceof Secret && isSealed(entry[1]),
  );
  if (sealed.length === 0) return config;
  const provider = await openKeyProvider(config);
  const owner = { tenant: config.tenant, region: config.region };
  const secrets = new SealedSecrets({ folder: config.edgeKeyFolder, provider, owner });
  try {
    const opened: [string, Secret][] = [];
    for (const [setting, secret] of sealed) opened.push([setting, await secrets.read(nameIn(secret))]);
    return Object.freeze({ ...config, ...Object.fromEntries(opened) });
  } finally {
    await provider.close();
  }
}

function nameIn(secret: Secret): string {
  const name = sealedNameOf(secret);
  if (name !== undefined) return name;
  throw new StartupProblem(
    'A setting says sealed: and no name after it.',
    'Write sealed: and what causeway secrets list shows.',
  );
}
