import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TransitId } from '@causeway/message-model';
import { z } from 'zod';
import {
  AGENT_ID,
  startSimulatedRcs,
  type SimulatedRcs,
} from '../../libs/adapter-rcs-simulated/src/testing/simulated-rcs.js';
import { ClearBridge, eventually } from '../support/clear-bridge.js';
import { must, TENANT, type Person } from '../support/in-process.js';

const BOTH = { draft: { networks: ['rcs', 'sms'] } } as const;
const FALLBACK_AFTER_MS = 300_000;
const phoneSchema = z.object({ bubbles: z.array(z.object({ expiresAtMs: z.number() })) });

let edge: ClearBridge;
let rcs: SimulatedRcs;
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
  ada = await edge.bridge.person('ada');
});

async function newPhone() {
  phones += 1;
  const e164 = `+1415558${String(1_000 + 37 * phones)}`;
  return { e164, to: await edge.contact(ada, e164) };
}
const switchPhone = (e164: string, isOnline: boolean) => rcs.post(`/handsets/${e164}/state`, { online: isOnline });
const encrypt = (e164: string, isOn: boolean) =>
  rcs.post(`/rcs/handsets/${e164}/state`, { encryption: { agentId: AGENT_ID, isOn } });
const trace = async (message: { readonly ref: TransitId }) => {
  const { state, reason, attempts } = await edge.find(ada, message);
  const tried = attempts.map(({ network, outcome }) => `${network} ${outcome}`);
  return [reason === null ? state : `${state}:${reason}`, ...tried];
};
/** The network says that it gave a message up. */
const expireFirst = ({ ref }: { readonly ref: TransitId }) =>
  edge.acceptInbound.execute('rcs', [
    { kind: 'receipt', ref: undefined, externalId: rcs.adapter().externalIdOf(`${ref}.1`), status: 'expired' },
  ]);
/** How long the network was told to try, milliseconds from now. */
async function givenMs(e164: string): Promise<number> {
  const bubble = await eventually(async () =>
    phoneSchema.parse(await (await fetch(`${rcs.url}/rcs/handsets/${e164}`)).json()).bubbles.at(-1),
  );
  return bubble.expiresAtMs - edge.bridge.clock.nowMs();
}
async function smsTo(e164: string): Promise<number> {
  return (await edge.twilio.get(`/handsets/${e164}/messages`)).messages.length;
}

describe('a message that RCS has and SMS may follow', () => {
  it('gives RCS the time until the fallback, and all the time there is where it is encrypted', async () => {
    const plain = await newPhone();
    const one = await edge.send(ada, plain.to, 'in the clear', BOTH);
    await edge.drain(one.lane);
    expect(await givenMs(plain.e164)).toBeLessThanOrEqual(FALLBACK_AFTER_MS);
    const sealed = await newPhone();
    await encrypt(sealed.e164, true);
    const two = await edge.send(ada, sealed.to, 'encrypted', BOTH);
    await edge.drain(two.lane);
    expect(await givenMs(sealed.e164)).toBeGreaterThan(10 * FALLBACK_AFTER_MS);
  });

  it('expires at its deadline, and its lane leaves nothing', async () => {
    const { e164, to } = await newPhone();
    await switchPhone(e164, false);
    const one = await edge.send(ada, to, 'for today only', BOTH);
    await edge.drain(one.lane);
    edge.bridge.clock.advanceSeconds(3_601);
    expect(await expireFirst(one)).toEqual(['recorded']);
    expect(await trace(one)).toEqual(['expired', 'rcs withdrawn']);
    expect(await edge.context.laneStore.head(one.lane, 1)).toMatchObject({ fellBackFrom: null });
    expect(await smsTo(e164)).toBe(0);
  });

  it('stays where it is once the conversation was encrypted, whatever the network says by then', async () => {
    const { e164, to } = await newPhone();
    await switchPhone(e164, false);
    const one = await edge.send(ada, to, 'from before', BOTH);
    await edge.drain(one.lane);
    await edge.context.standings.markEncrypted(TENANT, to.contact, 'rcs');
    expect(await expireFirst(one)).toEqual(['recorded']);
    await edge.drain(one.lane);
    expect(await trace(one)).toEqual(['failed:encryption-unavailable', 'rcs withdrawn']);
    expect(await smsTo(e164)).toBe(0);
  });
});

describe('the mark of an encrypted conversation', () => {
  it('stays when the phone lost encryption, goes by its owner’s word, and comes back where it is still true', async () => {
    const { e164, to } = await newPhone();
    await encrypt(e164, true);
    const one = await edge.send(ada, to, 'encrypted', BOTH);
    await edge.drain(one.lane);
    await encrypt(e164, false);
    const two = await edge.send(ada, to, 'not in the clear', BOTH);
    await edge.drain(two.lane);
    expect((await trace(two))[0]).toBe('failed:encryption-unavailable');
    await edge.context.standings.clearEncrypted(TENANT, to.contact);
    // what the network said of the phone is remembered for a while, here for seconds
    edge.bridge.clock.advanceSeconds(3_600);
    const three = await edge.send(ada, to, 'in the clear by my own word', BOTH);
    await edge.drain(three.lane);
    expect((await trace(three))[0]).toBe('sending');
    await encrypt(e164, true);
    await edge.context.standings.clearEncrypted(TENANT, to.contact);
    edge.bridge.clock.advanceSeconds(3_600);
    const four = await edge.send(ada, to, 'encrypted again', BOTH);
    await edge.drain(four.lane);
    expect(must(await edge.context.contacts.sealed(TENANT, to.contact)).encryptedNetwork).toBe('rcs');
  });
});
