import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toBase64Url } from '@causeway/message-model';
import { ForgetErased } from '@causeway/message-flow/edge';
import { EraseAccount, FinishErasures } from '@causeway/people';
import { generateKeyPair, signAccountErasure } from '@causeway/signal-protocol';
import { IMPERSONAL_STORES, PERSONAL_STORES } from '@causeway/storage';
import { InProcess, must, TENANT, type Person } from '../support/in-process.js';

let world: InProcess;
let erase: EraseAccount;
beforeAll(async () => {
  world = await InProcess.open();
  erase = new EraseAccount(world.stores.accounts, world.stores.personal, world.clock, { backupDays: 90 });
}, 60_000);
afterAll(async () => world.close());

const nowSeconds = () => Math.floor(world.clock.nowMs() / 1000);
const wishOf = ({ device, caller }: Person, changes: { readonly signedAt?: number; readonly key?: Uint8Array } = {}) =>
  signAccountErasure(
    { tenant: TENANT, account: caller.account, signedAt: changes.signedAt ?? nowSeconds() },
    changes.key ?? device.accountKeys.privateKey,
  );

async function rowsWith(text: string): Promise<string[]> {
  const tables = await world.stores.database.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname IN ('registry', 'transit') ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await world.stores.database.query(`SELECT 1 FROM ${name} t WHERE position($1 IN t::text) > 0`, text);
    if (rows.length > 0) found.push(name);
  }
  return found;
}

describe('the list of personal stores', () => {
  it('names every table of the database, once', async () => {
    const rows = await world.stores.database.query<{ name: string }>(
      `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ('registry', 'transit')`,
    );
    const listed = [...PERSONAL_STORES, ...IMPERSONAL_STORES].map(({ table }) => table);
    expect(listed.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
  });

  it('leaves nothing of an erased account but that it was erased, and what is others’ alone', async () => {
    const [ada, bob] = [await world.person('ada'), await world.person('bob')];
    await world.decide.decide(bob.caller, ada.device.address, 'grant');
    const { account } = ada.caller;
    expect(await rowsWith(account)).toContain('registry.device');
    const { erased, remains } = await erase.execute(ada.caller, wishOf(ada));
    expect(erased).toContainEqual({ store: 'registry.account', rows: 1 });
    expect(remains.length).toBeGreaterThan(5);
    expect(remains).toContainEqual(expect.objectContaining({ what: 'backups from before', until: '90 days' }));
    expect(await rowsWith(account)).toEqual(['registry.tombstone']);
    expect(await rowsWith(ada.device.address)).toEqual([]);
    expect(await rowsWith(bob.caller.account)).toContain('registry.account');
  });

  it('takes away what came in while the account went', async () => {
    const ada = await world.person('ada');
    await erase.execute(ada.caller, wishOf(ada));
    await world.stores.database.query(
      `INSERT INTO transit.inbox_item (tenant_id, account_id, device_id, purge_hour, inbox_id) VALUES ($1, $2, 1, 1, 'i')`,
      TENANT,
      ada.caller.account,
    );
    await new FinishErasures(world.stores.tombstones, world.stores.personal, world.clock).execute();
    expect(await rowsWith(ada.caller.account)).toEqual(['registry.tombstone']);
  });
});

describe('an erasure', () => {
  it.each([
    ['another key', { key: generateKeyPair().privateKey }, 'invalid-signature'],
    ['an hour ago', { signedAt: -3600 }, 'invalid-request'],
    ['an hour ahead', { signedAt: 3600 }, 'invalid-request'],
  ])('signed by or at %s changes nothing', async (_what, change, code) => {
    const ada = await world.person('ada');
    const signedAt = 'signedAt' in change ? { signedAt: nowSeconds() + change.signedAt } : change;
    await expect(erase.execute(ada.caller, wishOf(ada, signedAt))).rejects.toMatchObject({ code });
    expect(await rowsWith(ada.caller.account)).toContain('registry.account');
  });

  it('of somebody else is refused', async () => {
    const [ada, bob] = [await world.person('ada'), await world.person('bob')];
    await expect(erase.execute(ada.caller, wishOf(bob))).rejects.toMatchObject({ code: 'invalid-signature' });
  });

  it('makes the edge forget the key it pinned, and a database that lies about one does not', async () => {
    const [ada, bob] = [await world.person('ada'), await world.person('bob')];
    const { ledger } = world;
    const forget = new ForgetErased(world.stores.tombstones, ledger, world.clock);
    for (const { caller, device } of [ada, bob])
      await ledger.pinAccountKey(TENANT, caller.account, device.accountKeys.publicKey);
    await erase.execute(ada.caller, wishOf(ada));
    const forged = wishOf(bob, { key: generateKeyPair().privateKey });
    await world.stores.database.query(
      `INSERT INTO registry.tombstone (table_name, key, kind, row, proof) VALUES ('account', $1, 'removed', $2::jsonb, $3::jsonb)`,
      `${TENANT} ${bob.caller.account}`,
      JSON.stringify({ tenant_id: TENANT, id: bob.caller.account }),
      JSON.stringify({ statement: toBase64Url(forged.bytes), signature: toBase64Url(forged.signature) }),
    );
    await forget.execute();
    expect(await ledger.accountKey(TENANT, ada.caller.account)).toBeUndefined();
    expect(must(await ledger.accountKey(TENANT, bob.caller.account))).toEqual(bob.device.accountKeys.publicKey);
  });
});
