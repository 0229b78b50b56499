import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ClearNetwork } from '@causeway/api-contract';
import type { PlanRoute, RouteRequest } from '@causeway/people';
import { nativeAddressOf, befriended, clearInbox } from '../support/native-message.js';
import { BRIDGE, ClearBridge, PERSON } from '../support/clear-bridge.js';
import type { InProcess, Person } from '../support/in-process.js';
import type { RawContact } from '../support/clear-message.js';

let edge: ClearBridge;
let bridge: InProcess;
let plans: PlanRoute;
beforeAll(async () => {
  edge = await ClearBridge.open();
  bridge = edge.bridge;
  plans = bridge.plans();
}, 60_000);
afterAll(async () => edge.close());

const rules = (person: Person, change: Parameters<typeof bridge.stores.preferences.change>[2], peer = '') =>
  bridge.stores.preferences.change(person.caller, peer, change);
const toContact = ({ contact }: RawContact): RouteRequest => ({ to: { kind: 'contact', contact } });
const toAddress = (person: Person): RouteRequest => ({
  to: { kind: 'address', address: nativeAddressOf(person.caller.address) },
});
const networksOf = (plan: Awaited<ReturnType<PlanRoute['execute']>>): readonly ClearNetwork[] | string =>
  plan.leg === 'clear' ? plan.networks : plan.leg === 'none' ? plan.waiting : plan.leg;

/** Ada and Bob, and Ada's contact of Bob's number, which he linked. */
async function linked() {
  const { ada, bob } = await befriended(bridge);
  const contact = await edge.contact(ada, `+1415557${String(linkedNumber++)}`);
  await bridge.stores.database.query(
    'UPDATE registry.contact SET linked_account = $2 WHERE id = $1',
    contact.contact,
    bob.caller.account,
  );
  return { ada, bob, contact };
}
let linkedNumber = 3_000;

describe('a route plan', () => {
  it('has no clear network before the person turned it on, and says so', async () => {
    const ada = await bridge.person('ada');
    await rules(ada, { networksOn: [] });
    const contact = await edge.contact(ada, PERSON);
    expect(await plans.execute(ada.caller, toContact(contact))).toEqual({
      leg: 'none',
      waiting: 'route',
      ways: [
        {
          network: 'sms',
          confidentiality: 'clear',
          outcome: 'closed',
          by: 'you',
          why: 'this network is off for your account',
        },
      ],
    });
    await rules(ada, { networksOn: ['sms'] });
    expect(networksOf(await plans.execute(ada.caller, toContact(contact)))).toEqual(['sms']);
  });

  it('takes the strongest way of a linked number, and the recipient’s order before that', async () => {
    const { ada, bob, contact } = await linked();
    const plan = async () => networksOf(await plans.execute(ada.caller, toContact(contact)));
    expect(await plan()).toBe('native');
    await rules(bob, { order: ['sms'] });
    expect(await plan()).toEqual(['sms']);
    await rules(bob, { order: ['native'] }, ada.caller.address);
    expect(await plan()).toBe('native');
    await rules(bob, { order: null }, ada.caller.address);
    await rules(ada, { removed: ['sms'] }, contact.contact);
    expect(await plan()).toBe('native');
  });

  it('is stable within a conversation, and both ends are told of a switch, once', async () => {
    const { ada, bob, contact } = await linked();
    await plans.execute(ada.caller, toContact(contact));
    for (const person of [ada, bob]) await clearInbox(bridge, person);
    await rules(bob, { order: ['sms'] });
    await Promise.all([1, 2, 3].map(() => plans.execute(ada.caller, toContact(contact))));
    for (const person of [ada, bob]) {
      const switches = (await bridge.told(person)).filter(({ type }) => type === 'route-switched');
      expect(switches).toEqual([expect.objectContaining({ from: ada.caller.address, network: 'sms' })]);
    }
  });

  it('carries nothing over a network that either end does not want its words on; the other sees the reason after a grant', async () => {
    const { ada, bob, contact } = await linked();
    await rules(bob, { order: ['sms'], notOver: ['sms'] });
    expect(networksOf(await plans.execute(ada.caller, toContact(contact)))).toBe('native');
    const { isGranted, ways } = await plans.explain(ada.caller, toContact(contact));
    expect(isGranted).toBe(true);
    expect(ways).toEqual([
      { network: 'native', confidentiality: 'sealed', outcome: 'taken' },
      {
        network: 'sms',
        confidentiality: 'clear',
        outcome: 'closed',
        by: 'them',
        why: 'their choice: not over this network',
      },
    ]);
  });

  it('explains alike whom one may not write to: unknown, silent, refusing and blocking', async () => {
    const [ada, silent, refusing] = [
      await bridge.person('ada'),
      await bridge.person('silent'),
      await bridge.person('refusing'),
    ];
    await bridge.decide.decide(refusing.caller, ada.caller.address, 'revoke');
    await rules(refusing, { notOver: ['sms'], order: ['sms'], floor: 'sealed' });
    const unknown: RouteRequest = {
      to: { kind: 'address', address: nativeAddressOf('mimi://causeway.local/u/nobody-there') },
    };
    const asked = [toAddress(silent), toAddress(refusing), unknown];
    const explained = await Promise.all(asked.map((request) => plans.explain(ada.caller, request)));
    const planned = await Promise.all(asked.map((request) => plans.execute(ada.caller, request)));
    expect(new Set(explained.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(new Set(planned.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ leg: 'none', waiting: 'consent' })]),
    );
  });

  it('shows no block after a grant either', async () => {
    const { ada, bob } = await linked();
    const before = await plans.explain(ada.caller, toAddress(bob));
    await bridge.decide.decide(bob.caller, ada.caller.address, 'revoke');
    expect(await plans.explain(ada.caller, toAddress(bob))).toEqual(before);
  });

  it('is asked for again before the carrier is called: what closed meanwhile carries nothing', async () => {
    const ada = await bridge.person('ada');
    const contact = await edge.contact(ada, '+14155573999');
    for (const change of [{ notOver: ['sms'] }, { networksOn: [] }, { floor: 'sealed' }] as const) {
      const calls = await edge.calls();
      const sent = await edge.send(ada, contact, 'Not like this');
      await rules(ada, change);
      await edge.drain(sent.lane);
      expect(await edge.find(ada, sent)).toMatchObject({ state: 'waiting-on-sender', reason: 'route', attempts: [] });
      expect(await edge.calls()).toBe(calls);
      await bridge.cancel.execute(ada.caller, sent.ref);
      await rules(ada, { networksOn: ['sms'], notOver: [], floor: null });
    }
  });

  it('is not changed by blocking a number, from which nothing arrives any more', async () => {
    const ada = await bridge.person('ada');
    const contact = await edge.contact(ada, '+14155573998');
    const before = await plans.execute(ada.caller, toContact(contact));
    await bridge.decide.decideContact(ada.caller, contact.contact, 'revoke');
    await edge.twilio.post('/handsets/+14155573998/messages', { to: BRIDGE, body: 'let me in' });
    await edge.sweepInbound.execute();
    expect((await bridge.inbox(ada)).filter(({ kind }) => kind === 'box')).toEqual([]);
    const after = await plans.execute(ada.caller, toContact(contact));
    expect({ ...after, edge: null }).toEqual({ ...before, edge: null });
    await bridge.decide.decideContact(ada.caller, contact.contact, 'grant');
    await edge.twilio.post('/handsets/+14155573998/messages', { to: BRIDGE, body: 'thank you' });
    await edge.sweepInbound.execute();
    expect((await bridge.inbox(ada)).filter(({ kind }) => kind === 'box')).toHaveLength(1);
  });
});
