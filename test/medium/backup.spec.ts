import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EdgeKeys } from '@causeway/edge-keys';
import { numberAad } from '@causeway/message-flow/edge';
import {
  mintAliasCode,
  mintAliasId,
  mintContactId,
  mintConversationId,
  mintLinkId,
  utf8,
  type AliasId,
} from '@causeway/message-model';
import { loadConfig, ManualClock } from '@causeway/platform';
import { KeepTombstones, TOMBSTONES_FILE } from '@causeway/retention';
import { readBackup, readTombstoneFile, restoreBackup, Stores, writeBackup } from '@causeway/storage';
import { removeUnreadableContacts } from '../../apps/cli/src/restore/remove-unreadable-contacts.js';
import { freshDatabase } from '../support/database.js';
import { InProcess, must, TENANT, type Person } from '../support/in-process.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cw-backup-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

let world: InProcess;
let path: string;
let made = 0;
beforeEach(async () => {
  world = await InProcess.open();
  path = join(folder, `backup-${(made += 1)}`);
}, 60_000);
afterEach(async () => world.close());

const backUp = () => writeBackup({ url: world.databaseUrl, path, now: world.clock.now() });

/** What a worker wrote beside the database until now. */
async function tombstones() {
  const keep = new KeepTombstones(world.stores.tombstones, world.clock, { dataFolder: folder, backupDays: 35 });
  await keep.execute();
  return must(await readTombstoneFile(join(folder, TOMBSTONES_FILE)));
}

/** Restores into a database that has nothing but its schema. */
async function restored(changes: Partial<Parameters<typeof restoreBackup>[0]> = {}) {
  const { url } = await freshDatabase();
  const input = { url, backup: await readBackup(path), region: 'local', replaces: false, withoutTombstones: false };
  const report = await restoreBackup({ ...input, tombstones: await tombstones(), ...changes });
  const stores = new Stores({ url });
  return { url, report, stores };
}

const consentOf = (stores: Stores, owner: Person, peer: Person) =>
  stores.database.query<{ state: string; blocked: boolean }>(
    `SELECT state, is_blocked AS blocked FROM registry.consent WHERE tenant_id = $1 AND owner_account = $2 AND peer_account = $3`,
    TENANT,
    owner.caller.account,
    peer.caller.account,
  );

/** A number that everyone may find the person by. */
async function linkNumber(person: Person, place: number) {
  const link = mintLinkId();
  const { digest, version } = world.keys.numberDigest('link', TENANT, `+1415555${String(4_000 + place)}`);
  const now = world.clock.now();
  await world.stores.links.linkNumber(
    person.caller,
    {
      link,
      numberDigest: digest,
      numberDigests: [digest],
      digestVersion: version,
      sealedNumber: digest,
      country: 'US',
    },
    { now, expiresAt: new Date(now.getTime() + 300 * 86_400_000) },
  );
  await world.stores.links.setFindable(person.caller, link, 'everyone');
  return link;
}

async function makeAlias(person: Person) {
  const alias = mintAliasId();
  const made = {
    alias,
    code: mintAliasCode(),
    kind: 'listing',
    createdAt: world.clock.now(),
    expiresAt: null,
  } as const;
  await world.stores.aliases.create(person.caller, made);
  return alias;
}

let telephones = 0;
async function addContact(person: Person, alias: AliasId | undefined) {
  const contact = mintContactId();
  const { digest, version } = world.keys.numberDigest(
    'contact',
    TENANT,
    `+1415555${String((telephones += 1) + 5_000)}`,
  );
  await world.stores.contacts.create({
    tenant: TENANT,
    account: person.caller.account,
    contact,
    conversation: mintConversationId(),
    contactDigest: digest,
    bindingDigest: digest,
    digestVersion: version,
    optOutDigests: [],
    sealedNumber: world.keys.sealAtRest(utf8('+14155550000'), numberAad(TENANT, contact)),
    bridgeNumberIds: ['one'],
    country: 'US',
    lineType: 'mobile',
    now: world.clock.now(),
    ...(alias === undefined ? {} : { alias }),
  });
  return contact;
}

describe('a backup', () => {
  it('has every row of the registry in it but those that must not come back, for its owner’s eyes', async () => {
    await world.person('ada');
    const { rowsOf } = await backUp();
    expect(rowsOf.get('account')).toBe(1);
    expect([...rowsOf.keys()]).toEqual(expect.not.arrayContaining(['one_time_key', 'invite', 'held_message']));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { stores, report } = await restored({ withoutTombstones: true });
    expect(report.rows).toBeGreaterThan(2);
    for (const table of ['account', 'device', 'tenant']) {
      const read = (of: Stores) => of.database.query(`SELECT to_jsonb(t) AS row FROM registry.${table} t`);
      expect(await read(stores)).toEqual(await read(world.stores));
    }
    await stores.close();
  });

  it('that was damaged or cut is refused', async () => {
    await world.person('ada');
    await backUp();
    const bytes = await readFile(path);
    for (const changed of [
      bytes.subarray(0, bytes.length - 9),
      Buffer.concat([bytes.subarray(0, 60), bytes.subarray(61)]),
    ]) {
      await writeFile(`${path}-changed`, changed);
      await expect(readBackup(`${path}-changed`)).rejects.toThrow('no backup of a registry, or was damaged');
    }
  });

  it.each([
    ['another region', { region: 'eu-1' }, 'of region local'],
    ['nothing known of what was taken back', { tombstones: undefined }, '--without-tombstones'],
  ])('is not restored with %s', async (_what, change, why) => {
    await world.person('ada');
    await backUp();
    await expect(restored(change)).rejects.toThrow(why);
  });

  it('is not restored over accounts that are there, nor under processes that use the database', async () => {
    await world.person('ada');
    await backUp();
    const { url, stores } = await restored({ withoutTombstones: true });
    const again = { url, backup: await readBackup(path), region: 'local', tombstones: await tombstones() };
    await stores.tenants.region(); // connected
    await expect(restoreBackup({ ...again, replaces: true, withoutTombstones: false })).rejects.toThrow('is in use');
    await stores.close();
    await expect(restoreBackup({ ...again, replaces: false, withoutTombstones: false })).rejects.toThrow('--replace');
    await restoreBackup({ ...again, replaces: true, withoutTombstones: false });
  });
});

describe('what was taken back after a backup', () => {
  it('stays so: blocks and refusals, and not what was granted again', async () => {
    const [ada, bob, eve] = [await world.person('ada'), await world.person('bob'), await world.person('eve')];
    const decide = (peer: Person, decision: 'grant' | 'revoke') =>
      world.decide.decide(ada.caller, peer.device.address, decision);
    await decide(bob, 'grant');
    await decide(eve, 'grant');
    await backUp();
    await decide(bob, 'revoke');
    await decide(eve, 'revoke');
    await decide(eve, 'grant');
    const { stores, report } = await restored();
    expect(report.takenBack.get('consents withdrawn')).toBe(1);
    expect(await consentOf(stores, ada, bob)).toEqual([{ state: 'refused', blocked: true }]);
    expect(await consentOf(stores, ada, eve)).toEqual([{ state: 'welcome', blocked: false }]);
    await stores.close();
  });

  it('stays so: links, who may find one by them, aliases and what came through them', async () => {
    const [ada, bob] = [await world.person('ada'), await world.person('bob')];
    const { links, aliases, contacts } = world.stores;
    const [taken, narrowed, kept] = [await linkNumber(ada, 1), await linkNumber(ada, 2), await linkNumber(ada, 3)];
    const [revoked, open] = [await makeAlias(ada), await makeAlias(ada)];
    const throughAlias = await addContact(ada, revoked);
    const ofBob = await addContact(bob, undefined);
    await contacts.setLinked({ tenant: TENANT, contact: ofBob }, { link: taken, account: ada.caller.account });
    await backUp();
    await links.revoke(ada.caller, taken);
    await links.setFindable(ada.caller, narrowed, 'nobody');
    await aliases.revoke(ada.caller, revoked);
    const { stores } = await restored();
    const back = await stores.links.list(ada.caller);
    expect(new Map(back.map(({ link, findable }) => [link, findable]))).toEqual(
      new Map([
        [narrowed, 'nobody'],
        [kept, 'everyone'],
      ]),
    );
    expect((await stores.aliases.list(ada.caller)).map(({ alias }) => alias)).toEqual([open]);
    expect(await stores.contacts.summary(ada.caller, throughAlias)).toBeUndefined();
    const led = await stores.database.query('SELECT FROM registry.contact WHERE linked_account IS NOT NULL');
    expect(led).toEqual([]);
    expect(await stores.contacts.summary(bob.caller, ofBob)).toBeDefined();
    await stores.close();
  });

  it('stays so: the token of a device that was removed opens nothing', async () => {
    const ada = await world.person('ada');
    await backUp();
    const digest = must(
      (
        await world.stores.database.query<{ digest: Uint8Array }>('SELECT token_digest AS digest FROM registry.device')
      )[0],
    ).digest;
    await world.stores.database.query(
      'DELETE FROM registry.device WHERE tenant_id = $1 AND account_id = $2 RETURNING 1',
      TENANT,
      ada.caller.account,
    );
    const { stores } = await restored();
    expect(await stores.accounts.authenticate([digest])).toEqual([null]);
    await stores.close();
  });

  it('is remembered for 35 days, and then nowhere', async () => {
    const [ada, bob] = [await world.person('ada'), await world.person('bob')];
    await world.decide.decide(ada.caller, bob.device.address, 'revoke');
    expect((await tombstones()).tombstones).toHaveLength(1);
    const later = new ManualClock(Date.now() + 36 * 86_400_000);
    await new KeepTombstones(world.stores.tombstones, later, { dataFolder: folder, backupDays: 35 }).execute();
    expect(must(await readTombstoneFile(join(folder, TOMBSTONES_FILE))).tombstones).toEqual([]);
  });
});

it('contacts whose address key was destroyed since are removed, and said', async () => {
  const ada = await world.person('ada');
  const contact = mintContactId();
  await world.stores.contacts.create({
    tenant: TENANT,
    account: ada.caller.account,
    contact,
    conversation: mintConversationId(),
    contactDigest: utf8('digest'),
    bindingDigest: utf8('binding'),
    digestVersion: 1,
    optOutDigests: [],
    sealedNumber: world.keys.sealAtRest(utf8('+14155550123'), numberAad(TENANT, contact)),
    bridgeNumberIds: ['b1'],
    gapClass: 'far' as const,
    country: 'US',
    lineType: 'MOBILE',
    now: world.clock.now(),
  });
  await backUp();
  const { url, stores } = await restored({ withoutTombstones: true });
  const config = loadConfig({ CAUSEWAY_EDGE_KEY_FOLDER: join(folder, 'no-keys') });
  expect(await removeUnreadableContacts(config, url)).toContain('no key folder here');
  const others = loadConfig({ CAUSEWAY_EDGE_KEY_FOLDER: join(folder, 'other-keys') });
  await (await EdgeKeys.open({ folder: others.edgeKeyFolder, region: 'local', clock: world.clock })).close();
  expect(await removeUnreadableContacts(others, url)).toContain('0 numbers open; 1 were under address keys destroyed');
  expect(await stores.contacts.sealed(TENANT, contact)).toBeUndefined();
  await stores.close();
});
