import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TransitId } from '@causeway/message-model';
import { z } from 'zod';
import {
  AGENT_ID,
  innerOf,
  startSimulatedRcs,
  type SimulatedRcs,
} from '../../libs/adapter-rcs-simulated/src/testing/simulated-rcs.js';
import { ClearBridge, eventually, type ClearChanges } from '../support/clear-bridge.js';
import { must, type Person, TENANT } from '../support/in-process.js';

const BOTH: ClearChanges = { draft: { networks: ['rcs', 'sms'] } };
const RCS_ONLY: ClearChanges = { draft: { networks: ['rcs'] } };
const MINUTES_S = 60;
const phoneSchema = z.object({
  bubbles: z.array(z.object({ direction: z.string(), messageId: z.string(), content: z.object({ text: z.string() }) })),
});

let rcs: SimulatedRcs;
let edge: ClearBridge;
let ada: Person;
let phones = 0;
beforeAll(async () => {
  rcs = await startSimulatedRcs();
  edge = await ClearBridge.open({ rcs: (clock) => rcs.adapter({ clock, callTimeoutMs: 2_000 }) });
}, 60_000);
afterAll(async () => {
  await edge.close();
  await rcs.close();
});
// the pretend networks have a clock of their own
beforeEach(async () => {
  edge.bridge.clock.set(Date.now());
  // each time somebody else: who writes to that many new people in a minute is stopped
  ada = await edge.bridge.person('ada');
  await edge.bridge.stores.privacy.setForAccount(ada.caller, { typing: 'everywhere', readReports: 'everywhere' });
});

/** A phone that nobody wrote to before, as a contact of Ada's. */
async function newPhone() {
  phones += 1;
  const e164 = `+1415557${String(1_000 + phones)}`;
  return { e164, to: await edge.contact(ada, e164) };
}

/** What lies on the phone, whichever network brought it, once so many came by SMS. */
async function copies(e164: string, bySms = 0): Promise<readonly string[]> {
  const { bubbles } = phoneSchema.parse(await (await fetch(`${rcs.url}/rcs/handsets/${e164}`)).json());
  const texts = bubbles.filter(({ direction }) => direction === 'received').map(({ content }) => `rcs:${content.text}`);
  return [...texts, ...(await edge.received(e164, bySms)).map((text) => `sms:${text}`)];
}

const switchPhone = (e164: string, isOnline: boolean) => rcs.post(`/handsets/${e164}/state`, { online: isOnline });
const setRcs = (e164: string, state: object) => rcs.post(`/rcs/handsets/${e164}/state`, state);
const encrypt = (e164: string) => setRcs(e164, { encryption: { agentId: AGENT_ID, isOn: true } });
const find = (message: { readonly ref: TransitId }) => edge.find(ada, message);
const trace = async (message: { readonly ref: TransitId }) => {
  const { state, reason, attempts } = await find(message);
  const tried = attempts.map(({ network, outcome }) => `${network} ${outcome}`);
  return [reason === null ? state : `${state}:${reason}`, ...tried];
};
const idOf = (ref: TransitId, attempt = 1) => {
  const adapter = rcs.adapter();
  return adapter.externalIdOf(`${ref}.${attempt}`);
};

/** Gives the edge the network's word about a message, once it came. */
async function takeWord(ref: TransitId, eventType: string): Promise<readonly string[]> {
  const request = await eventually(() =>
    rcs.webhooks.find((each) => innerOf(each)['messageId'] === idOf(ref) && innerOf(each)['eventType'] === eventType),
  );
  const received = await must(edge.context.adapters.get('rcs')).receive(request);
  return received.kind === 'events' ? edge.acceptInbound.execute('rcs', received.events) : [];
}

/** The network's word as its adapter reads it, at a moment of the test's choice. */
async function sayLate(ref: TransitId, status: 'delivered' | 'expired'): Promise<readonly string[]> {
  return edge.acceptInbound.execute('rcs', [{ kind: 'receipt', ref: undefined, externalId: idOf(ref), status }]);
}

const ownTimer = async (): Promise<void> => {
  edge.bridge.clock.advanceSeconds(5 * MINUTES_S + 11);
  await edge.look();
};

describe('a message by RCS', () => {
  it('is delivered, then read, by receipts that carry no name but its id at the network', async () => {
    const { e164, to } = await newPhone();
    const one = await edge.send(ada, to, 'hello', BOTH);
    await edge.drain(one.lane);
    expect(await trace(one)).toEqual(['sending', 'rcs accepted']);
    expect(await takeWord(one.ref, 'DELIVERED')).toEqual(['recorded']);
    expect(await trace(one)).toEqual(['delivered', 'rcs delivered']);
    expect(await edge.context.attempts.envelope(one.ref)).toBeUndefined();
    await rcs.post(`/rcs/handsets/${e164}/read`, { messageId: idOf(one.ref) });
    await takeWord(one.ref, 'READ');
    await takeWord(one.ref, 'DELIVERED');
    expect(await trace(one)).toEqual(['delivered', 'rcs displayed']);
    expect(await copies(e164)).toEqual(['rcs:hello']);
  });

  it('is not known to be read by a sender who keeps read reports off, whoever says so', async () => {
    const e164 = '+14155559801';
    const person = await edge.bridge.person('cautious');
    const own = await edge.contact(person, e164);
    const one = await edge.send(person, own, 'hello', BOTH);
    await edge.drain(one.lane);
    await takeWord(one.ref, 'DELIVERED');
    await rcs.post(`/rcs/handsets/${e164}/read`, { messageId: idOf(one.ref) });
    expect(await takeWord(one.ref, 'READ')).toEqual(['recorded']);
    const { state, attempts } = await edge.find(person, one);
    expect([state, attempts.map(({ outcome, vendorCode }) => [outcome, vendorCode])]).toEqual([
      'delivered',
      [['delivered', 'DELIVERED']],
    ]);
  });

  it('is nobody’s when its id was never ours', async () => {
    expect(
      await edge.acceptInbound.execute('rcs', [
        { kind: 'receipt', ref: undefined, externalId: 'a-stranger', status: 'delivered' },
      ]),
    ).toEqual(['not-ours']);
  });

  it.each(['accept-then-drop', 'drop', '500'])(
    'whose outcome is unknown (%s) is handed over again and shown once',
    async (mode) => {
      const { e164, to } = await newPhone();
      await rcs.fault({ mode });
      const one = await edge.send(ada, to, 'once', BOTH);
      await edge.drain(one.lane);
      expect(await trace(one)).toEqual(['sending', 'rcs unknown']);
      expect(await edge.dueMs(one.lane)).not.toBeNull();
      edge.bridge.clock.advanceSeconds(3);
      await edge.drain(one.lane);
      await takeWord(one.ref, 'DELIVERED');
      expect([await trace(one), await copies(e164)]).toEqual([['delivered', 'rcs delivered'], ['rcs:once']]);
    },
  );
});

describe('fallback', () => {
  it('goes by SMS at once where the phone has no RCS, and the sender sees both attempts', async () => {
    const { e164, to } = await newPhone();
    await setRcs(e164, { hasRcs: false });
    const one = await edge.send(ada, to, 'plain', BOTH);
    await edge.drain(one.lane);
    expect(await trace(one)).toEqual(['sent', 'rcs not-sent', 'sms accepted']);
    expect(await copies(e164, 1)).toEqual(['sms:plain']);
  });

  it('never goes to a network that the sender did not permit', async () => {
    const { e164, to } = await newPhone();
    await setRcs(e164, { hasRcs: false });
    const one = await edge.send(ada, to, 'by RCS or not at all', RCS_ONLY);
    await edge.drain(one.lane);
    expect([await trace(one), await copies(e164)]).toEqual([['failed:recipient-unreachable', 'rcs failed'], []]);
  });

  it('takes back what a silent network has before it sends, and one copy arrives', async () => {
    const { e164, to } = await newPhone();
    await switchPhone(e164, false);
    const one = await edge.send(ada, to, 'awaited', BOTH);
    await edge.drain(one.lane);
    await ownTimer();
    expect(await trace(one)).toEqual(['ready', 'rcs withdrawn']);
    await edge.drain(one.lane);
    await switchPhone(e164, true);
    expect([await trace(one), await copies(e164, 1)]).toEqual([
      ['sent', 'rcs withdrawn', 'sms accepted'],
      ['sms:awaited'],
    ]);
  });

  it('does not send by SMS what the network cannot be asked to take back, until it is known', async () => {
    const { e164, to } = await newPhone();
    await switchPhone(e164, false);
    const one = await edge.send(ada, to, 'unknown', BOTH);
    await edge.drain(one.lane);
    await rcs.fault({ mode: '500', operation: 'revoke' });
    await ownTimer();
    await edge.drain(one.lane);
    expect([await trace(one), await copies(e164)]).toEqual([['sending', 'rcs accepted'], []]);
    edge.bridge.clock.advanceSeconds(11);
    await edge.look();
    await edge.drain(one.lane);
    expect([await trace(one), await copies(e164, 1)]).toEqual([
      ['sent', 'rcs withdrawn', 'sms accepted'],
      ['sms:unknown'],
    ]);
  });

  it('sends nothing by SMS when the handset had it and only the receipt was lost', async () => {
    const { e164, to } = await newPhone();
    await rcs.fault({ mode: 'lose-callbacks', operation: 'webhook' });
    const one = await edge.send(ada, to, 'there already', BOTH);
    await edge.drain(one.lane);
    await eventually(async () => ((await copies(e164)).length > 0 ? true : undefined));
    await ownTimer();
    await edge.drain(one.lane);
    expect([await trace(one), await copies(e164)]).toEqual([['sent', 'rcs sent'], ['rcs:there already']]);
  });

  it('moves the lane as a whole, in order, and stays on SMS for an hour', async () => {
    const { e164, to } = await newPhone();
    await switchPhone(e164, false);
    const [one, two] = [await edge.send(ada, to, 'one', BOTH), await edge.send(ada, to, 'two', BOTH)];
    await edge.drain(one.lane);
    await sayLate(one.ref, 'expired');
    const three = await edge.send(ada, to, 'three', BOTH);
    await edge.drain(one.lane);
    expect(await edge.received(e164, 3)).toEqual(['one', 'two', 'three']);
    expect(await trace(two)).toEqual(['sent', 'rcs withdrawn', 'sms accepted']);
    expect(await trace(three)).toEqual(['sent', 'sms accepted']);
    await switchPhone(e164, true);
    edge.bridge.clock.advanceSeconds(61 * MINUTES_S);
    const later = await edge.send(ada, to, 'later', BOTH);
    await edge.drain(one.lane);
    expect(await trace(later)).toEqual(['sending', 'rcs accepted']);
  });

  it('records a DELIVERED that comes after it on its own attempt', async () => {
    const { e164, to } = await newPhone();
    await switchPhone(e164, false);
    const one = await edge.send(ada, to, 'late', BOTH);
    await edge.drain(one.lane);
    await ownTimer();
    await edge.drain(one.lane);
    expect(await sayLate(one.ref, 'delivered')).toEqual(['recorded']);
    expect(await trace(one)).toEqual(['delivered', 'rcs delivered', 'sms accepted']);
    expect(await copies(e164, 1)).toEqual(['sms:late']);
  });

  it('sends nothing more when that word comes before the SMS went', async () => {
    const { e164, to } = await newPhone();
    await switchPhone(e164, false);
    const one = await edge.send(ada, to, 'crossed', BOTH);
    await edge.drain(one.lane);
    await ownTimer();
    await sayLate(one.ref, 'delivered');
    await edge.drain(one.lane);
    expect([await trace(one), await copies(e164)]).toEqual([['delivered', 'rcs delivered'], []]);
  });

  it('is none in a conversation that is end-to-end encrypted, now and from then on', async () => {
    const { e164, to } = await newPhone();
    await encrypt(e164);
    await switchPhone(e164, false);
    const one = await edge.send(ada, to, 'sealed', BOTH);
    await edge.drain(one.lane);
    await ownTimer();
    await sayLate(one.ref, 'expired');
    await edge.drain(one.lane);
    expect(await trace(one)).toEqual(['failed:recipient-unreachable', 'rcs failed']);
    await setRcs(e164, { hasRcs: false });
    const two = await edge.send(ada, to, 'not in the clear', BOTH);
    const three = await edge.send(ada, to, 'not by SMS alone either');
    await edge.drain(two.lane);
    expect((await trace(two))[0]).toBe('failed:encryption-unavailable');
    expect((await trace(three))[0]).toBe('failed:encryption-unavailable');
    expect(await copies(e164)).toEqual([]);
  });

  it('is none when encryption was switched on while the message waited', async () => {
    const { e164, to } = await newPhone();
    await switchPhone(e164, false);
    const one = await edge.send(ada, to, 'accepted before', BOTH);
    await edge.drain(one.lane);
    await encrypt(e164);
    await ownTimer();
    await edge.drain(one.lane);
    expect([await trace(one), await copies(e164)]).toEqual([['failed:encryption-unavailable', 'rcs withdrawn'], []]);
  });
});

describe('STOP by RCS', () => {
  it('comes as a word and as an event, and counts once', async () => {
    const { e164 } = await newPhone();
    await rcs.post(`/rcs/handsets/${e164}/messages`, { agentId: AGENT_ID, text: 'STOP' });
    const requests = await eventually(() => {
      const of = rcs.webhooks.filter((each) => innerOf(each)['senderPhoneNumber'] === e164);
      return of.length === 2 ? of : undefined;
    });
    for (const request of requests) {
      const received = await must(edge.context.adapters.get('rcs')).receive(request);
      if (received.kind === 'events') await edge.acceptInbound.execute('rcs', received.events);
    }
    const digests = edge.bridge.keys.numberDigests('opt-out', TENANT, e164).map(({ digest }) => digest);
    const rows = await edge.bridge.stores.database.query<{ bridge: string }>(
      'SELECT bridge_number_id AS bridge FROM registry.opt_out WHERE digest = $1',
      must(digests[0]),
    );
    expect(rows.map(({ bridge }) => bridge === '*')).toEqual([false]);
  });
});
