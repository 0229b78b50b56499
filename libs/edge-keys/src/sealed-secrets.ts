import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '@causeway/message-model';
import { isSecretName, Secret, StartupProblem } from '@causeway/platform';
import { preparePrivateFolder } from './private-folder.js';
import type { KeyContext, KeyProvider } from './provider/key-provider.js';
import { SealedFile } from './sealed-file.js';

/** Lower case, digits and hyphens: see `isSecretName`. */
export type SecretName = string;

const SUFFIX = '.sealed';
/** Before the name of a secret in the purpose of its wrapping keys, so that none can be called like the key file. */
const PREFIX = 'secret-';

/**
 * Credentials of carriers and secrets of webhooks, each a sealed file of the key folder under wrapping keys of its own. A settings file then
 * says `sealed:<name>`, and a copy of it, of the environment or of the disk without the key provider is worth nothing.
 */
export class SealedSecrets {
  constructor(
    private readonly input: {
      readonly folder: string;
      readonly provider: KeyProvider;
      readonly owner: Pick<KeyContext, 'tenant' | 'region'>;
    },
  ) {}

  /** In place of the one before, which is destroyed. Throws `KeyProviderAway`. */
  async set(name: SecretName, secret: Secret): Promise<void> {
    await preparePrivateFolder(this.input.folder);
    const file = this.#file(name);
    await file.open();
    await file.replace(utf8(secret.reveal()));
  }

  /** Throws `StartupProblem` when there is none of that name or it does not open, and `KeyProviderAway`. */
  async read(name: SecretName): Promise<Secret> {
    const opened = await this.#file(name).peek();
    if (!opened)
      throw new StartupProblem(`There is no sealed setting ${name}.`, `Make it with: causeway secrets set ${name}`);
    const secret = new Secret(Buffer.from(opened).toString('utf8'));
    opened.fill(0);
    return secret;
  }

  async names(): Promise<readonly SecretName[]> {
    await preparePrivateFolder(this.input.folder);
    return (await readdir(this.input.folder))
      .filter((file) => file.startsWith(PREFIX) && file.endsWith(SUFFIX))
      .map((file) => file.slice(PREFIX.length, -SUFFIX.length))
      .toSorted();
  }

  /** False when there was none. Its wrapping keys are destroyed with it. */
  async remove(name: SecretName): Promise<boolean> {
    if (!(await this.names()).includes(name)) return false;
    await rm(join(this.input.folder, `${PREFIX}${checked(name)}${SUFFIX}`));
    await this.input.provider.destroyAllBut(`${PREFIX}${name}`, '');
    return true;
  }

  /** Each under a new wrapping key: after a hardware module was replaced, or a wrapping key was seen. */
  async rotate(): Promise<number> {
    const names = await this.names();
    for (const name of names) await this.set(name, await this.read(name));
    return names.length;
  }

  #file(name: SecretName): SealedFile {
    return new SealedFile({ ...this.input, name: `${PREFIX}${checked(name)}` });
  }
}

function checked(name: string): string {
  if (isSecretName(name)) return name;
  throw new StartupProblem('This is no name of a secret.', 'Use lower case letters, digits and hyphens, at most 60.');
}
