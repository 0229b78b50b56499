import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { utf8 } from '@causeway/message-model';
import { StartupProblem, type Config } from '@causeway/platform';
import { preparePrivateFolder, readPrivateFile, writePrivateFile } from '../private-folder.js';
import { FileKeyProvider } from './file-key-provider.js';
import type { KeyProvider } from './key-provider.js';
import { Pkcs11KeyProvider } from './pkcs11-key-provider.js';
import { loadPkcs11 } from './pkcs11-library.js';

/** Settings that say which key provider, and where. */
export type KeyProviderSettings = Pick<
  Config,
  'keyProvider' | 'edgeKeyFolder' | 'pkcs11PackageFolder' | 'pkcs11Module' | 'pkcs11Token' | 'pkcs11PinFile'
>;

/**
 * The key provider of the settings, for the key folder. Throws `StartupProblem` on what a person has to put right; a module that is away
 * is told by the first call. One per process.
 */
export async function openKeyProvider(settings: KeyProviderSettings): Promise<KeyProvider> {
  const { keyProvider, edgeKeyFolder: folder } = settings;
  await preparePrivateFolder(folder);
  if (keyProvider === 'file') return new FileKeyProvider(folder);
  const pkcs11 = {
    library: loadPkcs11(settings.pkcs11PackageFolder),
    modulePath: settings.pkcs11Module,
    token: settings.pkcs11Token,
    pin: () => readPin(settings.pkcs11PinFile),
  };
  return new Pkcs11KeyProvider(pkcs11, await ringOf(folder));
}

async function readPin(path: string): Promise<string> {
  const bytes = await readPrivateFile(path);
  if (bytes) return Buffer.from(bytes).toString('utf8').trim();
  throw new StartupProblem(`There is no file ${path}.`, 'Write the PIN into it and set CAUSEWAY_PKCS11_PIN_FILE.');
}

/** Several key folders may share a token: each tells its keys by a name of its own, so that an empty folder destroys nobody's. */
async function ringOf(folder: string): Promise<string> {
  const path = join(folder, 'ring');
  const known = await readPrivateFile(path);
  if (known) return Buffer.from(known).toString('utf8');
  const ring = randomBytes(8).toString('hex');
  await writePrivateFile(path, utf8(ring));
  return ring;
}
