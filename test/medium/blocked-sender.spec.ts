import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseTransitId, type ConversationId, type TransitId } from '@causeway/message-model';
import { DatabaseAccess } from '../support/database-access.js';
import { InProcess, must, type Person } from '../support/in-process.js';
import { befriended, messageTo } from '../support/native-message.js';

let bridge: InProcess;
let database: DatabaseAccess;
beforeAll(async () => {
  bridge = await InProcess.open();
  database = await DatabaseAccess.open(bridge.databaseUrl);
}, 60_000);
afterAll(async () => {
  await database.close();
  await bridge.close();
});

interface Pair {
  readonly ada: Person;
  readonly bob: Person;
  readonly conversation: ConversationId;
}

/** Two who may write to each other, and two of whom the second has blocked the first since. */
async function pairs(): Promise<Readonly<Record<'silent' | 'blocking', Pair>>> {
  const [silent, blocking] = [await befriended(bridge), await befriended(bridge)];
  await bridge.decide.decide(blocking.bob.caller, blocking.ada.caller.address, 'revoke');
  return { silent, blocking };
}

/** All that was written for a conversation's recipient and of its sender, but for names, times and the device. */
const rowsOf = async ({ ada, bob }: Pair): Promise<readonly unknown[]> => {
  const boxes = await database.rows(
    `SELECT i.kind, i.seal_key_id, length(i.body) AS bytes, i.message_ref IS NOT NULL AS "hasMessage", abs(i.device_id) AS device,
       i.purge_hour, i.expires_at, q.expires_at = i.expires_at AS "isListed"
     FROM transit.inbox i JOIN transit.inbox_item q ON q.purge_hour = i.purge_hour AND q.inbox_id = i.id AND q.device_id = i.device_id
     WHERE i.account_id = $1 AND i.kind = 'box' ORDER BY q.position`,
    bob.caller.account,
  );
  const messages = await database.rows(
    `SELECT state, reason, leg, recipient_devices, acknowledged_devices, purge_hour, deliver_before, position
     FROM transit.message WHERE account_id = $1 ORDER BY position`,
    ada.caller.account,
  );
  const envelopes = await database.rows(
    `SELECT e.statement, e.sealed IS NOT NULL AS "isSealed" FROM transit.envelope e JOIN transit.message m ON m.id = e.id WHERE m.account_id = $1`,
    ada.caller.account,
  );
  return [boxes, messages, envelopes];
};

const send = ({ ada, bob, conversation }: Pair) =>
  bridge.send.execute(ada.caller, messageTo(bridge, { conversation, recipient: bob }));

describe('a sender who was blocked', () => {
  it('is answered by the same rows as one who was not, and no device is handed one', async () => {
    const { silent, blocking } = await pairs();
    const answers = [await send(silent), await send(blocking)];
    expect(answers.map(({ state, reason }) => [state, reason])).toEqual([
      ['sent', null],
      ['sent', null],
    ]);
    const [boxes] = await rowsOf(silent);
    expect(boxes).toHaveLength(1);
    expect(await rowsOf(blocking)).toEqual(await rowsOf(silent));
    expect(await bridge.inbox(silent.bob)).toHaveLength(1);
    expect(await bridge.inbox(blocking.bob)).toEqual([]);
  });

  it('has what waited in its lane moved by the same rows, whenever the block came', async () => {
    const { silent, blocking } = await pairs();
    const later = await befriended(bridge);
    const waiting = new Map<Pair, TransitId>();
    for (const pair of [silent, blocking, later]) {
      const { ada, bob: recipient, conversation } = pair;
      const noWords = { body: { leg: 'none', reason: 'route' } } as const;
      const request = messageTo(bridge, { conversation, recipient }, noWords);
      waiting.set(pair, (await bridge.send.execute(ada.caller, request)).ref);
      expect(await send(pair)).toMatchObject({ state: 'ready' });
    }
    expect(await rowsOf(blocking)).toEqual(await rowsOf(silent));
    await bridge.decide.decide(later.bob.caller, later.ada.caller.address, 'revoke');
    for (const [{ ada }, ref] of waiting) await bridge.cancel.execute(ada.caller, ref);
    for (const lane of bridge.wokenLanes.slice(-6)) await bridge.drain.execute(lane);
    expect(await bridge.inbox(silent.bob)).toHaveLength(1);
    expect(await bridge.inbox(blocking.bob)).toEqual([]);
    expect(await bridge.inbox(later.bob)).toEqual([]);
    expect(await rowsOf(blocking)).toEqual(await rowsOf(silent));
    expect(await rowsOf(later)).toEqual(await rowsOf(silent));
  });

  it('hears of no delivery, also when the one who blocked acknowledges what they were never given', async () => {
    const { blocking } = await pairs();
    const { ada, bob } = blocking;
    const { ref } = await send(blocking);
    const [row] = await database.rows('SELECT id FROM transit.inbox WHERE account_id = $1', bob.caller.account);
    const acknowledged = { device: bob.caller, ids: [must(parseTransitId(String(row?.['id'])))] };
    const facts = { now: bridge.clock.now(), metadataHours: [7 * 24] };
    expect(await bridge.stores.inbox.acknowledge([acknowledged], facts)).toEqual([]);
    expect(await bridge.stores.messages.find(ada.caller, ref)).toMatchObject({ state: 'sent' });
    expect((await rowsOf(blocking))[0]).toHaveLength(1);
  });

  it('leaves nothing behind when the one who blocked has their account erased', async () => {
    const { blocking } = await pairs();
    const { bob } = blocking;
    await send(blocking);
    await bridge.stores.personal.erase(bob.caller, { statement: '', signature: '' });
    expect((await rowsOf(blocking))[0]).toEqual([]);
  });
});
