import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Device } from '@causeway/client';
import pg from 'pg';
import { CausewayCommand } from '../support/causeway-command.js';
import { BRIDGE_NUMBERS, eventually, World } from '../support/world.js';

const PHONE = '+14155550123';
const STOPPED = '+14155550124';

let world: World;
let [ada, bob, eve, mallory]: Device[] = [];
beforeAll(async () => {
  world = await World.start({ env: { CAUSEWAY_INBOUND_SWEEP_SECONDS: '2' } });
}, 120_000);
afterAll(async () => world.close(), 60_000);

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the test has not come that far');
  return value;
};

async function causeway(...args: readonly string[]): Promise<{ status: number | null; output: string }> {
  return CausewayCommand.run(args, {
    CAUSEWAY_DATABASE_URL: world.databaseUrl,
    CAUSEWAY_DATA_FOLDER: join(world.folder, 'data'),
  });
}

async function sql(...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

const textsOn = async (device: Device | undefined) => (await must(device).messages()).map(({ text }) => text);
const handset = async (phone: string) => (await world.carrier.received(phone)).map(({ body }) => body);
const backupFile = (): string => join(world.folder, 'registry.backup');

it('writes a backup of the registry alone, while everything runs and messages are under way', async () => {
  [ada, bob, eve, mallory] = [
    await world.register('ada'),
    await world.register('bob'),
    await world.register('eve'),
    await world.register('mallory'),
  ];
  for (const friend of [bob, eve, mallory]) await must(friend).allow(must(ada).address);
  for (const friend of [eve, mallory]) await must(ada).send(must(friend).address, 'hello');
  await must(ada).send(`tel:${STOPPED}`, 'before STOP', { allowClear: ['sms'] });
  await eventually(async () => (await handset(STOPPED)).length === 1);
  await must(bob).close();
  await world.edge.stop();
  await must(ada).send(must(bob).address, 'once and no more');
  await world.edge.start();
  await world.carrier.fault({ mode: 'hold', point: 'before' });
  await must(ada).send(`tel:${PHONE}`, 'one text', { allowClear: ['sms'] });

  await eventually(async () => (await world.carrier.held()).length === 1, { what: 'the text is on its way' });

  const { status, output } = await causeway('backup', '--to', backupFile());
  await world.carrier.release('go-on');
  await world.carrier.clearFaults();
  expect([status, output]).toEqual([0, expect.stringContaining('not in it')]);
  const again = await causeway('restore', '--from', backupFile());
  expect([again.status, again.output]).toEqual([1, expect.stringContaining('The database is in use')]);
}, 120_000);

it('restores it after the database was lost: nobody and nothing comes back, nothing is sent again', async () => {
  bob = await world.reopen('bob');
  await eventually(async () => (await textsOn(bob)).includes('once and no more'));
  await eventually(async () => (await handset(PHONE)).includes('one text'), {
    withinMs: 60_000,
    what: 'the text arrives',
  });
  await must(mallory).block(must(ada).address);
  const { erased } = must(await must(eve).eraseAccount());
  expect(erased.find(({ store }) => store === 'registry.account')).toEqual({ store: 'registry.account', rows: 1 });
  await world.carrier.write({ from: STOPPED, to: BRIDGE_NUMBERS[0], text: 'STOP' });
  await eventually(
    async () => {
      const file = await readFile(join(world.folder, 'data', 'tombstones.jsonl'), 'utf8').catch(() => '');
      return ['"consent"', '"opt_out"', '"account"'].every((word) => file.includes(word));
    },
    { what: 'what was taken back is on disk', withinMs: 30_000 },
  );
  for (const process of [world.gateway, world.worker, world.edge]) await process.stop();
  await sql('DROP SCHEMA registry, transit, queue CASCADE', 'DROP TABLE public._prisma_migrations');

  const { status, output } = await causeway('restore', '--from', backupFile());
  expect([status, output]).toEqual([0, expect.stringContaining('all 2 numbers open')]);
  expect(output).toMatch(/accounts erased: 1/);
  expect(output).toMatch(/consents withdrawn: 1/);
  await world.gateway.start();
  await Promise.all([world.worker, world.edge].map((process) => process.start()));

  await expect(must(eve).exportAccount()).rejects.toMatchObject({ code: 'unauthorized' });
  // everyone is who they were, and talks on
  await must(bob).send(must(ada).address, 'after the restore');
  await eventually(async () => (await textsOn(ada)).includes('after the restore'), { withinMs: 45_000 });
  await must(ada).send(must(bob).address, 'and back');
  await eventually(async () => (await textsOn(bob)).includes('and back'), { withinMs: 45_000 });
  expect((await textsOn(bob)).filter((text) => text === 'once and no more')).toHaveLength(1);
  const calls = (await world.carrier.counts())['create'] ?? 0;
  // a block and a STOP from after the backup hold
  await must(ada).send(must(mallory).address, 'to one who blocked me');
  await must(ada).send(`tel:${STOPPED}`, 'to one who said STOP', { allowClear: ['sms'] });
  await must(ada).send(`tel:${PHONE}`, 'a second text', { allowClear: ['sms'] });
  await eventually(async () => (await handset(PHONE)).includes('a second text'), { withinMs: 45_000 });
  expect((await handset(PHONE)).filter((text) => text === 'one text')).toHaveLength(1);
  expect(await handset(STOPPED)).not.toContain('to one who said STOP');
  expect((await world.carrier.counts())['create']).toBe(calls + 1);
  expect(await textsOn(mallory)).not.toContain('to one who blocked me');
}, 240_000);
