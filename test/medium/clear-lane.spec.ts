import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TransitId } from '@causeway/message-model';
import { ClearBridge, eventually } from '../support/clear-bridge.js';
import { must, type Person, TENANT } from '../support/in-process.js';

const MINUTE_S = 60;
const HOUR_S = 3_600;

let edge: ClearBridge;
let ada: Person;
let phones = 0;
beforeAll(async () => {
  edge = await ClearBridge.open();
}, 60_000);
afterAll(async () => edge.close());
// the pretend carrier has a clock of its own, and looks for a message by the time of its attempt
beforeEach(async () => {
  edge.bridge.clock.set(Date.now());
  // each time somebody else: who writes to that many new people in a minute is stopped
  ada = await edge.bridge.person('ada');
});

/** A phone that nobody wrote to before, as a contact of Ada's. */
async function newPhone() {
  phones += 1;
  const e164 = `+1415555${String(1_000 + phones)}`;
  return { e164, to: await edge.contact(ada, e164) };
}

const stateOf = async (message: { readonly ref: TransitId }) => {
  const { state, reason } = await edge.find(ada, message);
  return reason === null ? state : `${state}:${reason}`;
};

/** Gives the edge every webhook that came so far about one message. */
async function takeReceipts(ref: TransitId): Promise<void> {
  const adapter = must(edge.context.adapters.get('sms'));
  await eventually(() =>
    edge.twilio.webhooks.find(({ url, body }) => url.includes(ref) && Buffer.from(body).includes('=delivered')),
  );
  for (const request of edge.twilio.webhooks.filter(({ url }) => url.includes(ref))) {
    const received = await adapter.receive(request);
    if (received.kind === 'events') await edge.acceptInbound.execute('sms', received.events);
  }
}

let claims = 0;

/** What an attempt is begun with, by another drain than the one that is tested. */
function claimOfAnother() {
  const { clock } = edge.bridge;
  const name = `of-another-${(claims += 1)}`;
  return {
    network: 'sms',
    isSimulated: true,
    bridgeNumberId: must([...edge.context.bridgeNumbers.keys()][0]),
    statement: { tenant: TENANT, id: name, use: name },
    startedAt: clock.now(),
    callBefore: new Date(clock.nowMs() + 10_000),
  };
}

describe('DispatchClearLane', () => {
  it('sends in order, forgets the words when the carrier has them, and is delivered by the receipt', async () => {
    const { e164, to } = await newPhone();
    const [one, two] = [await edge.send(ada, to, 'one'), await edge.send(ada, to, 'two')];
    await edge.drain(one.lane);
    expect(await edge.received(e164, 2)).toEqual(['one', 'two']);
    expect(await stateOf(two)).toBe('sent');
    expect(await edge.context.attempts.envelope(one.ref)).toBeUndefined();
    await edge.drain(one.lane);
    await takeReceipts(one.ref);
    await takeReceipts(one.ref);
    expect(await edge.find(ada, one)).toMatchObject({
      state: 'delivered',
      attempts: [{ outcome: 'delivered', segments: 1 }],
    });
    expect(await edge.dueMs(one.lane)).toBeNull();
  });

  it('waits as long as the carrier asks, whoever wakes the lane, and keeps order meanwhile', async () => {
    const { e164, to } = await newPhone();
    await edge.fault({ mode: '429' });
    const one = await edge.send(ada, to, 'one');
    const before = await edge.calls();
    await edge.drain(one.lane);
    expect(await stateOf(one)).toBe('ready');
    const dueMs = must(await edge.dueMs(one.lane));
    expect(dueMs).toBeGreaterThan(edge.bridge.clock.nowMs());
    await edge.send(ada, to, 'two');
    for (let n = 0; n < 3; n += 1) await edge.drain(one.lane);
    expect(await edge.calls()).toBe(before + 1);
    edge.bridge.clock.set(dueMs);
    await edge.drain(one.lane);
    expect(await edge.received(e164, 2)).toEqual(['one', 'two']);
  });

  it('ends as expired, without a call, what may be tried again only after its deadline', async () => {
    const { to } = await newPhone();
    await edge.fault({ mode: '429' });
    const one = await edge.send(ada, to, 'too late');
    await edge.drain(one.lane);
    const calls = await edge.calls();
    edge.bridge.clock.advanceSeconds(HOUR_S + 1);
    await edge.drain(one.lane);
    expect([await stateOf(one), await edge.calls()]).toEqual(['expired', calls]);
    expect(await edge.dueMs(one.lane)).toBeNull();
  });

  it('steps aside after two minutes without word, visibly, and rests until word comes', async () => {
    const { e164, to } = await newPhone();
    await edge.fault({ mode: '500' });
    const [one, two] = [await edge.send(ada, to, 'one'), await edge.send(ada, to, 'two')];
    await edge.drain(one.lane);
    edge.bridge.clock.advanceSeconds(119);
    await edge.drain(one.lane);
    expect(await edge.received(e164, 0)).toEqual([]);
    expect(await edge.dueMs(one.lane)).toBe(edge.bridge.clock.nowMs() + 1_000);
    edge.bridge.clock.advanceSeconds(1);
    await edge.drain(one.lane);
    expect(await edge.received(e164, 1)).toEqual(['two']);
    expect(await edge.find(ada, one)).toMatchObject({ state: 'sending', isDelayed: true });
    expect(await edge.find(ada, two)).toMatchObject({ state: 'sent', isDelayed: false });
    expect(await edge.dueMs(one.lane)).toBeNull();
  });

  it('counts the two minutes from the first try: a message that was approved late is not overtaken at once', async () => {
    const { e164, to } = await newPhone();
    const request = edge.request(ada, to, 'approved late');
    const header = { ...request, body: { leg: 'none', reason: 'downgrade' } } as const;
    await edge.bridge.send.execute(ada.caller, header);
    edge.bridge.clock.advanceSeconds(10 * MINUTE_S);
    await edge.bridge.send.execute(ada.caller, request);
    await edge.fault({ mode: '429' });
    const two = await edge.send(ada, to, 'behind');
    await edge.drain(two.lane);
    expect([await stateOf(two), await edge.received(e164, 0)]).toEqual(['ready', []]);
  });

  it('calls the carrier once when two edges drain one lane', async () => {
    const { e164, to } = await newPhone();
    const one = await edge.send(ada, to, 'once');
    await Promise.all([edge.drain(one.lane), edge.drain(one.lane), edge.drain(one.lane)]);
    expect(await edge.received(e164, 1)).toEqual(['once']);
  });

  it('holds the next one back while another drain, of which it learns only from the ledger, makes the attempt', async () => {
    const { e164, to } = await newPhone();
    const [one, two] = [await edge.send(ada, to, 'one'), await edge.send(ada, to, 'two')];
    const { ledger } = edge.context;
    const wasSent = ledger.wasSent.bind(ledger);
    // between this drain's look at the lane and its own attempt
    ledger.wasSent = async (messageId) => {
      ledger.wasSent = wasSent;
      expect(await edge.context.attempts.begin([{ ref: one.ref, attempt: 1, ...claimOfAnother() }])).toEqual(['begun']);
      await ledger.rememberSent({ messageId: one.messageId, attempt: 1, notAfter: 4_000_000_000 });
      return wasSent(messageId);
    };
    await edge.drain(one.lane);
    expect([await stateOf(one), await stateOf(two), await edge.received(e164, 0)]).toEqual(['sending', 'ready', []]);
  });

  it('refuses a statement that another message used, without a call', async () => {
    const { e164, to } = await newPhone();
    const one = await edge.send(ada, to, 'allowed', { statementId: 'AAAAAAAAAAAAAAAAAAAAAA' });
    const two = await edge.send(ada, to, 'not allowed', { statementId: 'AAAAAAAAAAAAAAAAAAAAAA' });
    await edge.drain(one.lane);
    expect(await edge.received(e164, 1)).toEqual(['allowed']);
    expect(await stateOf(two)).toBe('failed:statement-invalid');
  });

  it('drops in silence what goes to someone who said STOP; it expires at its ordinary deadline', async () => {
    const { e164, to } = await newPhone();
    await edge.bridge.stores.database.query(
      'UPDATE registry.contact SET opted_out_at = now() WHERE id = $1',
      to.contact,
    );
    const one = await edge.send(ada, to, 'unwanted');
    const calls = await edge.calls();
    await edge.drain(one.lane);
    expect([await stateOf(one), await edge.calls(), await edge.received(e164, 0)]).toEqual(['ready', calls, []]);
    expect(await edge.context.attempts.envelope(one.ref)).toBeUndefined();
    edge.bridge.clock.advanceSeconds(HOUR_S + 1);
    await edge.bridge.sweep.execute();
    expect(await stateOf(one)).toBe('expired');
  });

  it('gives back what was sealed for a key that is gone, and lets nothing overtake it at once', async () => {
    const { e164, to } = await newPhone();
    const one = await edge.send(ada, to, 'one');
    await edge.bridge.stores.database.query("UPDATE transit.message SET edge_key_id = 'gone' WHERE id = $1", one.ref);
    const two = await edge.send(ada, to, 'two');
    await edge.drain(one.lane);
    expect([await stateOf(one), await stateOf(two), await edge.received(e164, 0)]).toEqual([
      'waiting-on-sender:route',
      'ready',
      [],
    ]);
    expect(await edge.context.attempts.envelope(one.ref)).toBeUndefined();
  });

  it('cannot send twice when the attempts table was wiped', async () => {
    const { e164, to } = await newPhone();
    const one = await edge.send(ada, to, 'sent before the table was lost');
    await edge.context.ledger.rememberSent({ messageId: one.messageId, attempt: 1, notAfter: 4_000_000_000 });
    await edge.drain(one.lane);
    expect([await stateOf(one), await edge.received(e164, 0)]).toEqual(['failed:no-answer', []]);
  });

  it('begins no call once it was told to stop', async () => {
    const other = await ClearBridge.open();
    const bea = await other.bridge.person('bea');
    const { lane } = await other.send(bea, await other.contact(bea), 'not now');
    other.dispatch.stop();
    await other.drain(lane);
    expect(await other.calls()).toBe(0);
    expect(await other.dueMs(lane)).not.toBeNull();
    await other.close();
  });
});

describe('ReconcileAttempt', () => {
  it('finds at the carrier what it took without saying so, and sends nothing again', async () => {
    const { e164, to } = await newPhone();
    await edge.fault({ mode: 'accept-then-drop' });
    const one = await edge.send(ada, to, 'taken');
    await edge.drain(one.lane);
    expect(await stateOf(one)).toBe('sending');
    edge.bridge.clock.advanceSeconds(3);
    await edge.look();
    expect(['sent', 'delivered']).toContain(await stateOf(one));
    expect(await edge.received(e164, 1)).toEqual(['taken']);
  });

  it('is unconfirmed when the carrier shows no trace for five minutes, and not before', async () => {
    const { e164, to } = await newPhone();
    await edge.fault({ mode: 'drop' });
    const one = await edge.send(ada, to, 'lost');
    await edge.drain(one.lane);
    edge.bridge.clock.advanceSeconds(299);
    await edge.look();
    expect(await stateOf(one)).toBe('sending');
    edge.bridge.clock.advanceSeconds(4);
    await edge.look();
    expect([await stateOf(one), await edge.received(e164, 0)]).toEqual(['unconfirmed', []]);
  });

  it('sends once more what left no trace when the sender asked for that', async () => {
    const { e164, to } = await newPhone();
    await edge.fault({ mode: 'drop' });
    const one = await edge.send(ada, to, 'at least once', { onUnknown: 'resend' });
    await edge.drain(one.lane);
    edge.bridge.clock.advanceSeconds(301);
    await edge.look();
    expect(await stateOf(one)).toBe('ready');
    await edge.drain(one.lane);
    expect(await edge.received(e164, 1)).toEqual(['at least once']);
    expect((await edge.find(ada, one)).attempts.map(({ outcome }) => outcome)).toEqual(['not-sent', 'accepted']);
  });

  it('makes the lane due in the step that makes its head ready, so that an edge that dies right after it delays nothing', async () => {
    const { to } = await newPhone();
    await edge.fault({ mode: 'drop' });
    const one = await edge.send(ada, to, 'not forgotten', { onUnknown: 'resend' });
    await edge.drain(one.lane);
    expect(must(await edge.dueMs(one.lane))).toBeGreaterThan(edge.bridge.clock.nowMs());
    const again = { outcome: 'not-sent', state: 'ready', leavesLane: false, lookAgainAt: null } as const;
    // the write alone, as of an edge that never came to wake the lane
    await edge.context.attempts.record([{ ref: one.ref, attempt: 1, ...again }], edge.bridge.clock.now());
    expect(must(await edge.dueMs(one.lane))).toBeLessThanOrEqual(edge.bridge.clock.nowMs());
    await edge.drain(one.lane);
  });

  it('takes no absence for granted while the carrier does not answer', async () => {
    const { to } = await newPhone();
    await edge.fault({ mode: 'drop' });
    const one = await edge.send(ada, to, 'who knows', { onUnknown: 'resend' });
    await edge.drain(one.lane);
    edge.bridge.clock.advanceSeconds(301);
    await edge.fault({ mode: 'drop', operation: 'list', count: 50 });
    await edge.look();
    expect(await stateOf(one)).toBe('sending');
    edge.bridge.clock.advanceSeconds(72 * HOUR_S);
    await edge.look();
    expect(await stateOf(one)).toBe('unconfirmed');
    await edge.clearFaults();
  });

  it('settles an attempt whose edge died between writing it down and calling', async () => {
    const { e164, to } = await newPhone();
    const one = await edge.send(ada, to, 'never called');
    const { clock } = edge.bridge;
    expect(await edge.context.attempts.begin([{ ref: one.ref, attempt: 1, ...claimOfAnother() }])).toEqual(['begun']);
    await edge.drain(one.lane);
    expect(await edge.received(e164, 0)).toEqual([]);
    clock.advanceSeconds(301);
    await edge.look();
    expect(await stateOf(one)).toBe('unconfirmed');
    expect((await edge.context.laneStore.head(one.lane, 1)).messages).toEqual([]);
  });

  it('notes a receipt that comes after it gave up, on its attempt only', async () => {
    const { to } = await newPhone();
    const one = await edge.send(ada, to, 'slow to report');
    await edge.drain(one.lane);
    await eventually(() => edge.twilio.webhooks.find(({ url }) => url.includes(one.ref)));
    await edge.context.attempts.record(
      [{ ref: one.ref, attempt: 1, outcome: 'unconfirmed', state: 'unconfirmed', leavesLane: true, lookAgainAt: null }],
      edge.bridge.clock.now(),
    );
    await takeReceipts(one.ref);
    expect(await edge.find(ada, one)).toMatchObject({ state: 'unconfirmed', attempts: [{ outcome: 'delivered' }] });
  });

  it('lets go of an attempt whose message has left', async () => {
    const { to } = await newPhone();
    const one = await edge.send(ada, to, 'gone');
    await edge.drain(one.lane);
    await edge.bridge.stores.database.query('DELETE FROM transit.message WHERE id = $1', one.ref);
    await edge.reconcile.execute({ ref: one.ref, attempt: 1 });
    expect(await edge.context.attempts.open(undefined, 1_000)).not.toContainEqual({ ref: one.ref, attempt: 1 });
  });
});
