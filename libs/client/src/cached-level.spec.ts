import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { CachedLevel } from './cached-level.js';
import { DeviceStore, type Collection } from './device-store.js';
import { openFolderKeys } from './folder-key.js';
import { remembered } from './remembered-schema.js';
import { SealedLevel } from './sealed-level.js';

const NOTES: Collection<{ text: string; state: string | null }> = {
  name: 'notes',
  schema: remembered(z.object({ text: z.string(), state: z.string().nullable() })),
  isResident: true,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-cached-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sealed = async (): Promise<SealedLevel> =>
  SealedLevel.open(join(folder, 'store'), await openFolderKeys(folder, { passphrase: 'p' }));
const opened = (): Promise<DeviceStore> => DeviceStore.open(folder, { passphrase: 'p' });

/** A list has no order: on the disk it is that of keyed names. */
const read = async (store: Awaited<ReturnType<typeof opened>>) => ({
  all: (await store.list(NOTES)).toSorted((one, other) => one.name.localeCompare(other.name)),
  a: await store.get(NOTES, 'a'),
  b: await store.get(NOTES, 'b'),
});

describe('rows in memory', () => {
  it('are those on the disk, after writes and deletions, listed or read', async () => {
    const store = await opened();
    await store.put(NOTES, 'a', { text: 'one', state: null });
    await store.list(NOTES);
    await store.put(NOTES, 'b', { text: 'two', state: 'x' });
    await store.unit(async (unit) => unit.delete(NOTES, 'a'));
    await store.unsettledUnit(async (unit) => unit.put(NOTES, 'c', { text: 'three', state: null }));
    const inMemory = await read(store);
    await store.close();
    const again = await opened();
    expect(await read(again)).toEqual(inMemory);
    expect(inMemory.all.map(({ name }) => name)).toEqual(['b', 'c']);
    await again.close();
  });

  it('know nothing of a unit that was thrown away', async () => {
    const store = await opened();
    await store.put(NOTES, 'a', { text: 'kept', state: null });
    await store.list(NOTES);
    const failed = store.unit(async (unit) => {
      unit.put(NOTES, 'a', { text: 'lost', state: null });
      throw new Error('crash');
    });
    await expect(failed).rejects.toThrow('crash');
    expect(await store.get(NOTES, 'a')).toEqual({ text: 'kept', state: null });
    expect(await store.list(NOTES)).toEqual([{ name: 'a', record: { text: 'kept', state: null } }]);
    await store.close();
  });

  it('are read again after a write that failed', async () => {
    const level = await sealed();
    const cached = new CachedLevel(level);
    await cached.write([{ collection: 'a', name: 'n', value: 'old' }]);
    expect(await cached.list('a', true)).toEqual([{ name: 'n', value: 'old' }]);
    // a value that no CBOR has fails the write
    const unwritable = [{ collection: 'a', name: 'n', value: () => 'new' }];
    await expect(cached.write(unwritable)).rejects.toThrow();
    // what the disk has meanwhile is seen, since memory let go of it
    await level.write([{ collection: 'a', name: 'n', value: 'on disk' }]);
    expect(cached.get('a', 'n')).toBe('on disk');
    expect(await cached.list('a', true)).toEqual([{ name: 'n', value: 'on disk' }]);
    await cached.close();
  });

  it('cannot be changed by who read them', async () => {
    const store = await opened();
    await store.put(NOTES, 'a', { text: 'one', state: null });
    const note = await store.get(NOTES, 'a');
    expect(() => Object.assign(note ?? {}, { text: 'another' })).toThrow(TypeError);
    await store.close();
  });
});

describe('a unit that is not settled', () => {
  it('is seen at once, has its effects from the disk, and goes there with the next unit', async () => {
    const store = await opened();
    const told: string[] = [];
    await store.unsettledUnit(async (unit) => {
      unit.put(NOTES, 'a', { text: 'one', state: null });
      unit.afterCommit(() => told.push('a'));
    });
    expect((await read(store)).all).toEqual([{ name: 'a', record: { text: 'one', state: null } }]);
    const failed = store.unit(async (unit) => {
      unit.put(NOTES, 'a', { text: 'lost', state: null });
      throw new Error('crash');
    });
    await expect(failed).rejects.toThrow('crash');
    expect([told, await store.get(NOTES, 'a')]).toEqual([[], { text: 'one', state: null }]);
    await store.unit(async (unit) => {
      unit.put(NOTES, 'b', { text: 'two', state: null });
      unit.afterCommit(() => told.push('b'));
    });
    expect(told).toEqual(['a', 'b']);
    await store.close();
    const again = await opened();
    expect((await read(again)).all.map(({ name }) => name)).toEqual(['a', 'b']);
    await again.close();
  });

  it('outlives a write that failed', async () => {
    const store = await opened();
    await store.unsettledUnit(async (unit) => unit.put(NOTES, 'a', { text: 'one', state: null }));
    // a value that no CBOR has fails the write
    const unwritable: Collection<unknown> = { name: 'odd', schema: z.unknown() };
    await expect(store.put(unwritable, 'odd', () => 1)).rejects.toThrow();
    await store.settle(store.position);
    await store.close();
    const again = await opened();
    expect(await again.get(NOTES, 'a')).toEqual({ text: 'one', state: null });
    await again.close();
  });

  it('outlives the store, and is settled only when nothing took it to the disk', async () => {
    const store = await opened();
    await store.unsettledUnit(async (unit) => unit.put(NOTES, 'a', { text: 'one', state: null }));
    const written = store.position;
    await store.settle(written);
    await store.settle(written);
    expect(store.position).toBe(written);
    await store.close();
    const again = await opened();
    expect(await again.get(NOTES, 'a')).toEqual({ text: 'one', state: null });
    await again.close();
  });
});
