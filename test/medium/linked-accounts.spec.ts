import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromBase64Url, mintLinkId, toBytes } from '@causeway/message-model';
import { EraseAccount, LinkAccounts, type PlanRoute, type RouteRequest } from '@causeway/people';
import {
  encodeAccountLink,
  generateKeyPair,
  parseAccountLink,
  signAccountErasure,
  signAccountLink,
  type AccountLink,
} from '@causeway/signal-protocol';
import { InProcess, must, TENANT, type Person } from '../support/in-process.js';
import { befriended, nativeAddressOf } from '../support/native-message.js';

const DAY_SECONDS = 86_400;

let world: InProcess;
let plans: PlanRoute;
let links: LinkAccounts;
beforeAll(async () => {
  world = await InProcess.open();
  plans = world.plans();
  links = new LinkAccounts(world.stores.accounts, world.stores.links, world.clock);
}, 60_000);
afterAll(async () => world.close());

const nowSeconds = () => Math.floor(world.clock.nowMs() / 1000);
const toAddress = ({ caller }: Person): RouteRequest => ({
  to: { kind: 'address', address: nativeAddressOf(caller.address) },
});
const leadsTo = async (from: Person, to: Person): Promise<string> => {
  const plan = await plans.execute(from.caller, toAddress(to));
  return plan.leg === 'native' ? plan.peer.address : plan.leg;
};
const linksShown = async (from: Person, to: Person) => {
  const plan = await plans.execute(from.caller, toAddress(to));
  return plan.leg === 'native' ? plan.links : [];
};

/** What devices of both sign. */
function signedBy(offering: Person, accepting: Person, changes: Partial<AccountLink> = {}) {
  const document = encodeAccountLink({
    tenant: TENANT,
    account: offering.caller.account,
    accountKey: offering.device.accountKeys.publicKey,
    device: offering.device.deviceId,
    address: offering.caller.address,
    linkedAddress: accepting.caller.address,
    createdAt: nowSeconds(),
    notAfter: nowSeconds() + 365 * DAY_SECONDS,
    nonce: toBytes(randomBytes(16)),
    ...changes,
  });
  return {
    document,
    offered: signAccountLink(document, offering.device.identity.privateKey),
    accepted: signAccountLink(document, accepting.device.identity.privateKey),
  };
}

/** Ada, whom Kim granted, and Kim's other account, where Kim would rather be reached. */
async function linked() {
  const { ada, bob: kim } = await befriended(world);
  const there = await world.person('there');
  const link = await links.execute(kim.caller, signedBy(there, kim));
  await world.stores.preferences.change(kim.caller, '', { order: [there.caller.address] });
  return { ada, kim, there, link };
}

async function consentsBetween(one: Person, other: Person): Promise<readonly string[]> {
  const rows = await world.stores.database.query<{ state: string }>(
    `SELECT state FROM registry.consent WHERE (owner_account = $1 AND peer_account = $2) OR (owner_account = $2 AND peer_account = $1)`,
    one.caller.account,
    other.caller.account,
  );
  return rows.map(({ state }) => state);
}

describe('a link of two accounts', () => {
  it('is given out as it was signed, to whoever has a grant of the one that accepted it', async () => {
    const { ada, kim, there } = await linked();
    const [shown] = await linksShown(ada, kim);
    const document = must(fromBase64Url(must(shown).document));
    expect(parseAccountLink(document)).toMatchObject({
      address: there.caller.address,
      linkedAddress: kim.caller.address,
    });
    expect(await leadsTo(ada, kim)).toBe(there.caller.address);
    expect(await consentsBetween(ada, there)).toEqual(['granted', 'granted']);
    // the link vouches for the one that offered it, and not the other way round
    expect(await linksShown(ada, there)).toEqual([]);
  });

  it('shows to nobody else: without a grant the answers are those about somebody unknown', async () => {
    const { kim, there } = await linked();
    const stranger = await world.person('stranger');
    const unknown: RouteRequest = {
      to: { kind: 'address', address: nativeAddressOf('mimi://causeway.local/u/no-one') },
    };
    for (const request of [toAddress(kim), toAddress(there)]) {
      expect(await plans.execute(stranger.caller, request)).toEqual(await plans.execute(stranger.caller, unknown));
      expect(await plans.explain(stranger.caller, request)).toEqual(await plans.explain(stranger.caller, unknown));
    }
    expect(await consentsBetween(stranger, there)).toEqual([]);
  });

  it('ends at its time: nothing of what was signed stays, nor the grant that came by it', async () => {
    const { ada, kim, there } = await linked();
    expect(await leadsTo(ada, kim)).toBe(there.caller.address);
    world.clock.advanceSeconds(365 * DAY_SECONDS);
    expect(await leadsTo(ada, kim)).toBe(kim.caller.address);
    expect(await linksShown(ada, kim)).toEqual([]);
    await world.stores.discovery.endExpired(world.clock.now());
    const rows = await world.stores.database.query(
      'SELECT document, offered, accepted FROM registry.link WHERE linked_account = $1',
      kim.caller.account,
    );
    expect(rows).toEqual([{ document: null, offered: null, accepted: null }]);
    expect(await consentsBetween(ada, there)).toEqual([]);
  });

  it('takes the grant along when either account takes it back, but no block', async () => {
    const [first, second] = [await linked(), await linked()];
    for (const { ada, kim } of [first, second]) await leadsTo(ada, kim);
    await world.decide.decide(second.there.caller, second.ada.caller.address, 'revoke');
    for (const { there, link } of [first, second])
      expect(await world.stores.links.revoke(there.caller, link)).toBe(true);
    expect(await consentsBetween(first.ada, first.there)).toEqual([]);
    expect(await consentsBetween(second.ada, second.there)).toEqual(['refused']);
  });

  it('leaves a grant that the other account gave itself', async () => {
    const { ada, kim, there, link } = await linked();
    await leadsTo(ada, kim);
    await world.decide.decide(there.caller, ada.caller.address, 'grant');
    await world.stores.links.revoke(kim.caller, link);
    expect(await consentsBetween(ada, there)).toEqual(['granted', 'granted']);
  });

  it('is not carried over to whom the other account refused, whatever was planned before', async () => {
    const { ada, kim, there, link } = await linked();
    await world.decide.decide(there.caller, ada.caller.address, 'revoke');
    expect(await leadsTo(ada, kim)).toBe(kim.caller.address);
    const [sender, to] = [ada, there].map(({ caller: { account, address } }) => ({ account, address }));
    const asked = { tenant: TENANT, link, sender: must(sender), to: must(to), now: world.clock.now() };
    expect(await world.stores.carriedGrants.carry(asked)).toBeUndefined();
    const other = await world.person('other');
    const { account, address } = other.caller;
    const gone = { ...asked, sender: { account, address }, link: mintLinkId() };
    expect(await world.stores.carriedGrants.carry(gone)).toBeUndefined();
  });

  it('is shown to nobody once a device that signed it is on its list no more', async () => {
    const { ada, kim, there } = await linked();
    const list = there.device.list({
      version: 2,
      devices: [{ ...listedOf(there), identityKey: generateKeyPair().publicKey }],
    });
    await world.stores.database.query(
      'UPDATE registry.account SET device_list = $2, device_list_signature = $3, device_list_version = 2 WHERE id = $1',
      there.caller.account,
      list.bytes,
      list.signature,
    );
    expect(await linksShown(ada, kim)).toEqual([]);
    expect(await leadsTo(ada, kim)).toBe(kim.caller.address);
  });

  it('is in the export of both accounts, and goes with either', async () => {
    const { ada, kim, there } = await linked();
    await leadsTo(ada, kim);
    for (const person of [kim, there]) {
      const stores = await world.stores.personal.read(person.caller);
      const store = stores.find((one) => one.store === 'registry.link');
      expect(JSON.stringify(store)).toContain('document');
    }
    const erase = new EraseAccount(world.stores.accounts, world.stores.personal, world.clock, { backupDays: 90 });
    const wish = { tenant: TENANT, account: there.caller.account, signedAt: nowSeconds() };
    await erase.execute(there.caller, signAccountErasure(wish, there.device.accountKeys.privateKey));
    expect(await linksShown(ada, kim)).toEqual([]);
    expect(await leadsTo(ada, kim)).toBe(kim.caller.address);
  });

  it.each<[string, Partial<AccountLink>]>([
    ['is older than an offer may be', { createdAt: 1, notAfter: 2 }],
    ['names another key', { accountKey: generateKeyPair().publicKey }],
    ['is for somebody else', { linkedAddress: 'mimi://causeway.local/u/somebody-else' }],
    ['has no end within a year', { notAfter: Number.MAX_SAFE_INTEGER }],
  ])('is not made of an offer that %s', async (_, changes) => {
    const [kim, there] = [await world.person('kim'), await world.person('there')];
    await expect(links.execute(kim.caller, signedBy(there, kim, changes))).rejects.toMatchObject({
      code: 'invalid-signature',
    });
  });
});

const listedOf = ({ device }: Person) => ({
  deviceId: device.deviceId,
  registrationId: device.registrationId,
  identityKey: device.identity.publicKey,
  sealKeyId: device.sealKeyId,
  sealKey: device.seal.publicKey,
  sealKeyNotAfter: nowSeconds() + DAY_SECONDS,
});
