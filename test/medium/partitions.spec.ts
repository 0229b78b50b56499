import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DropPartitions, MakePartitions } from '@causeway/retention';
import { SILENT_LOGGER, Events, ManualClock, Metrics } from '@causeway/platform';
import { Stores } from '@causeway/storage';
import pg from 'pg';
import { freshDatabase } from '../support/database.js';

const HOUR_MS = 3_600_000;
const START_HOUR = 500_000;

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
  await reader.query('SELECT count(*) FROM transit.inbox');
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
});
