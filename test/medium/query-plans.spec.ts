import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { SqlValue } from '@causeway/storage';
import { ClearBridge } from '../support/clear-bridge.js';
import { must, TENANT } from '../support/in-process.js';
import { befriended, messageTo } from '../support/native-message.js';

const HOUR_MS = 3_600_000;
/** Hours that have partitions of their own while the statements are planned. */
const HOURS = 40;
/** A statement looks at the hours of its rows: of a message its deadline's, its envelope's, its attempts'. */
const MOST_PARTITIONS = 4;
/** Of some six tables, each through an index of a few levels. */
const MOST_PAGES = 40;

let edge: ClearBridge;
beforeAll(async () => {
  edge = await ClearBridge.open();
  const { partitions } = edge.bridge.stores;
  const hour = Math.ceil(edge.bridge.clock.nowMs() / HOUR_MS);
  for (let ahead = 0; ahead < HOURS; ahead += 1) {
    await partitions.ensure('i', hour + ahead);
    await partitions.ensure('m', hour + 7 * 24 + ahead);
  }
}, 60_000);
afterAll(async () => edge.close());

/** Everything that is done for a message on its way, once. */
async function everyJourney(): Promise<void> {
  const { bridge } = edge;
  const { ada, bob, conversation } = await befriended(bridge);
  const to = { conversation, recipient: bob };
  const direct = messageTo(bridge, to);
  await bridge.send.execute(ada.caller, direct);
  await bridge.send.execute(ada.caller, direct);
  const waiting = await bridge.send.execute(
    ada.caller,
    messageTo(bridge, to, { body: { leg: 'none', reason: 'route' } }),
  );
  await bridge.send.execute(ada.caller, messageTo(bridge, to));
  await bridge.cancel.execute(ada.caller, waiting.ref);
  await bridge.drain.execute(must(bridge.wokenLanes.at(-1)));
  await bridge.acknowledge.execute(
    bob.caller,
    (await bridge.inbox(bob)).map(({ id }) => id),
  );
  const contact = await edge.contact(ada, '+14155553001');
  await edge.fault({ mode: 'drop' });
  const [unknown, sent] = [await edge.send(ada, contact, 'one'), await edge.send(ada, contact, 'two')];
  await edge.drain(sent.lane);
  bridge.clock.advanceSeconds(301);
  await edge.look();
  await edge.drain(sent.lane);
  await edge.find(ada, unknown);
  await bridge.sweep.execute();
  await bridge.sweep.execute();
}

/** Everybody with the next, so that a plan which reads a table of people from end to end shows. */
async function crowd(size: number): Promise<void> {
  const { database } = edge.bridge.stores;
  await database.query(
    `INSERT INTO registry.account (tenant_id, id, address, account_key, device_list, device_list_signature, device_list_version, created_at)
     SELECT $1, 'crowd-' || n, 'mimi://crowd/u/' || n, '', '', '', 1, now() FROM generate_series(0, $2::int) AS n RETURNING 1`,
    TENANT,
    size,
  );
  await database.query(
    `INSERT INTO registry.consent (tenant_id, id, owner_account, peer_account, state, conversation_id)
     SELECT $1, 'q_crowd_' || n, 'crowd-' || n, 'crowd-' || n + 1, 'granted', 'r_crowd_' || n FROM generate_series(0, $2::int - 1) AS n RETURNING 1`,
    TENANT,
    size,
  );
}

interface Explained {
  readonly Plan: Readonly<Record<'Shared Hit Blocks' | 'Shared Read Blocks', number>>;
}

/** Pages that PostgreSQL looks at for one call that changes nothing. */
async function pagesOf(sql: string, values: readonly SqlValue[]): Promise<number> {
  const rows = await edge.bridge.stores.database.query<{ readonly 'QUERY PLAN': readonly Explained[] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
    ...values,
  );
  const { Plan } = must(rows[0]?.['QUERY PLAN'][0]);
  return Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'];
}

/** The partitions that PostgreSQL would look at for one call. */
async function partitionsOf(sql: string, values: readonly SqlValue[]): Promise<readonly string[]> {
  const rows = await edge.bridge.stores.database.query<Readonly<Record<string, unknown>>>(
    `EXPLAIN (FORMAT JSON) ${sql}`,
    ...values,
  );
  const plan = JSON.stringify(rows);
  return [...new Set([...plan.matchAll(/"Relation Name":\s*"([a-z]+_\d+)"/g)].map(([, name]) => must(name)))];
}

describe('statements on the way of a message', () => {
  it('are planned for the hours of their rows, however many partitions there are', async () => {
    const asked = jest.spyOn(edge.bridge.stores.database, 'query');
    await everyJourney();
    const calls = asked.mock.calls.filter(([sql]) => /^\s*(SELECT|WITH|UPDATE|DELETE|INSERT)/.test(sql));
    asked.mockRestore();
    // the first sweep of an hour looks at every hour there is
    const everyday = calls.filter(
      ([sql], index) => !sql.includes('past AS') || calls.findLastIndex(([other]) => other === sql) === index,
    );
    const wide: string[] = [];
    for (const [sql, ...values] of everyday) {
      const partitions = await partitionsOf(sql, values);
      if (partitions.length > MOST_PARTITIONS) wide.push(`${partitions.length} partitions: ${sql.slice(0, 120)}`);
    }
    expect(everyday.length).toBeGreaterThan(30);
    expect(wide).toEqual([]);
  }, 60_000);

  it('find the two ends of a conversation by their keys, however many people there are', async () => {
    const { stores } = edge.bridge;
    const { ada, bob, conversation } = await befriended(edge.bridge);
    await crowd(2_000);
    const { tenant, account } = ada.caller;
    const asked = jest.spyOn(stores.database, 'query');
    const [found] = await stores.recipients.find([{ tenant, account, conversation }]);
    const [sql, ...values] = must(asked.mock.calls.at(-1));
    asked.mockRestore();
    expect(found).toMatchObject({ peer: bob.caller.account, peerDevices: [{ deviceId: bob.caller.device }] });
    expect(await pagesOf(sql, values)).toBeLessThan(MOST_PAGES);
  });
});
