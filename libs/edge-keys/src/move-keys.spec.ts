import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { utf8 } from '@causeway/message-model';
import { ManualClock, Secret } from '@causeway/platform';
import { canRunSoftHsm, startSoftHsm, type SoftHsm } from '../../../test/support/softhsm.js';
import { EdgeKeys } from './edge-keys.js';
import { EdgeLedger } from './edge-ledger.js';
import { moveKeys } from './move-keys.js';
import type { KeyProvider } from './provider/key-provider.js';
import { openKeyProvider } from './provider/open-key-provider.js';
import { SealedFile } from './sealed-file.js';
import { SealedSecrets } from './sealed-secrets.js';
import { withTemporaryFolder } from './testing/temporary-folder.js';

const owner = { tenant: 'default', region: 'local' };
const clock = new ManualClock();

const suite = canRunSoftHsm() ? describe : describe.skip;
suite('moving a key folder between its files and a hardware module', () => {
  let hsm: SoftHsm;
  beforeAll(async () => {
    hsm = await startSoftHsm();
  }, 300_000);
  afterAll(async () => hsm.remove());

  async function within(work: (at: { folder: string; files: KeyProvider; module: KeyProvider }) => Promise<void>) {
    await withTemporaryFolder(async (parent) => {
      const folder = join(parent, 'keys');
      const open = (keyProvider: 'file' | 'pkcs11') =>
        openKeyProvider({ keyProvider, edgeKeyFolder: folder, ...hsm.settings });
      const [files, module] = [await open('file'), await open('pkcs11')];
      try {
        await work({ folder, files, module });
      } finally {
        await module.close();
      }
    });
  }
  const keysIn = (folder: string, provider: KeyProvider) => EdgeKeys.open({ folder, region: 'local', clock, provider });
  async function identityIn(folder: string, provider: KeyProvider): Promise<string> {
    const keys = await keysIn(folder, provider);
    const identity = Buffer.from(keys.identityPublicKey).toString('hex');
    await keys.close();
    return identity;
  }
  const wrappingFiles = async (folder: string) =>
    (await readdir(folder)).filter((name) => name.startsWith('wrapping-')).length;

  it(
    'keeps identity, keys and credentials, there and back, and leaves no wrapping key behind',
    () =>
      within(async ({ folder, files, module }) => {
        const identity = await identityIn(folder, files);
        await new SealedSecrets({ folder, provider: files, owner }).set('twilio', new Secret('credential'));
        const there = { folder, from: files, to: module, owner };
        expect(await moveKeys(there)).toEqual(expect.arrayContaining(['keys', 'secret-twilio']));
        expect(await wrappingFiles(folder)).toBe(0);
        await expect(keysIn(folder, files)).rejects.toThrow('CAUSEWAY_KEY_PROVIDER=pkcs11');
        expect(await identityIn(folder, module)).toBe(identity);
        expect((await new SealedSecrets({ folder, provider: module, owner }).read('twilio')).reveal()).toBe(
          'credential',
        );
        await moveKeys(there);
        const moved = await readFile(join(folder, 'keys.sealed'));
        await moveKeys({ folder, from: module, to: files, owner });
        expect(await identityIn(folder, files)).toBe(identity);
        // the wrapping key of what the module had is destroyed in the module
        await writeFile(join(folder, 'keys.sealed'), moved);
        await expect(keysIn(folder, module)).rejects.toThrow('does not open');
      }),
    60_000,
  );

  it(
    'finishes what was interrupted at any step',
    () =>
      within(async ({ folder, files, module }) => {
        const file = new SealedFile({ folder, name: 'keys', provider: files, owner });
        await file.open();
        await file.replace(utf8('all keys'));
        const before = `${folder}-before`;
        await cp(folder, before, { recursive: true });
        for (const steps of [1, 2, 3, 4]) {
          await cp(before, folder, { recursive: true, force: true });
          const moved = new SealedFile({ folder, name: 'keys', provider: module, owner });
          let step = 0;
          for await (const _done of moved.replaceInSteps(utf8('all keys'))) if ((step += 1) === steps) break;
          await moveKeys({ folder, from: files, to: module, owner });
          expect(await moved.open()).toEqual(utf8('all keys'));
          expect(await wrappingFiles(folder)).toBe(0);
        }
      }),
    60_000,
  );

  it(
    'changes nothing while an edge has the folder, or the module is away',
    () =>
      within(async ({ folder, files, module }) => {
        const identity = await identityIn(folder, files);
        const ledger = await EdgeLedger.open({ folder });
        await expect(moveKeys({ folder, from: files, to: module, owner })).rejects.toThrow('Stop its edge first');
        await ledger.close();
        await hsm.takeAway();
        await expect(moveKeys({ folder, from: files, to: module, owner })).rejects.toMatchObject({
          code: 'unavailable',
        });
        await hsm.bringBack();
        expect(await identityIn(folder, files)).toBe(identity);
      }),
    60_000,
  );
});
