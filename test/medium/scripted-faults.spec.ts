import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TransitId } from '@causeway/message-model';
import type { RawRequest } from '@causeway/network-adapter';
import { z } from 'zod';
import { startSimulatedRcs, type SimulatedRcs } from '../../libs/adapter-rcs-simulated/src/testing/simulated-rcs.js';
import { ClearBridge, type ClearChanges } from '../support/clear-bridge.js';
import { must, type Person } from '../support/in-process.js';

const LONG = 'in two parts '.repeat(15).trimEnd();
const ROUNDS = 40;
const ROUND_SECONDS = 60;
const FINAL = new Set(['delivered', 'failed', 'expired', 'unconfirmed']);
const RCS_ONLY: ClearChanges = { draft: { networks: ['rcs'] } };
const phoneSchema = z.object({
  bubbles: z.array(z.object({ direction: z.string(), content: z.object({ text: z.string() }) })),
});

let rcs: SimulatedRcs;
let edge: ClearBridge;
let ada: Person;
let phones = 0;
beforeAll(async () => {
  rcs = await startSimulatedRcs();
  edge = await ClearBridge.open({ rcs: (clock) => rcs.adapter({ clock }) });
}, 60_000);
afterAll(async () => {
  await edge.close();
  await rcs.close();
});
// the pretend networks have a clock of their own
beforeEach(async () => {
  edge.bridge.clock.set(Date.now());
  // what the one before had no use for
  for (const { url } of [edge.twilio, rcs]) await fetch(`${url}/faults`, { method: 'DELETE' });
  ada = await edge.bridge.person('ada');
});

interface Scripted {
  readonly mode: string;
  readonly operation?: string;
  readonly count?: number;
  readonly delayMs?: number;
}

/** What the network brings goes in at the edge's door, once each, in the order in which it came. */
async function takeWebhooks(network: 'sms' | 'rcs', webhooks: RawRequest[]): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const request of webhooks.splice(0)) {
    const received = await must(edge.context.adapters.get(network)).receive(request);
    if (received.kind === 'rejected') refused.push(received.reason);
    else await edge.acceptInbound.execute(network, received.events);
  }
  return refused;
}

/** Sends a message into the faults and lets time pass until it has an end. */
async function carry(
  network: 'sms' | 'rcs',
  text: string,
  { e164, hears = 'webhooks' }: { readonly e164: string; readonly hears?: 'webhooks' | 'nothing' },
) {
  const webhooks = network === 'sms' ? edge.twilio.webhooks : rcs.webhooks;
  webhooks.splice(0);
  const to = await edge.contact(ada, e164);
  const sent = await edge.send(ada, to, text, network === 'sms' ? {} : RCS_ONLY);
  await edge.drain(sent.lane);
  const refused: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    if (hears === 'webhooks') refused.push(...(await takeWebhooks(network, webhooks)));
    if (FINAL.has((await edge.find(ada, sent)).state)) break;
    edge.bridge.clock.advanceSeconds(ROUND_SECONDS);
    await edge.drain(sent.lane);
    await edge.look();
  }
  return { ...(await traced(sent)), refused };
}

async function traced(sent: { readonly ref: TransitId }) {
  const { state, reason, attempts } = await edge.find(ada, sent);
  return { end: reason === null ? state : `${state}:${reason}`, tried: attempts.map(({ outcome }) => outcome) };
}

function newPhone(): string {
  phones += 1;
  return `+1415559${String(1_000 + 37 * phones)}`;
}

async function shownByRcs(e164: string): Promise<readonly string[]> {
  const { bubbles } = phoneSchema.parse(await (await fetch(`${rcs.url}/rcs/handsets/${e164}`)).json());
  return bubbles.filter(({ direction }) => direction === 'received').map(({ content }) => content.text);
}

const SILENT = { mode: 'lose-callbacks', count: 1 };
const SMS_FAULTS: readonly (readonly [what: string, faults: readonly Scripted[], end: string, copies: number])[] = [
  ['answers late', [{ mode: 'slow', delayMs: 700 }], 'delivered', 1],
  ['asks to wait', [{ mode: '429' }], 'delivered', 1],
  ['fails before it took it', [{ mode: '500' }], 'unconfirmed', 0],
  ['drops the connection after it took it', [{ mode: 'accept-then-drop' }], 'delivered', 1],
  ['says everything twice', [{ mode: 'double-callbacks' }], 'delivered', 1],
  ['says the end first', [{ mode: 'reorder-callbacks' }], 'delivered', 1],
  ['says it late', [{ mode: 'late-callbacks', delayMs: 150 }], 'delivered', 1],
  ['says nothing', [SILENT], 'delivered', 1],
  ['signs with another token', [{ mode: 'wrong-signature' }], 'delivered', 1],
  ['brings the last part late', [{ mode: 'late-part', delayMs: 150 }], 'delivered', 1],
  ['loses a part', [{ mode: 'lost-part', delayMs: 50 }], 'failed:unknown', 0],
  ['finds the number with nobody', [{ mode: 'number-recycled' }], 'failed:recipient-unknown', 0],
];

describe('a message by SMS, when the carrier', () => {
  it.each(SMS_FAULTS)(
    '%s, has one end and is on the phone at most once',
    async (what, faults, end, copies) => {
      const e164 = newPhone();
      for (const fault of faults) await edge.twilio.post('/faults', { network: 'sms', ...fault });
      const text = `${LONG}, ${what}`;
      const carried = await carry('sms', text, { e164 });
      expect([what, carried.end]).toEqual([what, end]);
      expect(await edge.received(e164, copies)).toEqual(Array.from({ length: copies }, () => text));
      const isForged = faults.some(({ mode }) => mode === 'wrong-signature');
      expect(new Set(carried.refused)).toEqual(new Set(isForged ? ['bad-signature'] : []));
    },
    30_000,
  );

  it('took it without an answer, loses its callbacks and hides it from its list for a while, is found and not sent again', async () => {
    const e164 = newPhone();
    await edge.fault({ mode: 'accept-then-drop' });
    await edge.fault({ mode: 'lag', count: 3, delayMs: 120_000 });
    const carried = await carry('sms', 'found late', { e164, hears: 'nothing' });
    expect(carried).toMatchObject({ end: 'delivered', tried: ['delivered'] });
    expect(await edge.received(e164, 1)).toEqual(['found late']);
    const { faults } = z
      .object({ faults: z.array(z.unknown()) })
      .parse(await (await fetch(`${edge.twilio.url}/faults`)).json());
    expect(faults).toEqual([]);
  }, 30_000);

  it('signs what a person wrote with another token, brings it by the sweep', async () => {
    const e164 = newPhone();
    await edge.contact(ada, e164);
    edge.twilio.webhooks.splice(0);
    await edge.twilio.post('/faults', { network: 'sms', mode: 'wrong-signature', operation: 'inbound' });
    await edge.twilio.post(`/handsets/${e164}/messages`, { to: '+14155550100', body: 'was it me?' });
    const refused: string[] = [];
    for (let round = 0; round < ROUNDS && refused.length === 0; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      refused.push(...(await takeWebhooks('sms', edge.twilio.webhooks)));
    }
    expect(refused).toEqual(['bad-signature']);
    const boxes = async () => (await edge.bridge.inbox(ada)).filter(({ kind }) => kind === 'box').length;
    expect(await boxes()).toBe(0);
    await edge.sweepInbound.execute();
    expect(await boxes()).toBe(1);
  });
});

const RCS_FAULTS: readonly (readonly [what: string, faults: readonly Scripted[], end: string, copies: number])[] = [
  ['answers late', [{ mode: 'slow', delayMs: 700 }], 'delivered', 1],
  ['asks to wait', [{ mode: '429' }], 'delivered', 1],
  ['fails before it took it', [{ mode: '500' }], 'delivered', 1],
  ['drops the connection after it took it', [{ mode: 'accept-then-drop' }], 'delivered', 1],
  ['says everything twice', [{ mode: 'double-callbacks' }], 'delivered', 1],
  ['says it late', [{ mode: 'late-callbacks', delayMs: 150 }], 'delivered', 1],
  ['says nothing', [SILENT], 'delivered', 1],
  ['signs with another token', [{ mode: 'wrong-signature' }], 'delivered', 1],
  [
    'answers where it stands with where it stood',
    [SILENT, { mode: 'lag', count: 1, delayMs: 120_000 }],
    'delivered',
    1,
  ],
  ['finds the number with somebody else', [{ mode: 'number-recycled' }], 'failed:recipient-unreachable', 0],
];

describe('a message by RCS, when the network', () => {
  it.each(RCS_FAULTS)(
    '%s, has one end and is on the phone at most once',
    async (what, faults, end, copies) => {
      const e164 = newPhone();
      for (const fault of faults) await rcs.fault(fault);
      const carried = await carry('rcs', what, { e164 });
      expect([what, carried.end]).toEqual([what, end]);
      expect(await shownByRcs(e164)).toEqual(Array.from({ length: copies }, () => what));
      const isForged = faults.some(({ mode }) => mode === 'wrong-signature');
      expect(new Set(carried.refused)).toEqual(new Set(isForged ? ['bad-signature'] : []));
    },
    30_000,
  );

  it('says that it was read before it says that it arrived, ends read', async () => {
    const e164 = newPhone();
    await edge.bridge.stores.privacy.setForAccount(ada.caller, { typing: 'everywhere', readReports: 'everywhere' });
    await rcs.fault({ mode: 'reorder-callbacks' });
    const to = await edge.contact(ada, e164);
    const sent = await edge.send(ada, to, 'turned round', RCS_ONLY);
    await edge.drain(sent.lane);
    const messageId = rcs.adapter().externalIdOf(`${sent.ref}.1`);
    for (let round = 0; round < ROUNDS && (await traced(sent)).tried[0] !== 'displayed'; round += 1) {
      await rcs.post(`/rcs/handsets/${e164}/read`, { messageId });
      await new Promise((resolve) => setTimeout(resolve, 25));
      await takeWebhooks('rcs', rcs.webhooks);
    }
    expect(await traced(sent)).toEqual({ end: 'delivered', tried: ['displayed'] });
  });
});

describe('a network that reports each part of a long message', () => {
  const ref = async (): Promise<{ readonly ref: TransitId }> => {
    const to = await edge.contact(ada, newPhone());
    await edge.twilio.post('/faults', { network: 'sms', mode: 'lose-callbacks' });
    const sent = await edge.send(ada, to, LONG);
    await edge.drain(sent.lane);
    return sent;
  };
  /** As an adapter of such a network would read it. */
  const say = async (
    sent: { readonly ref: TransitId },
    status: 'delivered' | 'failed',
    [number, count]: readonly [number, number],
    externalId = `SM${sent.ref}`,
  ) => {
    const [row] = await edge.context.attempts.of(sent.ref);
    const named = { ref: `${sent.ref}.${must(row).attempt}`, externalId };
    return edge.acceptInbound.execute('sms', [{ kind: 'receipt', ...named, status, part: { number, count } }]);
  };

  it('has delivered it once every part is there, in whatever order and however often each is reported', async () => {
    const sent = await ref();
    for (const number of [3, 1, 3, 1]) await say(sent, 'delivered', [number, 3]);
    expect(await traced(sent)).toMatchObject({ end: 'sent' });
    await say(sent, 'delivered', [2, 3]);
    expect(await traced(sent)).toEqual({ end: 'delivered', tried: ['delivered'] });
  });

  it('has delivered it once when all parts are reported at the same moment', async () => {
    const sent = await ref();
    await Promise.all([1, 2, 3, 4, 5].map((number) => say(sent, 'delivered', [number, 5])));
    expect(await traced(sent)).toEqual({ end: 'delivered', tried: ['delivered'] });
    expect(
      (await edge.bridge.told(ada)).filter(({ state }) => JSON.stringify(state).includes('delivered')),
    ).toHaveLength(1);
  });

  it('has failed with the first part that did', async () => {
    const sent = await ref();
    await say(sent, 'delivered', [1, 2]);
    await say(sent, 'failed', [2, 2]);
    await say(sent, 'delivered', [2, 2]);
    expect(await traced(sent)).toEqual({ end: 'failed:unknown', tried: ['failed'] });
  });

  it.each([
    [0, 2],
    [3, 2],
    [1.5, 2],
    [1, 256],
    [Number.NaN, 2],
  ])('has said nothing with part %d of %d', async (number, count) => {
    const sent = await ref();
    await say(sent, 'delivered', [1, 2]);
    await say(sent, 'delivered', [number, count]);
    expect(await traced(sent)).toMatchObject({ end: 'sent' });
  });

  it('is not heard about parts of a message that is another one’s', async () => {
    const [mine, other] = [await ref(), await ref()];
    await say(mine, 'delivered', [1, 2], 'SM-of-mine');
    expect(await say(other, 'delivered', [1, 1], 'SM-of-mine')).toEqual(['not-ours']);
    expect(await traced(other)).toMatchObject({ end: 'sent' });
  });
});
