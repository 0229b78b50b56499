import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
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
  type AccountId,
  type AliasId,
  type ContactId,
} from '@causeway/message-model';
import { loadConfig, ManualClock, type Clock } from '@causeway/platform';
import { KeepTombstones, tombstoneFilesOf } from '@causeway/retention';
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
let dataFolder: string;
let made = 0;
beforeEach(async () => {
  world = await InProcess.open();
  path = join(folder, `backup-${(made += 1)}`);
  dataFolder = await mkdtemp(join(folder, 'data-'));
}, 60_000);
afterEach(async () => world.close());

const backUp = () => writeBackup({ url: world.databaseUrl, path, now: world.clock.now() });

const keeping = (of: Stores = world.stores, clock: Clock = world.clock) =>
  new KeepTombstones(of.tombstones, clock, { dataFolder, backupDays: 35 });
const FILE = 'tombstones.jsonl';

async function tombstonesIn(of: string) {
  const files = await Promise.all((await tombstoneFilesOf(of)).map(readTombstoneFile));
  return files.flatMap((file) => must(file).tombstones);
}

const blocks = (of: Awaited<ReturnType<typeof tombstonesIn>>) =>
  of.filter(({ table_name }) => table_name === 'consent');

/** What a worker wrote beside the database until now. */
async function tombstones() {
  await keeping().execute();
  return tombstonesIn(dataFolder);
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

const contactOf = (account: AccountId, contact: ContactId) => ({
  tenant: TENANT,
  account,
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

  it('stays so: rules, switches, wishes, permissions and numbers, in the form they had last', async () => {
    const ada = await world.person('ada');
    const { database, contacts } = world.stores;
    const { account } = ada.caller;
    const contact = mintContactId();
    await contacts.create(contactOf(account, contact));
    const rule = (notOver: string) =>
      database.query(
        `INSERT INTO registry.preference (tenant_id, account_id, not_over) VALUES ($1, $2, ARRAY[$3])
         ON CONFLICT (tenant_id, account_id, peer) DO UPDATE SET not_over = excluded.not_over RETURNING 1`,
        TENANT,
        account,
        notOver,
      );
    await rule('rcs');
    await world.retention.book.ask(ada.caller, { class: 'metadata', keepSeconds: 3 * 86_400 });
    await backUp();
    await rule('sms');
    await world.retention.book.ask(ada.caller, { class: 'metadata', keepSeconds: 86_400 });
    for (const [sql, ...values] of [
      [`UPDATE registry.contact SET blocked_at = now() WHERE id = $1 RETURNING 1`, contact],
      [`INSERT INTO registry.privacy_switch VALUES ($1, $2, '', 'off', 'off') RETURNING 1`, TENANT, account],
      [`INSERT INTO registry.revoked_statement VALUES ($1, $2, 's', now()) RETURNING 1`, TENANT, account],
    ] as const)
      await database.query(sql, ...values);
    const { stores } = await restored();
    for (const table of ['preference', 'privacy_switch', 'retention_wish', 'revoked_statement', 'contact']) {
      const rows = (of: Stores) =>
        of.database.query(`SELECT to_jsonb(t) AS row FROM registry.${table} t WHERE account_id = $1`, account);
      expect([table, await rows(stores)]).toEqual([table, await rows(world.stores)]);
      expect(await rows(stores)).toHaveLength(1);
    }
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
    expect(blocks(await tombstones())).toHaveLength(1);
    const later = new ManualClock(Date.now() + 36 * 86_400_000);
    await keeping(world.stores, later).execute();
    expect(await tombstonesIn(dataFolder)).toEqual([]);
    expect(await readFile(join(dataFolder, FILE), 'utf8')).not.toContain(bob.caller.account);
  });
});

describe('the file of what was taken back', () => {
  const text = () => readFile(join(dataFolder, FILE), 'utf8');
  const pair = (one: Person, other: Person) => `${one.caller.account} ${other.caller.account}`;
  async function blocking(count: number): Promise<void> {
    const ada = await world.person('ada');
    for (let made = 0; made < count; made += 1) {
      const other = await world.person(`other${made}`);
      await world.decide.decide(ada.caller, other.device.address, 'revoke');
    }
  }

  it('is only added to, by one process or two, and says the same to both', async () => {
    const [one, other] = [keeping(), keeping()];
    await blocking(1);
    await one.execute();
    const first = await text();
    await other.execute();
    await blocking(1);
    await Promise.all([one.execute(), other.execute()]);
    expect((await text()).startsWith(first)).toBe(true);
    expect(blocks(await tombstonesIn(dataFolder))).toHaveLength(2);
    const size = (await text()).length;
    await one.execute();
    expect((await text()).length).toBe(size);
  });

  it('forgets what was granted again at once, and has nothing of it after a day', async () => {
    const [ada, bob] = [await world.person('ada'), await world.person('bob')];
    const keep = keeping();
    await world.decide.decide(ada.caller, bob.device.address, 'revoke');
    await keep.execute();
    await world.decide.decide(ada.caller, bob.device.address, 'grant');
    await keep.execute();
    expect(blocks(await tombstonesIn(dataFolder))).toEqual([]);
    expect(await text()).toContain(pair(ada, bob));
    world.clock.advanceSeconds(86_400);
    await keep.execute();
    expect(await text()).not.toContain(pair(ada, bob));
  });

  it('is refused with any line changed, dropped or moved, and read up to where a process died', async () => {
    await blocking(3);
    await tombstones();
    const whole = await text();
    const [begin = '', first = '', second = '', ...rest] = whole.trimEnd().split('\n');
    expect(rest.length).toBeGreaterThan(1);
    for (const changed of [
      [begin, first.replace('narrowed', 'removed'), second, ...rest],
      [begin, second, ...rest],
      [begin, second, first, ...rest],
      [first, second, ...rest],
      ['{}', first],
    ]) {
      await writeFile(join(dataFolder, FILE), `${changed.join('\n')}\n`);
      await expect(tombstonesIn(dataFolder)).rejects.toThrow('or was changed');
    }
    await writeFile(join(dataFolder, FILE), whole.slice(0, -20));
    expect(await tombstonesIn(dataFolder)).toHaveLength(rest.length + 1);
    // and the next process makes it whole
    expect(await tombstones()).toHaveLength(rest.length + 2);
  });

  it('of a database that was lost is set aside when a worker starts on another one, and a restore reads it', async () => {
    const [ada, bob] = [await world.person('ada'), await world.person('bob')];
    await backUp();
    await world.decide.decide(ada.caller, bob.device.address, 'revoke');
    await tombstones();
    const { url } = await freshDatabase();
    const empty = new Stores({ url });
    const home = { id: TENANT, nativeHost: 'another.example', region: 'local', registration: 'open' } as const;
    await empty.tenants.ensure(home, new Date(world.clock.nowMs() + 1_000));
    await keeping(empty).execute();
    await empty.close();
    expect((await readdir(dataFolder)).toSorted()).toEqual([expect.stringMatching(/^tombstones-\d+\.jsonl$/), FILE]);
    const { stores, report } = await restored({ tombstones: await tombstonesIn(dataFolder) });
    expect(report.takenBack.get('consents withdrawn')).toBe(1);
    await stores.close();
  });
});

it('contacts whose address key was destroyed since are removed, and said', async () => {
  const ada = await world.person('ada');
  const contact = mintContactId();
  await world.stores.contacts.create(contactOf(ada.caller.account, contact));
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
