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
  type AccountId,
  type AliasId,
  type ContactId,
} from '@causeway/message-model';
import { loadConfig, ManualClock } from '@causeway/platform';
import { readBackup, restoreBackup, Stores } from '@causeway/storage';
import { removeUnreadableContacts } from '../../apps/cli/src/restore/remove-unreadable-contacts.js';
import { BackupTrial, consentsAmong } from '../support/backup-trial.js';
import { must, TENANT, type InProcess, type Person } from '../support/in-process.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cw-backup-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

let trial: BackupTrial;
let world: InProcess;
beforeEach(async () => {
  trial = await BackupTrial.open(folder);
  ({ world } = trial);
}, 60_000);
afterEach(async () => world.close());

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
    const { rowsOf } = await trial.backUp();
    expect(rowsOf.get('account')).toBe(1);
    expect([...rowsOf.keys()]).toEqual(expect.not.arrayContaining(['one_time_key', 'invite', 'held_message']));
    expect((await stat(trial.path)).mode & 0o777).toBe(0o600);
    const { stores, report } = await trial.restored({ withoutTombstones: true });
    expect(report.rows).toBeGreaterThan(2);
    for (const table of ['account', 'device', 'tenant']) {
      const read = (of: Stores) => of.database.query(`SELECT to_jsonb(t) AS row FROM registry.${table} t`);
      expect(await read(stores)).toEqual(await read(world.stores));
    }
    await stores.close();
  });

  it('that was damaged or cut is refused', async () => {
    await world.person('ada');
    await trial.backUp();
    const bytes = await readFile(trial.path);
    for (const changed of [
      bytes.subarray(0, bytes.length - 9),
      Buffer.concat([bytes.subarray(0, 60), bytes.subarray(61)]),
    ]) {
      await writeFile(`${trial.path}-changed`, changed);
      await expect(readBackup(`${trial.path}-changed`)).rejects.toThrow('no backup of a registry, or was damaged');
    }
  });

  it.each([
    ['another region', { region: 'eu-1' }, 'of region local'],
    ['nothing known of what was taken back', { tombstones: undefined }, '--without-tombstones'],
  ])('is not restored with %s', async (_what, change, why) => {
    await world.person('ada');
    await trial.backUp();
    await expect(trial.restored(change)).rejects.toThrow(why);
  });

  it('is not restored over accounts that are there, nor under processes that use the database', async () => {
    await world.person('ada');
    await trial.backUp();
    const { url, stores } = await trial.restored({ withoutTombstones: true });
    const again = { url, backup: await readBackup(trial.path), region: 'local', tombstones: await trial.tombstones() };
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
    await trial.backUp();
    await decide(bob, 'revoke');
    await decide(eve, 'revoke');
    await decide(eve, 'grant');
    const { stores, report } = await trial.restored();
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
    await trial.backUp();
    await rule('sms');
    await world.retention.book.ask(ada.caller, { class: 'metadata', keepSeconds: 86_400 });
    for (const [sql, ...values] of [
      [`UPDATE registry.contact SET blocked_at = now() WHERE id = $1 RETURNING 1`, contact],
      [`INSERT INTO registry.privacy_switch VALUES ($1, $2, '', 'off', 'off') RETURNING 1`, TENANT, account],
      [`INSERT INTO registry.revoked_statement VALUES ($1, $2, 's', now()) RETURNING 1`, TENANT, account],
    ] as const)
      await database.query(sql, ...values);
    const { stores } = await trial.restored();
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
    await trial.backUp();
    await links.revoke(ada.caller, taken);
    await links.setFindable(ada.caller, narrowed, 'nobody');
    await aliases.revoke(ada.caller, revoked);
    const { stores } = await trial.restored();
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
    await trial.backUp();
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
    const { stores } = await trial.restored();
    expect(await stores.accounts.authenticate([digest])).toEqual([null]);
    await stores.close();
  });

  it('is remembered for 35 days, and then nowhere', async () => {
    const [ada, bob] = [await world.person('ada'), await world.person('bob')];
    await world.decide.decide(ada.caller, bob.device.address, 'revoke');
    expect(consentsAmong(await trial.tombstones())).toHaveLength(1);
    const later = new ManualClock(Date.now() + 36 * 86_400_000);
    await trial.keeping(world.stores, later).execute();
    expect(await trial.written()).toEqual([]);
    expect(await readFile(join(trial.dataFolder, 'tombstones.jsonl'), 'utf8')).not.toContain(bob.caller.account);
  });
});

it('contacts whose address key was destroyed since are removed, and said', async () => {
  const ada = await world.person('ada');
  const contact = mintContactId();
  await world.stores.contacts.create(contactOf(ada.caller.account, contact));
  await trial.backUp();
  const { url, stores } = await trial.restored({ withoutTombstones: true });
  const config = loadConfig({ CAUSEWAY_EDGE_KEY_FOLDER: join(folder, 'no-keys') });
  expect(await removeUnreadableContacts(config, url)).toContain('no key folder here');
  const others = loadConfig({ CAUSEWAY_EDGE_KEY_FOLDER: join(folder, 'other-keys') });
  await (await EdgeKeys.open({ folder: others.edgeKeyFolder, region: 'local', clock: world.clock })).close();
  expect(await removeUnreadableContacts(others, url)).toContain('0 numbers open; 1 were under address keys destroyed');
  expect(await stores.contacts.sealed(TENANT, contact)).toBeUndefined();
  await stores.close();
});
