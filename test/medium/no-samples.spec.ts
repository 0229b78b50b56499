import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InProcess } from '../support/in-process.js';

let world: InProcess;
beforeAll(async () => {
  world = await InProcess.open();
  for (const name of ['ada', 'bob', 'cyd']) await world.person(name);
  await world.stores.partitions.ensureEventHour(world.clock.now());
}, 60_000);
afterAll(async () => world.close());

const sampledTables = async (): Promise<readonly string[]> => {
  await world.stores.database.execute('ANALYZE');
  const rows = await world.stores.database.query<{ table: string }>(
    `SELECT DISTINCT s.starelid::regclass::text AS "table" FROM pg_statistic s JOIN pg_class c ON c.oid = s.starelid
     WHERE c.relnamespace IN ('registry'::regnamespace, 'transit'::regnamespace)`,
  );
  return rows.map(({ table }) => table);
};

describe('the samples of the database', () => {
  it('hold no value of ours, on tables and on partitions', async () => {
    const open = await world.stores.database.query<{ column: string }>(
      `SELECT a.attrelid::regclass || '.' || a.attname AS "column" FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace IN ('registry'::regnamespace, 'transit'::regnamespace) AND c.relkind IN ('r', 'p')
         AND a.attnum > 0 AND NOT a.attisdropped AND a.attstattarget IS DISTINCT FROM 0`,
    );
    expect(open).toEqual([]);
    expect(await sampledTables()).toEqual([]);
  });

  it('would hold them in a table that was made without the setting', async () => {
    await world.stores.database.execute('CREATE TABLE registry.forgotten AS SELECT id FROM registry.account');
    expect(await sampledTables()).toEqual(['registry.forgotten']);
    await world.stores.database.execute('DROP TABLE registry.forgotten');
  });
});
