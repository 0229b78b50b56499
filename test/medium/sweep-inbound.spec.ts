import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  AcceptInbound,
  FallBack,
  FindVerifiedDevices,
  RecordOutcome,
  RecordReceipt,
  SweepInbound,
} from '@causeway/message-flow/edge';
import { PurgeBrake } from '@causeway/retention';
import { canListReceived, type InboundEvent } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import { BRIDGE, ClearBridge, eventually } from '../support/clear-bridge.js';
import { must, TENANT } from '../support/in-process.js';
import { Incoming } from '../support/incoming.js';

let edge: ClearBridge;
let incoming: Incoming;
beforeAll(async () => {
  edge = await ClearBridge.open();
  incoming = new Incoming(edge);
}, 60_000);
afterAll(async () => edge.close());

describe('SweepInbound', () => {
  it('brings what came while no webhook was taken, consent words too, once', async () => {
    const { person, e164, to } = await incoming.writingTo();
    edge.bridge.clock.set(Date.now());
    for (const body of ['lost on the way', 'STOP'])
      await edge.twilio.post(`/handsets/${e164}/messages`, { to: BRIDGE, body });
    await eventually(async () => {
      await edge.sweepInbound.execute();
      return (await incoming.isOptedOut(to)) ? true : undefined;
    });
    await edge.sweepInbound.execute();
    expect(await incoming.boxesOf(person)).toHaveLength(1);
  });

  it('lets one message that cannot be taken keep no other back', async () => {
    const { person, e164 } = await incoming.writingTo();
    const messages = [
      { ...incoming.textFrom(e164, 'poison'), from: new Plaintext('not a number') },
      incoming.textFrom(e164, 'the one after it'),
    ];
    const sms = must(edge.context.adapters.get('sms'));
    if (!canListReceived(sms)) throw new Error('the adapter lists nothing');
    const listing = jest.spyOn(sms, 'listReceived').mockResolvedValue({ kind: 'messages', messages });
    const failing = {
      execute: async (network: string, events: readonly InboundEvent[]) => {
        if (events.some((event) => event.kind === 'message' && event.text.reveal() === 'poison'))
          throw new Error('poison');
        return edge.acceptInbound.execute(network, events);
      },
    };
    await new SweepInbound(edge.context, failing).execute();
    listing.mockRestore();
    expect(await incoming.boxesOf(person)).toHaveLength(1);
  });
});

describe('what waits for a device', () => {
  it('waits as long as the person and the conversation want it, and no longer', async () => {
    const { person, e164, to } = await incoming.writingTo();
    const waits = async () => {
      const [row] = await incoming.boxesOf(person);
      const rows = await edge.bridge.stores.database.query<{ expiresAt: Date }>(
        'SELECT expires_at AS "expiresAt" FROM transit.inbox WHERE id = $1',
        must(row).id,
      );
      return (must(rows[0]).expiresAt.getTime() - edge.bridge.clock.nowMs()) / 1000;
    };
    const { book } = edge.bridge.retention;
    await edge.acceptInbound.execute('sms', [incoming.textFrom(e164, 'for a week')]);
    expect(await waits()).toBe(7 * 86_400);
    await edge.bridge.acknowledge.execute(person.caller, [must((await incoming.boxesOf(person))[0]).id]);
    await book.ask(
      { ...person.caller, conversation: to.conversation },
      { class: 'undelivered-envelope', keepSeconds: 60 },
    );
    await edge.acceptInbound.execute('sms', [incoming.textFrom(e164, 'for a minute')]);
    expect(await waits()).toBe(60);
    await book.ask(
      { ...person.caller, conversation: to.conversation },
      { class: 'undelivered-envelope', keepSeconds: null },
    );
  });
});

describe('while the purge is more than an hour behind', () => {
  const HOUR_MS = 3_600_000;
  /** Looks at the database anew, as a process does every few seconds. */
  function looking() {
    const { stores, clock, retention } = edge.bridge;
    const brake = new PurgeBrake(stores.partitions, clock);
    const context = { ...edge.context, retention: { book: retention.book, brake } };
    const outcome = new RecordOutcome(context);
    const receipt = new RecordReceipt(context, outcome, new FallBack(context, outcome));
    const accept = new AcceptInbound(context, new FindVerifiedDevices(context), receipt, outcome, TENANT);
    return { accept, sweep: new SweepInbound(context, accept) };
  }
  async function fallBehind() {
    const { stores, clock } = edge.bridge;
    const hour = Math.floor(clock.nowMs() / HOUR_MS);
    const caughtUp = async () => void (await stores.partitions.dropPast(hour - 1, clock.now()));
    await caughtUp();
    await stores.partitions.ensure('i', hour - 3);
    return caughtUp;
  }

  it('stores no words, hears STOP all the same, and the sweep brings the words once it has caught up', async () => {
    const { person, e164, to } = await incoming.writingTo();
    edge.bridge.clock.set(Date.now());
    const caughtUp = await fallBehind();
    await edge.twilio.post(`/handsets/${e164}/messages`, { to: BRIDGE, body: 'too early' });
    const refused = looking();
    expect(await refused.accept.execute('sms', [incoming.textFrom(e164, 'too early too')])).toEqual(['purge-behind']);
    expect(
      await refused.accept.execute('sms', incoming.wordFrom(e164, 'STOP', { kind: 'opt-out', scope: 'pair' })),
    ).toEqual(['consent-changed']);
    expect(await incoming.isOptedOut(to)).toBe(true);
    await refused.sweep.execute();
    expect(await incoming.boxesOf(person)).toEqual([]);
    await caughtUp();
    await eventually(async () => {
      await looking().sweep.execute();
      return (await incoming.boxesOf(person)).length === 1 ? true : undefined;
    });
  });
});
