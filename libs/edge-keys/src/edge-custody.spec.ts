import { afterEach, describe, expect, it } from '@jest/globals';
import { mintAccountId, parseTenantId } from '@causeway/message-model';
import { SYSTEM_CLOCK } from '@causeway/platform';
import { generateKeyPair } from '@causeway/signal-protocol';
import { EdgeCustody, type CustodyInput } from './edge-custody.js';
import { EdgeLedger } from './edge-ledger.js';
import { InProcessDoor } from './testing/keeper-in-process.js';
import { withTemporaryFolder } from './testing/temporary-folder.js';

function raise(): never {
  throw new Error('there should have been one');
}

const tenant = parseTenantId('home') ?? raise();
const open: EdgeCustody[] = [];
const troubles: unknown[] = [];

async function edge(folder: string, door: InProcessDoor, changes: Partial<CustodyInput> = {}): Promise<EdgeCustody> {
  const custody = await EdgeCustody.open({
    folder,
    region: 'eu-1',
    clock: SYSTEM_CLOCK,
    line: door.line(),
    serve: door.serve,
    onTrouble: (thrown) => void troubles.push(thrown),
    ...changes,
  });
  open.push(custody);
  return custody;
}

async function until(condition: () => boolean): Promise<void> {
  const endMs = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error(`it did not happen: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const keepersOf = (edges: readonly EdgeCustody[]): EdgeCustody[] => edges.filter(({ isKeeper }) => isKeeper);

describe('EdgeCustody', () => {
  afterEach(async () => {
    for (const custody of open.splice(0)) await custody.close();
    expect(troubles.splice(0)).toEqual([]);
  });

  it('gives edges that start at the same instant on an empty folder one keeper, one identity and one ledger', async () => {
    await withTemporaryFolder(async (folder) => {
      const door = new InProcessDoor();
      const edges = await Promise.all([1, 2, 3, 4].map(() => edge(folder, door)));
      expect(keepersOf(edges)).toHaveLength(1);
      expect(new Set(edges.map(({ keys }) => Buffer.from(keys.identityPublicKey).toString('hex'))).size).toBe(1);
      const account = mintAccountId();
      const pins = edges.map(({ ledger }) => ledger.pinAccountKey(tenant, account, generateKeyPair().publicKey));
      expect((await Promise.all(pins)).toSorted()).toEqual(['changed', 'changed', 'changed', 'first-use']);
      for (const custody of open.splice(0)) await custody.close();
    });
  });

  it('is taken over by another edge when the keeper ends, with everything it kept', async () => {
    await withTemporaryFolder(async (folder) => {
      const door = new InProcessDoor();
      const told: string[] = [];
      const edges = [];
      for (const name of ['a', 'b', 'c']) edges.push(await edge(folder, door, { onKeeping: () => told.push(name) }));
      const [first = raise(), ...others] = edges;
      const [account, key] = [mintAccountId(), generateKeyPair().publicKey];
      const identity = first.keys.identityPublicKey.slice();
      await others[0]?.ledger.pinAccountKey(tenant, account, key);
      await first.close();
      await until(() => keepersOf(others).length === 1);
      await until(() => others.every(({ keys }) => keys.livingKeys().length > 0));
      expect(told).toHaveLength(2);
      await until(() => door.asked.length > 0);
      for (const { keys, ledger } of others) {
        expect(keys.identityPublicKey).toEqual(identity);
        expect(await ledger.pinAccountKey(tenant, account, generateKeyPair().publicKey)).toBe('changed');
      }
      for (const custody of open.splice(0)) await custody.close();
    });
  });

  it('fails closed while nobody keeps the ledger, and never makes a second keeper of a folder that is held', async () => {
    await withTemporaryFolder(async (folder) => {
      const door = new InProcessDoor();
      const keeper = await edge(folder, door);
      const other = await edge(folder, door);
      // silent, but alive: it still has the lock
      door.shut();
      await expect(other.ledger.accountKey(tenant, mintAccountId())).rejects.toMatchObject({ code: 'unavailable' });
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(keepersOf([keeper, other])).toEqual([keeper]);
      expect(other.keys.livingKeys().length).toBeGreaterThan(0);
      for (const custody of open.splice(0)) await custody.close();
    });
  });

  it('never keeps a folder it was not given', async () => {
    await withTemporaryFolder(async (folder) => {
      const door = new InProcessDoor();
      const keeper = await edge(folder, door);
      const guest = await edge(folder, door, { folder: undefined });
      await keeper.close();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(guest.isKeeper).toBe(false);
      const ledger = await EdgeLedger.open({ folder });
      await ledger.close();
      for (const custody of open.splice(0)) await custody.close();
    });
  });

  it('lets go of the folder when its door does not open', async () => {
    await withTemporaryFolder(async (folder) => {
      const failing = { serve: () => Promise.reject(new Error('no door')) };
      await expect(edge(folder, new InProcessDoor(), failing)).rejects.toThrow('no door');
      expect((await edge(folder, new InProcessDoor())).isKeeper).toBe(true);
      for (const custody of open.splice(0)) await custody.close();
    });
  });
});
