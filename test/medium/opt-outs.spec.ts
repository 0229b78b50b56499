import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bridgeNumberId, SweepInbound } from '@causeway/message-flow/edge';
import type { ConsentWord, InboundEvent } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import { BRIDGE, ClearBridge, eventually } from '../support/clear-bridge.js';
import { must, TENANT } from '../support/in-process.js';

const SECOND_BRIDGE = '+14155550101';
let edge: ClearBridge;
beforeAll(async () => {
  edge = await ClearBridge.open();
}, 60_000);
afterAll(async () => edge.close());

let phones = 0;
let e164: string;
beforeEach(() => {
  phones += 1;
  e164 = `+1415556${String(3_000 + phones)}`;
});

let words = 0;
const wordTo = (
  to: string,
  kind: ConsentWord['kind'],
  scope: ConsentWord['scope'] = 'pair',
): readonly InboundEvent[] => {
  words += 1;
  const externalId = `SM${String(words).padStart(32, '7')}`;
  return [{ kind, scope, externalId, from: new Plaintext(e164), to }];
};
const hear = (events: readonly InboundEvent[]) => edge.acceptInbound.execute('sms', events);

const contactOf = async (name: string) => {
  const person = await edge.bridge.person(name);
  return { person, ...(await edge.contact(person, e164)) };
};
const isOptedOut = async (of: { readonly contact: Parameters<typeof edge.context.contacts.sealed>[1] }) =>
  must(await edge.context.contacts.sealed(TENANT, of.contact)).isOptedOut;

/** The contact is bound to the second bridge number, as a second account's contact with the same phone would be. */
const moveToSecondBridge = (contact: string) =>
  edge.bridge.stores.database.query(
    'UPDATE registry.contact SET bridge_number_id = $2 WHERE id = $1',
    contact,
    bridgeNumberId(SECOND_BRIDGE),
  );

describe('an opt-out', () => {
  const twoAccounts = async () => {
    const first = await contactOf('first');
    await moveToSecondBridge(first.contact);
    return { atSecond: first, atFirst: await contactOf('second') };
  };

  it('by STOP is between one phone and one of our numbers', async () => {
    const { atFirst, atSecond } = await twoAccounts();
    expect(await hear(wordTo(BRIDGE, 'opt-out'))).toEqual(['consent-changed']);
    expect([await isOptedOut(atFirst), await isOptedOut(atSecond)]).toEqual([true, false]);
    await hear(wordTo(BRIDGE, 'opt-in'));
    expect([await isOptedOut(atFirst), await isOptedOut(atSecond)]).toEqual([false, false]);
  });

  it('by STOPALL is towards every account, and one START takes all of it back', async () => {
    const { atFirst, atSecond } = await twoAccounts();
    await hear(wordTo(BRIDGE, 'opt-out', 'all'));
    expect([await isOptedOut(atFirst), await isOptedOut(atSecond)]).toEqual([true, true]);
    await hear(wordTo(SECOND_BRIDGE, 'opt-in'));
    expect([await isOptedOut(atFirst), await isOptedOut(atSecond)]).toEqual([false, false]);
  });

  it('by a second STOP is towards every account, but not by the same one told again', async () => {
    const { atFirst, atSecond } = await twoAccounts();
    const stop = wordTo(BRIDGE, 'opt-out');
    await Promise.all([hear(stop), hear(stop), hear(stop)]);
    await hear(stop);
    expect([await isOptedOut(atFirst), await isOptedOut(atSecond)]).toEqual([true, false]);
    await hear(wordTo(BRIDGE, 'opt-out'));
    expect([await isOptedOut(atFirst), await isOptedOut(atSecond)]).toEqual([true, true]);
  });

  it('of a number that is nobody’s contact is kept, as a digest, and holds for who has it as a contact later', async () => {
    expect(await hear(wordTo(BRIDGE, 'opt-out'))).toEqual(['consent-changed']);
    const later = await contactOf('later');
    expect(await isOptedOut(later)).toBe(true);
    await edge.send(later.person, later, 'Are you there?').then(({ lane }) => edge.drain(lane));
    expect(await edge.received(e164, 0)).toEqual([]);
    const rows = await edge.bridge.stores.database.query<{ row: string }>(
      'SELECT row_to_json(o)::text AS row FROM registry.opt_out o',
    );
    expect(rows.map(({ row }) => row).join(' ')).not.toContain(e164.slice(2));
    await hear(wordTo(BRIDGE, 'opt-in'));
    expect(await isOptedOut(later)).toBe(false);
  });

  it('is learned from the carrier’s refusal, and a STOP heard after it is still the first one', async () => {
    const { atFirst, atSecond } = await twoAccounts();
    await edge.twilio.post('/faults', { network: 'sms', mode: 'refuse-code', code: 21_610 });
    const sent = await edge.send(atFirst.person, atFirst, 'Hello');
    await edge.drain(sent.lane);
    expect([await isOptedOut(atFirst), await isOptedOut(atSecond)]).toEqual([true, false]);
    await hear(wordTo(BRIDGE, 'opt-out'));
    expect(await isOptedOut(atSecond)).toBe(false);
  });
});

describe('the carrier’s copy of what people wrote', () => {
  const copies = async (): Promise<number> => {
    const sms = edge.twilio.adapter();
    const listed = await sms.listReceived(BRIDGE, Date.now() - 3_600_000);
    if (listed.kind !== 'messages') throw new Error(listed.kind);
    return listed.messages.filter((event) => event.from.reveal() === e164).length;
  };

  it('is deleted once it is taken, texts and files, and is tried again until it is', async () => {
    edge.bridge.clock.set(Date.now());
    const to = await contactOf('reader');
    await edge.twilio.post(`/handsets/${e164}/messages`, { to: BRIDGE, body: 'a secret' });
    const file = { to: BRIDGE, contentType: 'image/png', content: Buffer.from('png').toString('base64') };
    await edge.twilio.post(`/handsets/${e164}/media`, file);
    expect(await copies()).toBe(2);
    await edge.twilio.post('/faults', { network: 'sms', mode: '500', operation: 'delete', count: 2 });
    const sweep = new SweepInbound(edge.context, edge.acceptInbound);
    await sweep.execute();
    const boxes = (await edge.bridge.inbox(to.person)).filter(({ kind }) => kind === 'box');
    expect(boxes).toHaveLength(2);
    expect(await copies()).toBe(2);
    // long after, with the same sweep: it did not go on without them
    edge.bridge.clock.advanceSeconds(3_600);
    await eventually(async () => {
      await sweep.execute();
      return (await copies()) === 0 ? true : undefined;
    });
    expect((await edge.bridge.inbox(to.person)).filter(({ kind }) => kind === 'box')).toHaveLength(2);
  });

  it('stays while nothing of it is taken', async () => {
    edge.bridge.clock.set(Date.now());
    await edge.twilio.post(`/handsets/${e164}/messages`, { to: BRIDGE, body: 'not yet' });
    const failing = { execute: async () => Promise.reject(new Error('the database is away')) };
    await new SweepInbound(edge.context, failing).execute();
    expect(await copies()).toBe(1);
  });
});
