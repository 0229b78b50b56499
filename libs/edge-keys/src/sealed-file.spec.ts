import { chmod, link, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decodeCbor, utf8 } from '@causeway/message-model';
import { preparePrivateFolder } from './private-folder.js';
import { FileKeyProvider } from './provider/file-key-provider.js';
import { SealedFile, type ReplaceStep } from './sealed-file.js';
import { withTemporaryFolder } from './testing/temporary-folder.js';

const STEPS: readonly ReplaceStep[] = ['wrapping-key-made', 'draft-written', 'draft-renamed', 'old-keys-destroyed'];

const sealedFile = (folder: string, owner = { tenant: 'home', region: 'eu-1' }): SealedFile =>
  new SealedFile({ folder, name: 'keys', provider: new FileKeyProvider(folder), owner });
const openSealedFile = (folder: string) => sealedFile(folder).open();

/** Replaces the plaintext and dies right after a step has reached the disk. */
async function replaceUntil(folder: string, text: string, last: ReplaceStep): Promise<void> {
  const file = sealedFile(folder);
  await file.open();
  for await (const step of file.replaceInSteps(utf8(text))) if (step === last) return;
}

const replace = (folder: string, text: string) => replaceUntil(folder, text, 'old-keys-destroyed');

async function wrappingKeys(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('wrapping-'));
}

const inFolder = (work: (folder: string) => Promise<void>) => () =>
  withTemporaryFolder(async (folder) => {
    await preparePrivateFolder(folder);
    await work(folder);
  });

describe('a sealed key file', () => {
  it(
    'opens to what was last put in, with one wrapping key beside it, and only its owner may read either',
    inFolder(async (folder) => {
      expect(await openSealedFile(folder)).toBeUndefined();
      await replace(folder, 'one');
      await replace(folder, 'two');
      expect(await openSealedFile(folder)).toEqual(utf8('two'));
      const names = await readdir(folder);
      expect(names).toHaveLength(2);
      for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }),
  );

  it.each(STEPS)('holds the state before or after when the process dies after %s, and can be replaced again', (step) =>
    inFolder(async (folder) => {
      await replace(folder, 'old');
      await replaceUntil(folder, 'new', step);
      const isNew = step === 'draft-renamed' || step === 'old-keys-destroyed';
      expect(await openSealedFile(folder)).toEqual(utf8(isNew ? 'new' : 'old'));
      expect(await readdir(folder)).toHaveLength(2);
      await replace(folder, 'next');
      expect(await openSealedFile(folder)).toEqual(utf8('next'));
      expect(await readdir(folder)).toHaveLength(2);
    })(),
  );

  it.each(STEPS)('is empty or whole when the process dies the very first time after %s', (step) =>
    inFolder(async (folder) => {
      await replaceUntil(folder, 'first', step);
      const isThere = step === 'draft-renamed' || step === 'old-keys-destroyed';
      expect(await openSealedFile(folder)).toEqual(isThere ? utf8('first') : undefined);
      expect(await wrappingKeys(folder)).toHaveLength(isThere ? 1 : 0);
    })(),
  );

  it(
    'survives a wrapping key and a draft that were written in part',
    inFolder(async (folder) => {
      await replace(folder, 'old');
      await writeFile(join(folder, `wrapping-keys-${'0'.repeat(32)}.key`), new Uint8Array(5), { mode: 0o600 });
      await writeFile(join(folder, 'keys.sealed.draft'), new Uint8Array(9), { mode: 0o600 });
      expect(await openSealedFile(folder)).toEqual(utf8('old'));
      expect(await readdir(folder)).toHaveLength(2);
      await replace(folder, 'new');
      expect(await openSealedFile(folder)).toEqual(utf8('new'));
    }),
  );

  it(
    'cannot be opened from a copy of the old file once it was replaced',
    inFolder(async (folder) => {
      await replace(folder, 'secret');
      const copy = await readFile(join(folder, 'keys.sealed'));
      await replace(folder, 'other');
      await writeFile(join(folder, 'keys.sealed'), copy);
      await expect(openSealedFile(folder)).rejects.toThrow('does not open');
    }),
  );

  it(
    'writes over the old wrapping key before it removes it, so that its blocks do not keep it',
    inFolder(async (folder) => {
      await replace(folder, 'secret');
      const [name = ''] = await wrappingKeys(folder);
      await link(join(folder, name), join(folder, 'second-name'));
      const before = await readFile(join(folder, 'second-name'));
      await replace(folder, 'other');
      const after = await readFile(join(folder, 'second-name'));
      expect(after).toHaveLength(before.length);
      expect(after.equals(before)).toBe(false);
    }),
  );

  it(
    'never shows its plaintext',
    inFolder(async (folder) => {
      await replace(folder, 'a recognisable secret');
      const bytes = await readFile(join(folder, 'keys.sealed'));
      expect(bytes.includes('recognisable')).toBe(false);
      expect(decodeCbor(bytes)).toEqual([
        'causeway-sealed-keys-v2',
        'file',
        'home',
        'eu-1',
        'keys',
        1,
        expect.any(Uint8Array),
        expect.any(Uint8Array),
      ]);
    }),
  );

  it(
    'is refused, and left alone, when a byte of it was changed',
    inFolder(async (folder) => {
      await replace(folder, 'secret');
      const bytes = await readFile(join(folder, 'keys.sealed'));
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      await writeFile(join(folder, 'keys.sealed'), bytes);
      await expect(openSealedFile(folder)).rejects.toThrow('does not open');
      expect(await wrappingKeys(folder)).toHaveLength(1);
    }),
  );

  it.each(['keys.sealed', 'wrapping'])('is refused when others may read %s', (prefix) =>
    inFolder(async (folder) => {
      await replace(folder, 'secret');
      const name = (await readdir(folder)).find((each) => each.startsWith(prefix)) ?? '';
      await chmod(join(folder, name), 0o640);
      await expect(openSealedFile(folder)).rejects.toThrow('owner only');
      await chmod(join(folder, name), 0o600);
      expect(await openSealedFile(folder)).toEqual(utf8('secret'));
    })(),
  );

  it(
    'is refused when it is a link',
    inFolder(async (folder) => {
      await writeFile(join(folder, 'elsewhere'), 'x', { mode: 0o600 });
      await symlink(join(folder, 'elsewhere'), join(folder, 'keys.sealed'));
      await expect(openSealedFile(folder)).rejects.toThrow('ELOOP');
    }),
  );
});

describe('a sealed key file of somebody else', () => {
  it.each([
    ['region', { tenant: 'home', region: 'us-1' }],
    ['tenant', { tenant: 'other', region: 'eu-1' }],
  ])('is refused for its %s, and what it says of itself cannot be changed', (word, owner) =>
    inFolder(async (folder) => {
      await replace(folder, 'secret');
      await expect(sealedFile(folder, owner).open()).rejects.toThrow(word);
      const bytes = await readFile(join(folder, 'keys.sealed'));
      const [own, other] = word === 'region' ? ['eu-1', 'us-1'] : ['dhome', 'dothr'];
      await writeFile(join(folder, 'keys.sealed'), Buffer.from(bytes.toString('latin1').replace(own, other), 'latin1'));
      const claimed = word === 'region' ? owner : { tenant: 'othr', region: 'eu-1' };
      await expect(sealedFile(folder, claimed).open()).rejects.toThrow('does not open');
    })(),
  );
});

describe('a key folder', () => {
  it('is refused when others may enter it', () =>
    withTemporaryFolder(async (folder) => {
      await preparePrivateFolder(folder);
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      await chmod(folder, 0o710);
      await expect(preparePrivateFolder(folder)).rejects.toThrow('owner only');
    }));
});
