import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { utf8 } from '@causeway/message-model';
import { openFolderKeys, WrongFolderKeyError } from './folder-key.js';
import { SealedLevel } from './sealed-level.js';
import { rawIn, rowsOf } from './testing/raw-rows.js';

const MARKER = 'marker-7d1f-hello-from-ada';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-sealed-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openLevel = async (passphrase: string): Promise<SealedLevel> =>
  SealedLevel.open(join(folder, 'store'), await openFolderKeys(folder, { passphrase }));

/** How many files under the folder hold the text, in any of the forms it could lie there. */
async function filesWith(text: string): Promise<number> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const contents = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name))));
  const forms = [text, Buffer.from(text).toString('base64url'), Buffer.from(text).toString('hex')];
  return contents.filter((content) => forms.some((form) => content.includes(form))).length;
}

describe('the encrypted store', () => {
  it('leaves no trace of names or values in any file, and gives them back', async () => {
    const level = await openLevel('correct horse');
    await level.write([{ collection: MARKER, name: `${MARKER}-name`, value: { text: MARKER, bytes: utf8(MARKER) } }]);
    await level.close();
    expect(await filesWith(MARKER)).toBe(0);
    const reopened = await openLevel('correct horse');
    expect(await reopened.get(MARKER, `${MARKER}-name`)).toEqual({ text: MARKER, bytes: utf8(MARKER) });
    expect(await reopened.list(MARKER)).toHaveLength(1);
    await reopened.close();
  });

  it('finds the marker when it is written in the clear: the search can fail', async () => {
    await writeFile(join(folder, 'control'), MARKER);
    expect(await filesWith(MARKER)).toBe(1);
  });

  it('does not open with another passphrase', async () => {
    await (await openLevel('correct horse')).close();
    await expect(openLevel('wrong horse')).rejects.toThrow(WrongFolderKeyError);
  });

  it('opens with the key file it was made with and with no other', async () => {
    const keyFile = join(folder, 'key');
    await writeFile(keyFile, 'k'.repeat(32));
    const first = await openFolderKeys(folder, { keyFile });
    expect(await openFolderKeys(folder, { keyFile })).toEqual(first);
    await writeFile(keyFile, 'x'.repeat(32));
    await expect(openFolderKeys(folder, { keyFile })).rejects.toThrow(WrongFolderKeyError);
    await expect(openFolderKeys(folder, { passphrase: 'x' })).rejects.toThrow(WrongFolderKeyError);
  });

  it('refuses a key file that is too short to be a key', async () => {
    const keyFile = join(folder, 'key');
    await writeFile(keyFile, 'short');
    await expect(openFolderKeys(folder, { keyFile })).rejects.toThrow('32 bytes');
  });

  it.each(['never written to a table', 'in a table', 'in two tables'] as const)(
    'scrubs what a row held, %s, and leaves what it holds and its neighbours',
    async (where) => {
      const level = await openLevel('p');
      const put = (name: string, value: unknown) => level.write([{ collection: 'a', name, value }]);
      const row = (name: string) => ({ collection: 'a', name });
      await put('gone', utf8(MARKER));
      await put('changed', utf8(`${MARKER} first`));
      const rows = await rowsOf(folder);
      await put('beside', utf8('beside'));
      if (where !== 'never written to a table') await level.scrub([row('beside')]);
      await put('gone', undefined);
      await put('changed', utf8('second'));
      if (where === 'in two tables') await level.scrub([row('beside')]);
      expect(await rawIn(folder, rows)).toHaveLength(where === 'in two tables' ? 0 : 2);
      await level.scrub([row('gone'), row('changed')]);
      expect(await rawIn(folder, rows)).toEqual([]);
      expect((await level.list('a')).map(({ name }) => name).toSorted()).toEqual(['beside', 'changed']);
      expect(level.get('a', 'changed')).toEqual(utf8('second'));
      await level.close();
    },
  );

  it('scrubs what somebody is reading at that moment', async () => {
    const level = await openLevel('p');
    const rows = Array.from({ length: 300 }, (_, index) => ({
      collection: 'a',
      name: `${index}`,
      value: utf8(`${MARKER} ${index}`),
    }));
    await level.write(rows);
    const sealed = await rowsOf(folder);
    const over = new AbortController();
    const readers = Array.from({ length: 3 }, async () => {
      while (!over.signal.aborted) await level.list('a');
    });
    await level.write(rows.map((row) => ({ ...row, value: undefined })));
    await level.scrub(rows);
    over.abort();
    await Promise.all(readers);
    expect(await rawIn(folder, sealed)).toEqual([]);
    expect(await level.list('a')).toEqual([]);
    await level.close();
  });

  it('keeps collections apart', async () => {
    const level = await openLevel('p');
    await level.write([
      { collection: 'a', name: 'n', value: 1 },
      { collection: 'b', name: 'n', value: 2 },
    ]);
    expect(await level.list('a')).toEqual([{ name: 'n', value: 1 }]);
    await level.write([{ collection: 'a', name: 'n', value: undefined }]);
    expect(await level.get('a', 'n')).toBeUndefined();
    expect(await level.get('b', 'n')).toBe(2);
    await level.close();
  });
});
