import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DescribeMessage } from '../../apps/gateway/src/describe-message.js';
import type { ConversationId, LaneId } from '@causeway/message-model';
import { Sweep } from '@causeway/message-flow';
import { PURGE_LAG, PurgeBrake } from '@causeway/retention';
import { TellDevices } from '@causeway/people';
import { ClearBridge } from '../support/clear-bridge.js';
import { InProcess, type Person } from '../support/in-process.js';
import { befriended, messageTo } from '../support/native-message.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let bridge: InProcess;
let ada: Person;
let bo: Person;
let conversation: ConversationId;
beforeAll(async () => {
  bridge = await InProcess.open();
  ({ ada, bob: bo, conversation } = await befriended(bridge));
}, 60_000);
afterAll(async () => bridge.close());

const fiveSeconds = () => Math.floor(bridge.clock.nowMs() / 1000) + 5;
const accept = (deliverBefore: number) =>
  bridge.send.execute(ada.caller, messageTo(bridge, { conversation, recipient: bo }, { deliverBefore }));
const describing = () => new DescribeMessage(bridge.stores.messages, bridge.stores.attempts, bridge.clock);
const lanesOf = async (ref: string) => {
  const rows = await bridge.stores.database.query<{ lane: LaneId }>(
    'SELECT lane_id AS lane FROM transit.lane_item WHERE message_ref = $1',
    ref,
  );
  return rows.map(({ lane }) => lane);
};
const boxes = async () => (await bridge.inbox(bo)).filter((row) => row.kind === 'box');

describe('what has expired, while its rows are all still there', () => {
  it('is handed out by no inbox from the second of its deadline on', async () => {
    const { ref } = await accept(fiveSeconds());
    expect(await boxes()).toHaveLength(1);
    bridge.clock.advanceSeconds(6);
    expect(await boxes()).toHaveLength(0);
    const [row] = await bridge.stores.database.query('SELECT 1 FROM transit.inbox WHERE message_ref = $1', ref);
    expect(row).toBeDefined();
  });

  it('does not reach an inbox from a lane, and its envelope goes with the next sweep', async () => {
    const head = messageTo(bridge, { conversation, recipient: bo }, { body: { leg: 'none', reason: 'route' } });
    await bridge.send.execute(ada.caller, head);
    const behind = await accept(fiveSeconds());
    const envelopes = () => bridge.stores.database.query('SELECT 1 FROM transit.envelope WHERE id = $1', behind.ref);
    expect(await envelopes()).toHaveLength(1);
    bridge.clock.advanceSeconds(6);
    for (const lane of await lanesOf(behind.ref)) await bridge.drain.execute(lane);
    expect(await boxes()).toHaveLength(0);
    await bridge.sweep.execute();
    expect(await envelopes()).toHaveLength(0);
    expect((await describing().one(ada.caller, behind.ref))?.state).toEqual({ kind: 'expired' });
  });

  it('is neither shown, nor listed, nor cancelled once its metadata was to leave', async () => {
    const { ref } = await accept(fiveSeconds());
    const listed = async () => (await describing().page(ada.caller, { limit: 100 })).messages.map(({ id }) => id);
    expect(await describing().one(ada.caller, ref)).toBeDefined();
    expect(await listed()).toContain(ref);
    bridge.clock.advanceMs(7 * DAY_MS + HOUR_MS);
    expect(await bridge.stores.database.query('SELECT 1 FROM transit.message WHERE id = $1', ref)).toHaveLength(1);
    expect(await describing().one(ada.caller, ref)).toBeUndefined();
    expect(await listed()).not.toContain(ref);
    await expect(bridge.cancel.execute(ada.caller, ref)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('words that a carrier may have', () => {
  let edge: ClearBridge;
  let cy: Person;
  beforeAll(async () => {
    edge = await ClearBridge.open();
    cy = await edge.bridge.person('cy');
  }, 60_000);
  afterAll(async () => edge.close());

  it('go at their deadline too, and the message still ends by the carrier’s word', async () => {
    const { clock, stores, sweep } = edge.bridge;
    await sweep.execute();
    await edge.fault({ mode: 'drop' });
    const deadline = Math.floor(clock.nowMs() / 1000) + 5;
    const sent = await edge.send(cy, await edge.contact(cy), 'for five seconds', { draft: { deadline } });
    await edge.drain(sent.lane);
    const envelopes = () => stores.database.query('SELECT 1 FROM transit.envelope WHERE id = $1', sent.ref);
    clock.advanceSeconds(4);
    await sweep.execute();
    expect(await envelopes()).toHaveLength(1);
    clock.advanceSeconds(2);
    await sweep.execute();
    expect(await envelopes()).toHaveLength(0);
    expect(await edge.find(cy, sent)).toMatchObject({ state: 'sending', attempts: [{ outcome: 'unknown' }] });
    clock.advanceSeconds(301);
    await edge.look();
    expect(await edge.find(cy, sent)).toMatchObject({ state: 'unconfirmed' });
    expect(await edge.calls()).toBe(1);
  });

  it('went at their deadline also where nobody swept meanwhile', async () => {
    const { clock, stores, retention, lanes, devices, events } = edge.bridge;
    await edge.fault({ mode: 'drop' });
    const deadline = Math.floor(clock.nowMs() / 1000) + 5;
    const sent = await edge.send(cy, await edge.contact(cy, '+14155553777'), 'for five seconds', {
      draft: { deadline },
    });
    await edge.drain(sent.lane);
    clock.advanceMs(3 * HOUR_MS);
    const { lanes: laneStore, messages, partitions } = stores;
    await new Sweep(laneStore, messages, partitions, lanes, devices, clock, events, retention).execute();
    expect(await stores.database.query('SELECT 1 FROM transit.envelope WHERE id = $1', sent.ref)).toHaveLength(0);
  });
});

/** Holds from a moment on: every process has to know of it first. */
async function askForLess(): Promise<void> {
  const { tenant, account } = ada.caller;
  await bridge.retention.book.ask({ tenant, account }, { class: 'undelivered-envelope', keepSeconds: 60 });
  await bridge.retention.book.ask({ tenant, account }, { class: 'metadata', keepSeconds: 86_400 });
  bridge.clock.advanceSeconds(30);
}

describe('policies at the door', () => {
  it('cut the deadline of a native message, and its metadata leaves when the strictest wants', async () => {
    await askForLess();
    const { deliverBefore, ref } = await accept(Math.floor(bridge.clock.nowMs() / 1000) + 86_400);
    expect(deliverBefore.getTime()).toBeLessThanOrEqual(bridge.clock.nowMs() + 60_000);
    bridge.clock.advanceMs(DAY_MS + 2 * HOUR_MS);
    expect(await describing().one(ada.caller, ref)).toBeUndefined();
  });

  it('take the same message again under its cut deadline when it comes with its body later', async () => {
    const whole = messageTo(bridge, { conversation, recipient: bo });
    const header = { ...whole, body: { leg: 'none', reason: 'route' } as const };
    const first = await bridge.send.execute(ada.caller, header);
    bridge.clock.advanceSeconds(10);
    const again = await bridge.send.execute(ada.caller, whole);
    expect(again).toMatchObject({ state: 'ready', deliverBefore: first.deliverBefore });
    expect(first.deliverBefore.getTime()).toBeLessThan(whole.deliverBefore * 1000);
  });

  it('let an acknowledgement find a message at any lifetime of its metadata', async () => {
    // a lane of its own: those before have a head that waits
    ({ ada, bob: bo, conversation } = await befriended(bridge));
    await askForLess();
    const { ref } = await accept(fiveSeconds() + 60);
    bridge.clock.advanceSeconds(1);
    await bridge.sweep.execute();
    for (const lane of bridge.wokenLanes.splice(0)) await bridge.drain.execute(lane);
    const ids = (await boxes()).map((row) => row.id);
    expect(ids.length).toBeGreaterThan(0);
    await bridge.acknowledge.execute(bo.caller, ids);
    expect((await describing().one(ada.caller, ref))?.state.kind).toBe('delivered');
  });
});

describe('requests and grants', () => {
  it('wait for a device a week, or as long as the tenant says', async () => {
    const one = await bridge.person('one');
    const { tenant, account } = one.caller;
    const { accounts, inbox, partitions, database } = bridge.stores;
    const tell = new TellDevices(accounts, inbox, partitions, bridge.clock, bridge.retention.book);
    const waitsHours = async () => {
      await tell.execute(
        { tenant, account },
        {
          type: 'consent-cancelled',
          request: 'q_1',
          from: one.device.address,
          at: bridge.clock.now().toISOString(),
        },
      );
      const rows = await database.query<{ hour: number }>(
        'DELETE FROM transit.inbox WHERE account_id = $1 RETURNING purge_hour AS hour',
        account,
      );
      return rows.map(({ hour }) => hour - Math.ceil(bridge.clock.nowMs() / HOUR_MS));
    };
    expect(await waitsHours()).toEqual([7 * 24]);
    await bridge.retention.book.askForTenant(tenant, { class: 'events', keepSeconds: 86_400 });
    expect(await waitsHours()).toEqual([24]);
    await bridge.retention.book.askForTenant(tenant, { class: 'events', keepSeconds: null });
  });
});

describe('the brake', () => {
  it('refuses new content while the purge is more than an hour behind, and takes it again afterwards', async () => {
    const { partitions } = bridge.stores;
    const hour = Math.floor(bridge.clock.nowMs() / HOUR_MS);
    await partitions.dropPast(hour - 1, bridge.clock.now());
    const check = () => new PurgeBrake(partitions, bridge.clock).check();
    await expect(check()).resolves.toBeUndefined();
    await partitions.ensure('i', hour - 2);
    await expect(check()).rejects.toMatchObject({ code: 'purge-behind', status: 503 });
    expect(PURGE_LAG.brakeSeconds).toBe(3600);
    await partitions.dropPast(hour - 1, bridge.clock.now());
    await expect(check()).resolves.toBeUndefined();
  });
});
