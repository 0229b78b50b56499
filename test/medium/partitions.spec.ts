import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropPartitions, MakePartitions } from '@causeway/retention';
import { SILENT_LOGGER, ManualClock } from '@causeway/platform';
import { Events, Metrics } from '@causeway/platform/server';
import { Stores } from '@causeway/storage';
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { freshDatabase } from '../support/database.js';
import { eventually } from '../support/world.js';

const HOUR_MS = 3_600_000;
const START_HOUR = 500_000;

const HOURS_AT_ONCE = 12;
const KILLS = 50;
const PURGES = `SELECT pid FROM pg_locks
  WHERE locktype = 'advisory' AND objid = 4081979 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
/** Whoever is purging at this moment loses its connection, as with its process. */
const END_PURGES = `SELECT pg_terminate_backend(pid) FROM (${PURGES}) purging`;

let url: string;
let stores: Stores;
const clock = new ManualClock(START_HOUR * HOUR_MS);
let drop: DropPartitions;
beforeAll(async () => {
  ({ url } = await freshDatabase());
  stores = new Stores({ url });
  drop = new DropPartitions(stores.partitions, clock, new Events(SILENT_LOGGER, new Metrics()));
}, 60_000);
afterAll(async () => stores.close());

const tables = async (hour: number): Promise<readonly string[]> => {
  const rows = await stores.database.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'transit' AND c.relkind = 'r' AND c.relname LIKE $1 ORDER BY 1`,
    `%\\_${hour}`,
  );
  return rows.map(({ name }) => name);
};

/** A reader that stays for the length of `act`. */
async function whileReading(act: () => Promise<void>): Promise<void> {
  const reader = new pg.Client({ connectionString: url });
  await reader.connect();
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  for (const table of ['inbox', 'message']) await reader.query(`SELECT count(*) FROM transit.${table}`);
  await act();
  await reader.query('COMMIT');
  await reader.end();
}

describe('PartitionStore', () => {
  it('makes the partitions of an hour once, also when many need them at once', async () => {
    const hour = START_HOUR + 5;
    const others = Array.from({ length: 4 }, () => new Stores({ url }));
    await Promise.all(others.map((other) => other.partitions.ensure('m', hour)));
    await Promise.all(others.map((other) => other.close()));
    expect(await tables(hour)).toEqual([`attempt_${hour}`, `envelope_${hour}`, `message_${hour}`]);
  });

  it('has the coming hours ready before anyone needs them', async () => {
    await new MakePartitions(stores.partitions, clock).execute();
    expect(await tables(START_HOUR + 24)).toEqual([`inbox_${START_HOUR + 24}`]);
    expect(await tables(START_HOUR + 14 * 24 + 1)).toContain(`message_${START_HOUR + 14 * 24 + 1}`);
  });
});

describe('DropPartitions', () => {
  it('drops an hour within minutes of its time, and nothing before', async () => {
    await stores.partitions.ensure('i', START_HOUR + 1);
    clock.set((START_HOUR + 1) * HOUR_MS);
    await drop.execute();
    expect(await tables(START_HOUR + 1)).toEqual([`inbox_${START_HOUR + 1}`]);
    clock.advanceSeconds(300);
    await drop.execute();
    expect(await tables(START_HOUR + 1)).toEqual([]);
  });

  it('gives up on a partition that a reader holds, keeps no insert waiting, and finishes the half detached one later', async () => {
    const [first, second] = [START_HOUR + 2, START_HOUR + 3];
    for (const hour of [first, second]) await stores.partitions.ensure('i', hour);
    clock.set((second + 1) * HOUR_MS);
    await whileReading(async () => {
      await drop.execute();
      expect(await tables(first)).toEqual([`inbox_${first}`]);
      await stores.partitions.ensure('i', START_HOUR + 900);
    });
    await drop.execute();
    expect([...(await tables(first)), ...(await tables(second))]).toEqual([]);
  }, 20_000);

  it('drops a table that a process detached before it died', async () => {
    const hour = START_HOUR + 6;
    await stores.partitions.ensure('m', hour);
    await stores.database.execute(`ALTER TABLE transit.message DETACH PARTITION transit.message_${hour}`);
    clock.set((hour + 1) * HOUR_MS);
    await drop.execute();
    expect(await tables(hour)).toEqual([]);
  });

  it('says how far behind it is: in the metric, from a minute on in the log, from ten minutes on as an error', async () => {
    const hour = Math.floor(clock.nowMs() / HOUR_MS) + 1;
    await stores.partitions.ensure('i', hour);
    const said: string[] = [];
    const log = {
      ...SILENT_LOGGER,
      warn: (event: string) => said.push(event),
      error: (event: string) => said.push(event),
    };
    const metrics = new Metrics();
    const behind = new DropPartitions(stores.partitions, clock, new Events(log, metrics));
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    // somebody else purges, and does not come on
    await other.query('SELECT pg_advisory_lock(4081979)');
    for (const [seconds, events] of [
      [59, []],
      [61, ['purge.late']],
      [601, ['purge.late', 'purge.stuck']],
    ] as const) {
      clock.set(hour * HOUR_MS + 300_000 + seconds * 1000);
      await behind.execute();
      expect(said).toEqual(events);
      expect(await metrics.text()).toContain(`causeway_purge_lag_seconds{class="inbox"} ${seconds}`);
    }
    await other.end();
    await behind.execute();
    expect(await metrics.text()).toContain('causeway_purge_lag_seconds{class="inbox"} 0');
  });

  it('lets the narrow rows go with their hour, and lanes that nobody used for a week', async () => {
    const hour = Math.floor(clock.nowMs() / HOUR_MS);
    const { database } = stores;
    await database.execute(
      `INSERT INTO transit.accepted VALUES ('\\x01', '\\x', 'm', ${hour - 1}), ('\\x02', '\\x', 'm', ${hour + 1})`,
    );
    await database.execute(
      `INSERT INTO transit.received (digest, purge_hour) VALUES ('\\x01', ${hour - 1}), ('\\x02', ${hour + 1})`,
    );
    await database.execute(
      `INSERT INTO transit.inbox_item (tenant_id, account_id, device_id, purge_hour, inbox_id) VALUES ('t', 'a', 1, ${hour - 1}, 'x'), ('t', 'a', 1, ${hour + 1}, 'y')`,
    );
    await database.execute(
      `INSERT INTO transit.lane (id, tenant_id, conversation_id, account_id, leg, pending, used_hour)
       VALUES ('idle', 't', 'r1', 'a', 'native', 0, ${hour - 8 * 24}), ('busy', 't', 'r2', 'a', 'native', 1, ${hour - 8 * 24}), ('fresh', 't', 'r3', 'a', 'native', 0, ${hour})`,
    );
    await drop.execute();
    const count = async (table: string) => (await database.query(`SELECT 1 FROM transit.${table}`)).length;
    expect([await count('accepted'), await count('received'), await count('inbox_item')]).toEqual([1, 1, 1]);
    expect(await database.query('SELECT id FROM transit.lane ORDER BY id')).toEqual([{ id: 'busy' }, { id: 'fresh' }]);
  });

  it('drops every partition, each noted once, however often it is killed and while a reader stays', async () => {
    const first = Math.floor(clock.nowMs() / HOUR_MS) + 1;
    const hours = Array.from({ length: HOURS_AT_ONCE }, (_, ahead) => first + ahead);
    for (const hour of hours) await stores.partitions.ensure('m', hour);
    clock.set((first + HOURS_AT_ONCE) * HOUR_MS);
    const others = Array.from({ length: 2 }, () => new Stores({ url }));
    const [killed, killer] = others;
    if (!killed || !killer) throw new Error('no second connection');
    const purge = new DropPartitions(killed.partitions, clock, new Events(SILENT_LOGGER, new Metrics()));
    let deaths = 0;
    await whileReading(async () => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const run = purge.execute().then(
          () => 0,
          () => 1,
        );
        await eventually(async () => (await killer.database.query(PURGES)).length > 0);
        await pause(kill % 25);
        await killer.database.query(END_PURGES);
        deaths += await run;
      }
    });
    expect(deaths).toBeGreaterThan(KILLS / 2);
    await Promise.all(others.map((other) => other.close()));
    await drop.execute();
    expect((await Promise.all(hours.map(tables))).flat()).toEqual([]);
    const notes = await stores.database.query<{ keyId: string; isGone: boolean }>(
      `SELECT key_id AS "keyId", dropped_at IS NOT NULL AS "isGone" FROM registry.purge_note WHERE class IN ('message', 'envelope', 'attempt') ORDER BY 1`,
    );
    const expected = hours.flatMap((hour) => ['attempt', 'envelope', 'message'].map((table) => `${table}_${hour}`));
    expect(notes.filter(({ keyId }) => expected.includes(keyId))).toEqual(
      expected.toSorted().map((keyId) => ({ keyId, isGone: true })),
    );
  }, 120_000);
});
