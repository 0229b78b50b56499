import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { linkedNumberAad } from '@causeway/message-flow/edge';
import {
  lifetimeOf,
  mintAliasCode,
  mintAliasId,
  mintConversationId,
  mintLinkId,
  utf8,
  type ConsentPolicy,
  type ContactId,
} from '@causeway/message-model';
import type { InboundMessage } from '@causeway/network-adapter';
import type { PlanRoute } from '@causeway/people';
import { Plaintext } from '@causeway/platform';
import { BRIDGE, ClearBridge } from '../support/clear-bridge.js';
import { must, TENANT, type InProcess, type Person } from '../support/in-process.js';
import { befriended, clearInbox, headerTo } from '../support/native-message.js';

const DAY_SECONDS = 86_400;

let edge: ClearBridge;
let bridge: InProcess;
let plans: PlanRoute;
beforeAll(async () => {
  edge = await ClearBridge.open();
  bridge = edge.bridge;
  plans = bridge.plans();
}, 60_000);
afterAll(async () => edge.close());

let phones = 0;
const newPhone = (): string => `+1415556${String((phones += 1) + 2_000)}`;

/** Time passes, and the edge makes the keys that are due. */
async function pass(seconds: number): Promise<void> {
  bridge.clock.advanceSeconds(seconds);
  await bridge.keys.tick();
}

/** As the edge links a number whose code came back. */
async function link(person: Person, e164: string, { days = 365 } = {}) {
  const made = mintLinkId();
  const digests = bridge.keys.numberDigests('link', TENANT, e164);
  const { digest, version } = must(digests[0]);
  const now = bridge.clock.now();
  await bridge.stores.links.linkNumber(
    person.caller,
    {
      link: made,
      numberDigest: digest,
      numberDigests: digests.map((one) => one.digest),
      digestVersion: version,
      sealedNumber: bridge.keys.sealAtRest(utf8(e164), linkedNumberAad(TENANT, made)),
      country: 'US',
    },
    { now, expiresAt: new Date(now.getTime() + days * DAY_SECONDS * 1000) },
  );
  await bridge.stores.links.setFindable(person.caller, made, 'everyone');
  return made;
}

const legTo = async (person: Person, contact: ContactId) =>
  (await plans.execute(person.caller, { to: { kind: 'contact', contact } })).leg;

describe('bridge numbers', () => {
  const shortages = async (by: string): Promise<number> => {
    const text = await bridge.metrics.text();
    return Number(new RegExp(`bridge_numbers_short_total\\{by="${by}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  };

  it('are one account’s each towards a telephone, and rest for 180 days after it', async () => {
    const [ada, bob] = [await bridge.person('ada'), await bridge.person('bob')];
    const phone = newPhone();
    const before = await shortages('contact');
    const { contact } = await edge.contact(ada, phone);
    await expect(edge.contact(bob, phone)).rejects.toThrow('no-bridge-number');
    expect(await bridge.stores.contacts.removeOwn(ada.caller, contact)).toBe(true);
    await expect(edge.contact(bob, phone)).rejects.toThrow('no-bridge-number');
    await expect(edge.contact(ada, phone)).rejects.toThrow('no-bridge-number');
    expect(await shortages('contact')).toBe(before + 3);
    await pass((lifetimeOf('retired-bindings').days - 1) * DAY_SECONDS);
    await expect(edge.contact(bob, phone)).rejects.toThrow('no-bridge-number');
    await pass(2 * DAY_SECONDS);
    expect((await edge.contact(bob, phone)).contact).not.toBe(contact);
  });

  it('that are short never bring what was written for an alias to somebody else', async () => {
    const [ada, bob] = [await bridge.person('ada'), await bridge.person('bob')];
    const phone = newPhone();
    await edge.contact(ada, phone);
    const alias = {
      alias: mintAliasId(),
      code: mintAliasCode(),
      kind: 'listing',
      createdAt: bridge.clock.now(),
      expiresAt: null,
    } as const;
    await bridge.stores.aliases.create(bob.caller, alias);
    const before = await shortages('alias');
    const text: InboundMessage = {
      kind: 'message',
      externalId: `SM${'7'.repeat(32)}`,
      from: new Plaintext(phone),
      to: BRIDGE,
      text: new Plaintext(`${alias.code} Is it still there?`),
      media: [],
      receivedAtMs: bridge.clock.nowMs(),
    };
    expect(await edge.acceptInbound.execute('sms', [text])).toEqual(['no-conversation']);
    expect([await bridge.inbox(ada), await bridge.inbox(bob)]).toEqual([[], []]);
    expect(await shortages('alias')).toBe(before + 1);
  });
});

describe('a link that was not proved again', () => {
  it('leads nowhere from the moment it ends, and is shown to its owner without the number', async () => {
    const { ada, bob } = await befriended(bridge);
    const phone = newPhone();
    await link(bob, phone, { days: 1 });
    const { contact } = await edge.contact(ada, phone);
    expect(await legTo(ada, contact)).toBe('native');
    await pass(DAY_SECONDS - 60);
    expect(await legTo(ada, contact)).toBe('native');
    await pass(60);
    expect(await legTo(ada, contact)).toBe('clear');
    await bridge.stores.discovery.endExpired(bridge.clock.now());
    expect(await bridge.stores.links.list(bob.caller)).toMatchObject([{ findable: 'nobody', endedBecause: 'expired' }]);
    const kept = await bridge.stores.database.query(
      `SELECT FROM registry.link WHERE tenant_id = $1 AND account_id = $2 AND (number_digest IS NOT NULL OR sealed_number IS NOT NULL)
       UNION ALL SELECT FROM registry.contact WHERE tenant_id = $1 AND linked_account = $2`,
      TENANT,
      bob.caller.account,
    );
    expect(kept).toEqual([]);
    await pass((lifetimeOf('ended-links').days + 1) * DAY_SECONDS);
    await bridge.stores.discovery.forgetPast(bridge.clock.now());
    expect(await bridge.stores.links.list(bob.caller)).toEqual([]);
  });

  it('is one again once the number is proved anew', async () => {
    const { ada, bob } = await befriended(bridge);
    const phone = newPhone();
    await link(bob, phone, { days: 1 });
    const { contact } = await edge.contact(ada, phone);
    await pass(DAY_SECONDS);
    await bridge.stores.discovery.endExpired(bridge.clock.now());
    await link(bob, phone);
    expect(await legTo(ada, contact)).toBe('clear');
    await edge.contact(ada, phone);
    expect(await legTo(ada, contact)).toBe('native');
  });
});

describe('new numbers', () => {
  it('are 50 a day for one account, registered or not, and known ones cost nothing', async () => {
    const [ada, bob] = [await bridge.person('ada'), await bridge.person('bob')];
    const linked = newPhone();
    await link(bob, linked);
    const first = await edge.contact(ada, linked);
    for (let asked = 1; asked < 50; asked += 1) await edge.contact(ada, newPhone());
    await expect(edge.contact(ada, newPhone())).rejects.toThrow('rate-limited');
    expect((await edge.contact(ada, linked)).contact).toBe(first.contact);
    await pass(DAY_SECONDS + 1);
    await edge.contact(ada, newPhone());
  });

  it('are asked for by 200 accounts a day at most', async () => {
    const { digests, clock, stores } = bridge;
    const target = digests.of(['asked-number', TENANT, 'somebody'], clock.now()).digest;
    const ask = (account: number) =>
      stores.discovery.ask(
        { asker: digests.of(['asks-number', TENANT, account], clock.now()).digest, target, now: clock.now() },
        { targetsOfAsker: 50, askersOfTarget: 200 },
      );
    const admitted = [];
    for (let account = 0; account < 205; account += 1) admitted.push(await ask(account));
    expect(admitted.filter((isAdmitted) => isAdmitted)).toHaveLength(200);
    expect(await ask(0)).toBe(true);
  });
});

describe('a grant in advance to people whose number one has', () => {
  const lodge = async (asking: Person, asked: Person) =>
    (
      await bridge.stores.consents.lodge({
        tenant: TENANT,
        requester: asking.caller.account,
        targetAddress: asked.caller.address,
        conversation: mintConversationId(),
        now: bridge.clock.now(),
      })
    ).kind;
  const allow = (person: Person, policy: ConsentPolicy) =>
    bridge.stores.accounts.setConsentPolicy(person.caller, policy);

  it('lets those write who let themselves be found by it, and no others', async () => {
    const [owner, friend, hidden, stranger] = [
      await bridge.person('owner'),
      await bridge.person('friend'),
      await bridge.person('hidden'),
      await bridge.person('stranger'),
    ];
    const [ofFriend, ofHidden] = [newPhone(), newPhone()];
    await link(friend, ofFriend);
    await bridge.stores.links.setFindable(hidden.caller, await link(hidden, ofHidden), 'nobody');
    await edge.contact(owner, ofFriend);
    await edge.contact(owner, ofHidden);
    await allow(owner, 'contacts');
    expect(await lodge(friend, owner)).toBe('granted');
    expect(await lodge(hidden, owner)).toBe('requested');
    expect(await lodge(stranger, owner)).toBe('requested');
  });

  it('does not reach whom the person refused, nor whose link has ended', async () => {
    const [owner, refused, past] = [
      await bridge.person('owner'),
      await bridge.person('refused'),
      await bridge.person('past'),
    ];
    const [ofRefused, ofPast] = [newPhone(), newPhone()];
    await link(refused, ofRefused);
    const gone = await link(past, ofPast);
    await edge.contact(owner, ofRefused);
    await edge.contact(owner, ofPast);
    await allow(owner, 'contacts');
    await bridge.decide.decide(owner.caller, refused.caller.address, 'revoke');
    expect(await lodge(refused, owner)).toBe('kept-silent');
    await bridge.stores.links.revoke(past.caller, gone);
    expect(await lodge(past, owner)).toBe('requested');
  });
});

describe('an account key that is another than before', () => {
  const holdBack = async (from: Person, conversation: Awaited<ReturnType<typeof befriended>>['conversation']) => {
    const header = headerTo(bridge, 'mimi://causeway.local/u/anybody');
    const to = { kind: 'conversation', conversation } as const;
    await bridge.send.execute(from.caller, { ...header, to, body: { leg: 'none', reason: 'key-change' } });
    await bridge.drain.execute(must(bridge.wokenLanes.at(-1)));
  };

  it('is told to whose it is, once for what waits, since the other holds back their words', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    await holdBack(ada, conversation);
    expect(await bridge.told(bob)).toMatchObject([{ type: 'key-change-held', from: ada.caller.address, conversation }]);
    await bridge.drain.execute(must(bridge.wokenLanes.at(-1)));
    expect(await bridge.told(bob)).toHaveLength(1);
  });

  it('is not told of somebody they blocked', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    await bridge.decide.decide(bob.caller, ada.caller.address, 'revoke');
    await clearInbox(bridge, bob);
    await holdBack(ada, conversation);
    expect(await bridge.told(bob)).toEqual([]);
  });
});
