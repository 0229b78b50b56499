import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Device } from '@causeway/client';
import { FILE_INVENTORY, REDIS_INVENTORY, unlistedIn } from '../../libs/retention/src/file-inventory.js';
import { INVENTORY } from '../../libs/retention/src/inventory.js';
import { NEVER_USED_TABLES, QUEUE_INVENTORY } from '../../libs/retention/src/queue-inventory.js';
import { DatabaseAccess } from '../support/database-access.js';
import { canRunRedis, startRedis, type TestRedis } from '../support/redis.js';
import { eventually, World } from '../support/world.js';

const PHONE = '+14155550123';
const HOUR_OF = /_\d+$/;

let world: World;
let database: DatabaseAccess;
beforeAll(async () => {
  world = await World.start({ queue: 'postgres' });
  database = await DatabaseAccess.open(world.databaseUrl);
  await beBusy(world);
}, 90_000);
afterAll(async () => {
  await database?.close();
  await world?.close();
}, 30_000);

async function beBusy(busy: World): Promise<readonly Device[]> {
  const [kim, lee] = [await busy.register('kim'), await busy.register('lee')];
  await lee.allow(kim.address);
  await Promise.all(Array.from({ length: 5 }, (_, index) => kim.send(lee.address, `words ${index}`)));
  await kim.send(`tel:${PHONE}`, 'by text', { allowClear: ['sms'] });
  await eventually(async () => (await busy.carrier.received(PHONE)).length === 1);
  return [kim, lee];
}

/** `schema.table.column` of everything that is ours or the queue's, partitions by their table. */
async function columns(): Promise<readonly string[]> {
  const rows = await database.rows(
    `SELECT table_schema || '.' || table_name AS "table", column_name AS "column" FROM information_schema.columns
     WHERE table_schema IN ('registry', 'transit', 'queue', 'public')`,
  );
  const names = rows.map((row) => `${String(row['table']).replace(HOUR_OF, '')}.${String(row['column'])}`);
  return [...new Set(names)].filter((name) => !name.startsWith('public._prisma_migrations.')).toSorted();
}
const listed = (): ReadonlySet<string> =>
  new Set(
    [...INVENTORY, ...QUEUE_INVENTORY].flatMap((entry) =>
      Object.keys(entry.columns).map((name) => `${entry.table}.${name}`),
    ),
  );
const unlistedColumns = async () => (await columns()).filter((name) => !listed().has(name));

async function files(): Promise<readonly string[]> {
  const folder = join(world.folder, 'data');
  const found = await readdir(folder, { withFileTypes: true, recursive: true });
  return found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

it('has every column of a running installation in the inventory, those of the queue too; one that nobody listed is found', async () => {
  expect(await unlistedColumns()).toEqual([]);
  expect([...listed()].filter((name) => !name.startsWith('public.')).length).toBe((await columns()).length);
  await database.rows('CREATE TABLE queue.leftovers (words text)');
  expect(await unlistedColumns()).toEqual(['queue.leftovers.words']);
  await database.rows('DROP TABLE queue.leftovers');
});

it('leaves the tables of the queue empty that it says are never used', async () => {
  const full: string[] = [];
  for (const table of NEVER_USED_TABLES)
    if ((await database.rows(`SELECT 1 FROM ${table} LIMIT 1`)).length > 0) full.push(table);
  expect(full).toEqual([]);
});

it('has every file of the data folder in the inventory; one that nobody listed is found', async () => {
  expect((await files()).length).toBeGreaterThan(5);
  expect(unlistedIn(FILE_INVENTORY, await files())).toEqual([]);
  await writeFile(join(world.folder, 'data', 'crash.dump'), '');
  expect(unlistedIn(FILE_INVENTORY, await files())).toEqual(['crash.dump']);
});

const onRedis = canRunRedis() ? it : it.skip;
onRedis(
  'has every key of Redis in the inventory, while lanes wait too',
  async () => {
    const redis: TestRedis = await startRedis();
    const busy = await World.start({ queue: 'redis', redis });
    try {
      const seen = new Set<string>();
      const look = (): void => {
        for (const key of execFileSync('redis-cli', ['-u', redis.url, '--scan'], { encoding: 'utf8' }).split('\n'))
          if (key !== '') seen.add(key);
      };
      await beBusy(busy);
      look();
      await busy.worker.stop();
      const [mo, nan] = [await busy.register('mo'), await busy.register('nan')];
      await nan.allow(mo.address);
      await mo.send(nan.address, 'waits in its lane');
      look();
      expect([...seen].some((key) => key.endsWith(':wait'))).toBe(true);
      expect(unlistedIn(REDIS_INVENTORY, [...seen])).toEqual([]);
      expect(unlistedIn(REDIS_INVENTORY, ['bull:{causeway-lanes-native}:completed'])).toHaveLength(1);
    } finally {
      await busy.close();
      await redis.stop();
    }
  },
  90_000,
);
