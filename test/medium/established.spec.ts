import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CausewayError } from '@causeway/message-model';
import { ClearBridge } from '../support/clear-bridge.js';
import type { Person } from '../support/in-process.js';
import { Incoming } from '../support/incoming.js';
import { befriended, headerTo, messageTo } from '../support/native-message.js';

let edge: ClearBridge;
let incoming: Incoming;
beforeAll(async () => {
  edge = await ClearBridge.open();
  incoming = new Incoming(edge);
}, 60_000);
afterAll(async () => edge.close());

/** What the guard is told of how many talk with them. */
const counted = async (...people: readonly Person[]) => {
  const facts = await edge.bridge.stores.senderFacts.read(
    people.map(({ caller }) => caller),
    0,
  );
  return facts.map(({ establishedContacts }) => establishedContacts);
};

/** A telephone that was written to and answered. */
async function talksWithTelephone(person: Person, e164: string): Promise<void> {
  const to = await edge.contact(person, e164);
  await edge.send(person, to, 'hello');
  await edge.acceptInbound.execute('sms', [incoming.textFrom(e164, 'hello yourself')]);
}

describe('conversations in which both wrote', () => {
  it('are counted once both did, on every network, for many people in one question', async () => {
    const { bridge } = edge;
    const { ada, bob, conversation } = await befriended(bridge);
    expect(await counted(ada, bob)).toEqual([0, 0]);
    await bridge.send.execute(ada.caller, messageTo(bridge, { conversation, recipient: bob }));
    expect(await counted(ada, bob)).toEqual([0, 0]);
    await bridge.send.execute(bob.caller, messageTo(bridge, { conversation, recipient: ada }));
    expect(await counted(ada, bob)).toEqual([1, 1]);
    const to = await edge.contact(ada, '+14155551901');
    await edge.send(ada, to, 'hello');
    expect(await counted(bob, ada)).toEqual([1, 1]);
    await edge.acceptInbound.execute('sms', [incoming.textFrom('+14155551901', 'hello yourself')]);
    expect(await counted(bob, ada)).toEqual([1, 2]);
  });

  it('speak for whoever has five of them: what blocks a stranger holds them', async () => {
    const [known, stranger] = [await edge.bridge.person('known'), await edge.bridge.person('stranger')];
    for (let phone = 0; phone < 5; phone += 1)
      await talksWithTelephone(known, `+1415555${String(2_000 + 111 * phone)}`);
    // tomorrow, so that the five count among the new people of neither day
    edge.bridge.clock.advanceSeconds(2 * 86_400);
    await edge.bridge.keys.tick();
    const [ofKnown, ofStranger] = [await pressedOn(known), await pressedOn(stranger)];
    expect(ofStranger).toContain('You cannot write to new people for a day.');
    expect(ofKnown).toContain('Messages to people you have not talked with wait for now.');
  });
});

/** Twenty new people within ten minutes, refused or not; answers with what is said of the last. */
async function pressedOn(person: Person): Promise<string> {
  let said = '';
  for (let number = 0; number < 20; number += 1) {
    const request = headerTo(edge.bridge, `mimi://causeway.local/u/nobody-${person.caller.account}-${number}`);
    try {
      await edge.bridge.send.execute(person.caller, request);
    } catch (thrown) {
      if (!(thrown instanceof CausewayError)) throw thrown;
      said = thrown.details.detail ?? '';
    }
    // unevenly, as people write
    edge.bridge.clock.advanceSeconds(number % 3 === 0 ? 30 : 4);
  }
  return said;
}
