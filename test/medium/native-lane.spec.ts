import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintLaneId, purgeHourOf } from '@causeway/message-model';
import { InProcess, must } from '../support/in-process.js';
import { befriended, messageTo, nativeBody } from '../support/native-message.js';

const NONE = { withheld: [], dropped: [] } as const;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let bridge: InProcess;
beforeAll(async () => {
  bridge = await InProcess.open();
}, 60_000);
afterAll(async () => bridge.close());

const dueLanes = async (): Promise<readonly string[]> =>
  (await bridge.stores.lanes.takeDue(bridge.clock.now(), 1_000)).map(({ id }) => id);

/** A waiting message, and `count` ready ones behind it, in order of submission. */
async function heldUp(count: number) {
  const { ada, bob, conversation } = await befriended(bridge);
  const to = { conversation, recipient: bob };
  const waiting = messageTo(bridge, to, { body: { leg: 'none', reason: 'route' } });
  const head = await bridge.send.execute(ada.caller, waiting);
  const lane = must(bridge.wokenLanes.at(-1));
  const behind = Array.from({ length: count }, () => messageTo(bridge, to));
  for (const request of behind) await bridge.send.execute(ada.caller, request);
  return { ada, bob, conversation, waiting, head, lane, behind };
}

describe('DrainNativeLane', () => {
  it('holds everything behind a waiting message, then brings all of it in order, more than one batch of it', async () => {
    const { ada, bob, conversation, waiting, lane, behind } = await heldUp(120);
    await bridge.drain.execute(lane);
    expect(await bridge.inbox(bob)).toEqual([]);
    const body = nativeBody(conversation, bob);
    await bridge.send.execute(ada.caller, { ...waiting, body });
    await bridge.drain.execute(lane);
    const expected = [{ body }, ...behind].map(({ body: each }) =>
      each.leg === 'native' ? each.recipient[0]?.boxId : undefined,
    );
    expect((await bridge.inbox(bob)).map(({ id }) => id.slice(7))).toEqual(expected);
    expect(await dueLanes()).not.toContain(lane);
  });

  it('leaves alone what was cancelled between its look and its move', async () => {
    const { ada, bob, head, lane } = await heldUp(1);
    const { messages } = await bridge.stores.lanes.head(lane, 10);
    const ready = must(messages[1]).ref;
    await bridge.cancel.execute(ada.caller, ready);
    expect(await bridge.stores.lanes.drainNative([ready], NONE, bridge.clock.now())).toEqual({
      moved: 0,
      touched: [],
    });
    await bridge.cancel.execute(ada.caller, head.ref);
    await bridge.drain.execute(lane);
    expect(await bridge.inbox(bob)).toEqual([]);
  });

  it('run twice at once moves every message once', async () => {
    const { ada, bob, head, lane } = await heldUp(20);
    await bridge.cancel.execute(ada.caller, head.ref);
    await Promise.all([bridge.drain.execute(lane), bridge.drain.execute(lane), bridge.drain.execute(lane)]);
    expect(await bridge.inbox(bob)).toHaveLength(20);
  });

  it('ends, and leaves it to the sweep, when a whole batch is past its deadline', async () => {
    const { ada, bob, head, lane } = await heldUp(100);
    await bridge.cancel.execute(ada.caller, head.ref);
    bridge.clock.advanceMs(DAY_MS + 1_000);
    await bridge.drain.execute(lane);
    expect(await bridge.inbox(bob)).toEqual([]);
    await bridge.sweep.execute();
    expect((await bridge.stores.lanes.head(lane, 10)).messages).toEqual([]);
    expect((await bridge.told(ada)).filter(({ state }) => JSON.stringify(state) === '{"kind":"expired"}')).toHaveLength(
      100,
    );
  });

  it('does nothing for a lane that is not there', async () => {
    await expect(bridge.drain.execute(mintLaneId())).resolves.toBeUndefined();
  });
});

describe('Sweep', () => {
  it('wakes lanes whose wake was lost, once in five seconds', async () => {
    const { lane } = await heldUp(1);
    bridge.wokenLanes.length = 0;
    await bridge.sweep.execute();
    expect(bridge.wokenLanes).toContain(lane);
    bridge.wokenLanes.length = 0;
    await bridge.sweep.execute();
    expect(bridge.wokenLanes).not.toContain(lane);
    bridge.clock.advanceSeconds(6);
    await bridge.sweep.execute();
    expect(bridge.wokenLanes).toContain(lane);
  });

  it('ends what passed its deadline while nobody swept for days', async () => {
    const { ada, head } = await heldUp(0);
    bridge.clock.advanceMs(5 * DAY_MS);
    await bridge.sweep.execute();
    expect(await bridge.stores.messages.find(ada.caller, head.ref)).toMatchObject({ state: 'expired' });
  });

  it('counts a message as delivered when some device took it and the others never came', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const { ref } = await bridge.send.execute(ada.caller, messageTo(bridge, { conversation, recipient: bob }));
    await bridge.stores.database.query(
      'UPDATE transit.message SET recipient_devices = 2 WHERE purge_hour = $1 AND id = $2',
      purgeHourOf(ref),
      ref,
    );
    const [box] = await bridge.inbox(bob);
    await bridge.acknowledge.execute(bob.caller, [must(box).id]);
    expect(await bridge.stores.messages.find(ada.caller, ref)).toMatchObject({ state: 'sent' });
    bridge.clock.advanceMs(DAY_MS + 1_000);
    await bridge.sweep.execute();
    expect(await bridge.stores.messages.find(ada.caller, ref)).toMatchObject({ state: 'delivered' });
  });
});

describe('an inbox', () => {
  it('shows what is new however much before it has expired', async () => {
    const { ada, bob, conversation } = await befriended(bridge);
    const soon = Math.floor(bridge.clock.nowMs() / 1000) + 60;
    for (let n = 0; n < 12; n += 1)
      await bridge.send.execute(
        ada.caller,
        messageTo(bridge, { conversation, recipient: bob }, { deliverBefore: soon }),
      );
    bridge.clock.advanceSeconds(61);
    await bridge.send.execute(ada.caller, messageTo(bridge, { conversation, recipient: bob }));
    const [page] = await bridge.stores.inbox.pending(
      [{ device: bob.caller, underWay: [], limit: 10 }],
      bridge.clock.now(),
    );
    expect(page).toHaveLength(1);
  });
});
