import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { CausewayCommand } from '../support/causeway-command.js';
import { tableCells } from '../support/resting-places.js';
import { eventually, PASSPHRASE, World } from '../support/world.js';

const PHONE = '+14155550123';
const exported = z.object({
  address: z.string(),
  stores: z.array(z.object({ store: z.string(), count: z.number(), rows: z.array(z.looseObject({})) })),
});

let world: World;
beforeAll(async () => {
  world = await World.start();
}, 90_000);
afterAll(async () => world.close(), 30_000);

async function asKim(...args: readonly string[]) {
  return CausewayCommand.run([...args, '--device', world.deviceFolder('kim')], { CAUSEWAY_CLI_PASSPHRASE: PASSPHRASE });
}

it('a person takes all of their data along, and has it erased, with two commands', async () => {
  const [kim, lou] = [await world.register('kim'), await world.register('lou')];
  await lou.allow(kim.address);
  await kim.send(lou.address, 'hello');
  await kim.send(`tel:${PHONE}`, 'by text', { allowClear: ['sms'] });
  await eventually(async () => (await world.carrier.received(PHONE)).length === 1);
  const { address } = kim;
  await kim.close();

  const taken = await asKim('account', 'export');
  const { stores, ...rest } = exported.parse(JSON.parse(taken.output));
  expect(rest.address).toBe(address);
  const rowsOf = (store: string) => stores.find((each) => each.store === store)?.rows ?? [];
  expect(rowsOf('transit.message')).toHaveLength(2);
  expect(rowsOf('transit.attempt')).toMatchObject([{ network: 'sms' }]);
  expect(rowsOf('registry.contact')).toMatchObject([{ country: 'US' }]);
  expect(rowsOf('registry.consent')).toHaveLength(1);
  expect(taken.output).not.toContain('token_digest');
  const account = z.object({ account: z.string() }).parse(JSON.parse(taken.output)).account;

  expect((await asKim('account', 'erase', lou.address)).output).toContain('Nothing was done');
  const erased = await asKim('account', 'erase', address);
  expect([erased.status, erased.output]).toEqual([0, expect.stringContaining('registry.contact: 1')]);
  expect(erased.output).toContain('remains');
  expect((await asKim('inbox')).output).toContain('unauthorized');

  const left: string[] = [];
  for (const { place, cells } of await tableCells(world.databaseUrl, { isWhole: true }))
    if (cells.some((cell) => cell.includes(account) || cell.includes(address))) left.push(place);
  expect([...new Set(left.map((place) => place.split('.').slice(0, 2).join('.')))]).toEqual(['registry.tombstone']);
  // whoever they wrote to keeps what they received
  expect((await lou.messages()).map(({ text }) => text)).toContain('hello');
}, 120_000);
