import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RawRequest } from '@causeway/network-adapter';
import { BRIDGE, ClearBridge, eventually } from '../support/clear-bridge.js';
import { must } from '../support/in-process.js';
import { SeededRandom } from '../support/seeded-random.js';

const REPLAYS = 100;
const E164 = '+14155557001';
const random = new SeededRandom();
let edge: ClearBridge;
beforeAll(async () => {
  edge = await ClearBridge.open();
}, 60_000);
afterAll(async () => edge.close());

/** What the edge does with a webhook between its door and the answer. */
async function take(request: RawRequest): Promise<void> {
  const sms = must(edge.context.adapters.get('sms'));
  const received = await sms.receive(request);
  if (received.kind === 'rejected') throw new Error(received.reason);
  await edge.acceptInbound.execute('sms', received.events);
}

describe(`webhooks replayed 100 times, shuffled (CAUSEWAY_TEST_SEED=${random.seed}) and at once`, () => {
  it('make one message, one consent and one final state', async () => {
    edge.bridge.clock.set(Date.now());
    const ada = await edge.bridge.person('ada');
    const to = await edge.contact(ada, E164);
    const sent = await edge.send(ada, to, 'Hello');
    await edge.drain(sent.lane);
    await edge.twilio.post(`/handsets/${E164}/messages`, { to: BRIDGE, body: 'Hi yourself' });
    await edge.twilio.post(`/handsets/${E164}/messages`, { to: BRIDGE, body: 'STOP' });
    const recorded = await eventually(() => {
      const bodies = edge.twilio.webhooks.map(({ body }) => Buffer.from(body).toString('utf8'));
      const hasAll = ['MessageStatus=sent', 'MessageStatus=delivered', 'Body=Hi', 'Body=STOP'].every((part) =>
        bodies.some((body) => body.includes(part)),
      );
      return hasAll ? [...edge.twilio.webhooks] : undefined;
    });
    const all = random.shuffle(recorded.flatMap((request) => Array.from({ length: REPLAYS }, () => request)));
    expect(all).toHaveLength(recorded.length * REPLAYS);
    await Promise.all(all.map(take));

    const { state, attempts } = await edge.find(ada, sent);
    expect([state, attempts.map(({ outcome }) => outcome)]).toEqual(['delivered', ['delivered']]);
    expect((await edge.bridge.inbox(ada)).filter(({ kind }) => kind === 'box')).toHaveLength(1);
    // each state is told once, however often the carrier says it
    const told = (await edge.bridge.told(ada)).map((event) => event['state']);
    expect(told).toEqual([{ kind: 'sent' }, { kind: 'delivered' }]);
    expect(must(await edge.context.contacts.sealed(ada.caller.tenant, to.contact)).isOptedOut).toBe(true);
    const rows = await edge.bridge.stores.database.query<{ bridge: string }>(
      'SELECT bridge_number_id AS bridge FROM registry.opt_out',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.bridge).not.toBe('*');
  });
});
