import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { POLICIES, purgeHourOf, type TransitId } from '@causeway/message-model';
import { DropPartitions } from '@causeway/retention';
import { InProcess, TENANT, type Person } from '../support/in-process.js';
import { befriended, messageTo } from '../support/native-message.js';

const HOUR_MS = 3_600_000;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

let world: InProcess;
let purge: DropPartitions;
beforeAll(async () => {
  world = await InProcess.open();
  purge = new DropPartitions(world.stores.partitions, world.clock, world.events);
}, 60_000);
afterAll(async () => world.close());

const hourNow = () => Math.floor(world.clock.nowMs() / HOUR_MS);
const asked = (name: 'receipts' | 'retired-bindings' | 'ended-links', keepSeconds: number | null) =>
  world.retention.book.askForTenant(TENANT, { class: name, keepSeconds });

/** One message from friend to friend, taken back: its sender's device is told. Answers where that waits. */
async function receipt(): Promise<{ ada: Person; hoursFromNow: number; id: TransitId; expiresAt: Date }> {
  const { ada, bob, conversation } = await befriended(world);
  const header = {
    ...messageTo(world, { conversation, recipient: bob }),
    body: { leg: 'none', reason: 'route' } as const,
  };
  const { ref } = await world.send.execute(ada.caller, header);
  await world.cancel.execute(ada.caller, ref);
  const [row] = await world.stores.database.query<{ hour: number; id: TransitId; expiresAt: Date }>(
    `SELECT i.purge_hour AS hour, i.id, i.expires_at AS "expiresAt" FROM transit.inbox i JOIN transit.inbox_item t ON t.inbox_id = i.id
     WHERE i.account_id = $1 AND i.kind = 'event' AND convert_from(i.body, 'UTF8') LIKE '%cancelled%' AND t.expires_at = i.expires_at`,
    ada.caller.account,
  );
  if (!row) throw new Error('the sender was not told');
  expect(purgeHourOf(row.id)).toBe(row.hour);
  expect(row.expiresAt.getTime()).toBe(row.hour * HOUR_MS);
  return { ada, ...row, hoursFromNow: row.hour - Math.ceil(world.clock.nowMs() / HOUR_MS) };
}

describe('receipts', () => {
  it('wait for a day, or as many hours as the tenant says, and leave with the partition of that hour', async () => {
    expect((await receipt()).hoursFromNow).toBe(24);
    for (const hours of [1, 7, 23]) {
      await asked('receipts', hours * HOUR_SECONDS + 59);
      expect((await receipt()).hoursFromNow).toBe(hours);
    }
    await asked('receipts', HOUR_SECONDS);
    const { ada, id } = await receipt();
    expect(await world.told(ada)).toContainEqual(expect.objectContaining({ type: 'message-state' }));
    world.clock.advanceMs(2 * HOUR_MS);
    expect(await world.told(ada)).not.toContainEqual(expect.objectContaining({ type: 'message-state' }));
    world.clock.advanceMs(10 * 60_000);
    await purge.execute();
    const left = await world.stores.database.query('SELECT FROM transit.inbox_item WHERE inbox_id = $1', id);
    expect([left, await world.stores.database.query('SELECT FROM transit.inbox WHERE id = $1', id)]).toEqual([[], []]);
    await asked('receipts', null);
    expect((await receipt()).hoursFromNow).toBe(24);
  });

  it('are acknowledged under their own hour', async () => {
    await asked('receipts', 2 * HOUR_SECONDS);
    const { ada, id } = await receipt();
    await world.acknowledge.execute(ada.caller, [id]);
    expect(await world.stores.database.query('SELECT FROM transit.inbox WHERE id = $1', id)).toEqual([]);
    await asked('receipts', null);
  });

  it('write hours in ids as everything else does', async () => {
    for (const hour of [0, 35, 36, 497_000, 2_147_483_647]) {
      const [row] = await world.stores.database.query<{ text: string }>('SELECT transit.hour36($1::int) AS text', hour);

      expect(row?.text).toBe(hour.toString(36).padStart(6, '0'));
    }
  });
});

describe('lanes', () => {
  it('say who wrote to whom for no longer than anybody concerned wants of the metadata', async () => {
    const { tenant, account } = (await world.person('kim')).caller;
    const lane = (name: string, of: { account: string; conversation: string; days: number }) =>
      world.stores.database.query(
        `INSERT INTO transit.lane (id, tenant_id, conversation_id, account_id, leg, pending, used_hour) VALUES ($1, $2, $3, $4, 'native', 0, $5::int)`,
        name,
        tenant,
        of.conversation,
        of.account,
        hourNow() - of.days * 24 - 1,
      );
    await lane('asked-by-account', { account, conversation: 'r_1', days: 1 });
    await lane('of-today', { account, conversation: 'r_2', days: 0 });
    await lane('asked-by-the-other', { account: 'other', conversation: 'r_3', days: 3 });
    await lane('asked-by-nobody', { account: 'other', conversation: 'r_4', days: 6 });
    await lane('asked-for-longer', { account: 'third', conversation: 'r_5', days: 2 });
    const wish = (of: { account: string; conversation: string }, seconds: number) =>
      world.stores.database.query(
        `INSERT INTO registry.retention_wish (tenant_id, account_id, conversation_id, class, keep_seconds, set_at) VALUES ($1, $2, $3, 'metadata', $4::int, now())`,
        tenant,
        of.account,
        of.conversation,
        seconds,
      );
    await wish({ account, conversation: '' }, DAY_SECONDS);
    await wish({ account: 'somebody', conversation: 'r_3' }, 3 * DAY_SECONDS);
    await wish({ account: 'third', conversation: '' }, 30 * DAY_SECONDS);
    world.clock.advanceMs(HOUR_MS);
    await purge.execute();
    const rows = await world.stores.database.query<{ id: string }>(
      `SELECT id FROM transit.lane WHERE id LIKE 'asked%' OR id LIKE 'of%' ORDER BY id`,
    );
    expect(rows.map(({ id }) => id)).toEqual(['asked-by-nobody', 'asked-for-longer', 'of-today']);
  });
});

describe('what is remembered of numbers', () => {
  it('goes as soon as the tenant says, and not sooner than the table allows', async () => {
    const bindings = async () => (await world.stores.database.query('SELECT FROM registry.retired_binding')).length;
    const retire = (days: number) =>
      world.stores.database.query(
        `INSERT INTO registry.retired_binding (tenant_id, bridge_number_id, binding_digest, digest_version, retired_at) VALUES ($1, 'b', $2, 1, $3)`,
        TENANT,
        Buffer.from([days]),
        new Date(world.clock.nowMs() - days * DAY_SECONDS * 1000),
      );
    for (const days of [10, 31, 61, 181]) await retire(days);
    const forget = async () => world.stores.discovery.forgetPast(world.clock.now());
    await forget();
    expect(await bindings()).toBe(3);
    await asked('retired-bindings', 60 * DAY_SECONDS);
    await forget();
    expect(await bindings()).toBe(2);
    await asked('retired-bindings', 1);
    await forget();
    expect([await bindings(), POLICIES['retired-bindings'].minSeconds]).toEqual([1, 30 * DAY_SECONDS]);
  });
});
