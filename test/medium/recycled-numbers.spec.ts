import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Plaintext } from '@causeway/platform';
import { BRIDGE, ClearBridge, eventually } from '../support/clear-bridge.js';
import type { Person } from '../support/in-process.js';

const DAY_S = 86_400;

let edge: ClearBridge;
let phones = 0;
beforeAll(async () => {
  edge = await ClearBridge.open();
}, 60_000);
afterAll(async () => edge.close());
// days pass in here: keys are those of the day
beforeEach(() => edge.bridge.keys.tick());

/** A conversation whose number the carrier called unassigned just now. */
async function unassigned() {
  phones += 1;
  const person = await edge.bridge.person('ada');
  const e164 = `+1415555${String(4_000 + phones)}`;
  const to = await edge.contact(person, e164);
  const first = await edge.send(person, to, 'before');
  await edge.drain(first.lane);
  await edge.received(e164, 1);
  await edge.fault({ mode: 'number-recycled' });
  const second = await edge.send(person, to, 'nobody has this number');
  await edge.drain(second.lane);
  // the handset is empty: it is another one
  await eventually(async () =>
    (await edge.twilio.get(`/handsets/${e164}/messages`)).messages.length === 0 ? true : undefined,
  );
  edge.bridge.clock.advanceSeconds(61);
  await edge.look();
  expect(await edge.find(person, second)).toMatchObject({ state: 'failed', reason: 'recipient-unknown' });
  return { person, e164, to };
}

let texts = 0;
const textFrom = (e164: string, to: string = BRIDGE) => {
  texts += 1;
  return edge.acceptInbound.execute('sms', [
    {
      kind: 'message',
      externalId: `SM${String(texts).padStart(32, '9')}`,
      from: new Plaintext(e164),
      to,
      text: new Plaintext('who is this?'),
      media: [],
      receivedAtMs: edge.bridge.clock.nowMs(),
    },
  ]);
};
const boxesOf = async (person: Person) => (await edge.bridge.inbox(person)).filter(({ kind }) => kind === 'box').length;

describe('a number that the carrier calls unassigned', () => {
  it('is the same person when they write within the time a number rests', async () => {
    const { person, e164, to } = await unassigned();
    edge.bridge.clock.advanceSeconds(44 * DAY_S);
    expect(await textFrom(e164)).toEqual(['accepted']);
    expect(await boxesOf(person)).toBe(1);
    edge.bridge.clock.advanceSeconds(44 * DAY_S);
    expect(await textFrom(e164)).toEqual(['accepted']);
    await edge.bridge.keys.tick();
    const again = await edge.send(person, to, 'hello again');
    await edge.drain(again.lane);
    expect(await edge.received(e164, 1)).toEqual(['hello again']);
  });

  it('is a stranger after it: their words are shown to nobody, and nothing meant for somebody else is sent to them', async () => {
    const { person, e164, to } = await unassigned();
    edge.bridge.clock.advanceSeconds(46 * DAY_S);
    await edge.bridge.keys.tick();
    const calls = await edge.calls();
    const late = await edge.send(person, to, 'an old secret');
    await edge.drain(late.lane);
    expect(await edge.find(person, late)).toMatchObject({ state: 'failed', reason: 'recipient-unknown' });
    expect(await textFrom(e164)).toEqual(['number-recycled']);
    expect([await edge.calls(), await boxesOf(person)]).toEqual([calls, 0]);
  });

  it('can be added anew, as another conversation with whoever has it', async () => {
    const { person, e164, to } = await unassigned();
    edge.bridge.clock.advanceSeconds(46 * DAY_S);
    expect(await textFrom(e164)).toEqual(['number-recycled']);
    await edge.bridge.keys.tick();
    const anew = await edge.contact(person, e164);
    expect(anew.contact).not.toBe(to.contact);
    expect(anew.conversation).not.toBe(to.conversation);
    expect(await textFrom(e164)).toEqual(['accepted']);
    const sent = await edge.send(person, anew, 'hello, stranger');
    await edge.drain(sent.lane);
    expect(await edge.received(e164, 1)).toEqual(['hello, stranger']);
  });
});

describe('two bridges', () => {
  it('never begin to write to each other', async () => {
    const person = await edge.bridge.person('eve');
    await expect(edge.contact(person, BRIDGE)).rejects.toThrow('invalid-address');
    // one that was made before the number was ours
    const e164 = '+14155554999';
    await edge.contact(person, e164);
    const bridges = new Map([...edge.context.bridgeNumbers, ['b_another', e164]]);
    Reflect.set(edge.context, 'bridgeNumbers', bridges);
    expect(await textFrom(e164)).toEqual(['loop']);
    expect(await boxesOf(person)).toBe(0);
  });
});
