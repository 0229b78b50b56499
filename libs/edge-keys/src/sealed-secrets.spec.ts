import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig, Secret } from '@causeway/platform';
import { FileKeyProvider } from './provider/file-key-provider.js';
import { SealedSecrets } from './sealed-secrets.js';
import { unsealSettings } from './unseal-settings.js';
import { withTemporaryFolder } from './testing/temporary-folder.js';

const owner = { tenant: 'default', region: 'local' };
const at = (folder: string) => new SealedSecrets({ folder, provider: new FileKeyProvider(folder), owner });

describe('sealed secrets', () => {
  it('open to what was last set, keep nothing of it in the clear, and can be listed, turned and removed', () =>
    withTemporaryFolder(async (folder) => {
      const secrets = at(folder);
      await secrets.set('twilio-auth-token', new Secret('first-credential'));
      await secrets.set('twilio-auth-token', new Secret('second-credential'));
      await secrets.set('rcs', new Secret('third-credential'));
      expect(await secrets.rotate()).toBe(2);
      expect((await at(folder).read('twilio-auth-token')).reveal()).toBe('second-credential');
      expect(await secrets.names()).toEqual(['rcs', 'twilio-auth-token']);
      for (const file of await readdir(folder))
        expect((await readFile(join(folder, file))).includes('credential')).toBe(false);
      expect(await secrets.remove('rcs')).toBe(true);
      expect(await secrets.remove('rcs')).toBe(false);
      await expect(secrets.read('rcs')).rejects.toThrow('causeway secrets set rcs');
      expect(await readdir(folder)).toHaveLength(2);
    }));

  it('are refused under a name that leads elsewhere, and not opened for another region', () =>
    withTemporaryFolder(async (folder) => {
      await expect(at(folder).set('../keys', new Secret('x'))).rejects.toThrow('no name');
      await at(folder).set('a', new Secret('x'));
      const provider = new FileKeyProvider(folder);
      const elsewhere = new SealedSecrets({ folder, provider, owner: { ...owner, region: 'us-1' } });
      await expect(elsewhere.read('a')).rejects.toThrow('region local');
    }));

  it('stand in settings as sealed:<name>', () =>
    withTemporaryFolder(async (folder) => {
      await at(folder).set('twilio', new Secret('the-credential'));
      const config = loadConfig({ CAUSEWAY_EDGE_KEY_FOLDER: folder, CAUSEWAY_TWILIO_AUTH_TOKEN: 'sealed:twilio' });
      expect((await unsealSettings(config)).twilioAuthToken?.reveal()).toBe('the-credential');
      const plain = loadConfig({ CAUSEWAY_TWILIO_AUTH_TOKEN: 'as it is' });
      expect(await unsealSettings(plain)).toBe(plain);
      expect(() => loadConfig({ CAUSEWAY_OPERATOR_TOKEN: 'sealed:operator' })).toThrow('only the edge opens');
    }));
});
