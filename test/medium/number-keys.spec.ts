import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InboundEvent } from '@causeway/network-adapter';
import { mintLinkId, utf8 } from '@causeway/message-model';
import { Plaintext } from '@causeway/platform';
import { linkedNumberAad } from '../../libs/message-flow/src/edge/number-at-rest.js';
import { BRIDGE, ClearBridge } from '../support/clear-bridge.js';
import { must, TENANT, type Person } from '../support/in-process.js';
import { Incoming } from '../support/incoming.js';

const [STOPPED, LINKED, STRANGER, LATER] = ['+14155557001', '+14155557002', '+14155557003', '+14155557004'] as const;
const DAY_SECONDS = 86_400;
const GRACE_SECONDS = 600;

let edge: ClearBridge;
let incoming: Incoming;
beforeAll(async () => {
  edge = await ClearBridge.open();
  incoming = new Incoming(edge);
}, 60_000);
afterAll(async () => edge.close());

let heard = 0;
function word(kind: 'opt-out' | 'opt-in', e164: string): readonly InboundEvent[] {
  heard += 1;
  const externalId = `SM${String(heard).padStart(32, '8')}`;
  return [{ kind, scope: 'pair', externalId, from: new Plaintext(e164), to: BRIDGE }];
}

async function link(person: Person, e164: string): Promise<void> {
  const { tenant } = person.caller;
  const { keys, stores, clock } = edge.bridge;
  const id = mintLinkId();
  const { digest, version } = keys.numberDigest('link', tenant, e164);
  const expiresAt = new Date(clock.nowMs() + 365 * DAY_SECONDS * 1000);
  const sealedNumber = keys.sealAtRest(utf8(e164), linkedNumberAad(tenant, id));
  const proved = { link: id, numberDigest: digest, digestVersion: version, sealedNumber, country: 'US' };
  await stores.links.linkNumber(person.caller, { ...proved, numberDigests: [digest] }, { now: clock.now(), expiresAt });
  await stores.links.setFindable(person.caller, id, 'everyone');
}

async function ownerFoundBy(asker: Person, e164: string): Promise<string | null> {
  const { keys, stores, clock } = edge.bridge;
  const numberDigests = keys.numberDigests('link', TENANT, e164).map(({ digest }) => digest);
  const found = await stores.links.findable({ asker: asker.caller, numberDigests, askerDigests: [], now: clock.now() });
  return found?.account ?? null;
}

const versions = async (table: string): Promise<readonly number[]> => {
  const rows = await edge.bridge.stores.database.query<{ version: number }>(
    `SELECT DISTINCT digest_version AS version FROM registry.${table} ORDER BY 1`,
  );
  return rows.map(({ version }) => version);
};

describe('ReSealNumbers', () => {
  it('seals numbers again after the key changed, and destroys the old key once no open attempt needs it', async () => {
    const { person, e164, to } = await incoming.writingTo();
    const { bridge } = edge;
    const sent = await edge.send(person, to, 'before the key changed');
    await edge.drain(sent.lane);
    bridge.clock.advanceSeconds(31 * 24 * 3_600);
    await bridge.keys.tick();
    // edges that borrowed the old key may still seal with it
    expect(bridge.keys.replacedAddressKeyIds).toEqual([]);
    bridge.clock.advanceSeconds(10 * 60);
    await bridge.keys.tick();
    const [old] = bridge.keys.replacedAddressKeyIds;
    expect(await edge.reSeal.execute()).toEqual([]);
    await edge.context.attempts.close({ ref: sent.ref, attempt: 1 });
    expect(await edge.reSeal.execute()).toEqual([must(old)]);
    // nothing is taken in while the purge is a month behind
    await bridge.stores.partitions.dropPast(Math.floor(bridge.clock.nowMs() / 3_600_000), bridge.clock.now());
    expect(await edge.acceptInbound.execute('sms', [incoming.textFrom(e164, 'still known')])).toEqual(['accepted']);
    expect((await edge.contact(person, e164)).contact).toBe(to.contact);
    const later = await edge.send(person, to, 'after the key changed');
    await edge.drain(later.lane);
    expect(await edge.received(e164, 2)).toEqual(['before the key changed', 'after the key changed']);
  });
});

describe('new keys of look-up digests', () => {
  it('are made when the operator asks, take over every number that can be opened, and outlive the old ones', async () => {
    const { keys, clock, stores } = edge.bridge;
    const [ada, mia] = [await edge.bridge.person('ada'), await edge.bridge.person('mia')];
    const contact = await edge.contact(ada, STOPPED);
    await link(mia, LINKED);
    for (const phone of [STOPPED, STRANGER]) await edge.acceptInbound.execute('sms', word('opt-out', phone));

    clock.advanceSeconds(5);
    await stores.numberDigests.ask(clock.now());
    await edge.reKey.renewWhenAsked();
    await edge.reKey.renewWhenAsked();
    expect(await edge.reKey.execute()).toEqual([]);
    expect(keys.numberVersion).toBe(2);
    // an edge that was lent the old keys may write under them a little longer
    expect(await versions('contact')).toEqual([1]);
    await edge.contact(ada, LATER);
    expect((await edge.contact(ada, STOPPED)).contact).toBe(contact.contact);

    clock.advanceSeconds(GRACE_SECONDS);
    await keys.tick();
    expect(await edge.reKey.execute()).toEqual([]);
    expect([await versions('contact'), await versions('link')]).toEqual([[2], [2]]);
    // of the stranger's number only the digest is kept, so nobody can make another of it
    expect(await versions('opt_out')).toEqual([1, 2]);

    clock.advanceSeconds(35 * DAY_SECONDS);
    await keys.tick();
    expect(new Set(await edge.reKey.execute())).toEqual(
      new Set(['number-contact-1', 'number-binding-1', 'number-link-1']),
    );
    expect((await edge.contact(ada, STOPPED)).contact).toBe(contact.contact);
    expect(must(await stores.contacts.sealed(TENANT, contact.contact)).isOptedOut).toBe(true);
    expect(await ownerFoundBy(ada, LINKED)).toBe(mia.caller.account);
    await stores.database.query(
      "UPDATE registry.contact SET bridge_number_id = 'another' WHERE id = $1",
      contact.contact,
    );
    for (const phone of [STOPPED, STRANGER]) {
      const again = await edge.contact(mia, phone);
      expect(must(await stores.contacts.sealed(TENANT, again.contact)).isOptedOut).toBe(true);
    }

    await edge.acceptInbound.execute('sms', word('opt-in', STRANGER));
    expect(await edge.reKey.execute()).toEqual(['number-opt-out-1']);
    expect(await edge.reKey.execute()).toEqual([]);
  }, 30_000);

  it('wait for what is kept free of a telephone whose conversation is gone', async () => {
    const { keys, clock, stores } = edge.bridge;
    const ada = await edge.bridge.person('ada');
    const gone = await edge.contact(ada, '+14155557005');
    await stores.numbers.remove({ tenant: TENANT, contact: gone.contact });
    await keys.renewNumberKeys();
    clock.advanceSeconds(36 * DAY_SECONDS);
    await keys.tick();
    const destroyed = await edge.reKey.execute();
    expect(destroyed).toContain('number-contact-2');
    expect(destroyed).not.toContain('number-binding-2');
    await stores.database.query(
      'UPDATE registry.retired_binding SET retired_at = $1',
      new Date(clock.nowMs() - 181 * DAY_SECONDS * 1000),
    );
    expect(await edge.reKey.execute()).toEqual(['number-binding-2']);
  }, 30_000);
});
