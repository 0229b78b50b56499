import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CausewayCommand } from '../support/causeway-command.js';
import { say } from '../support/raw-device.js';
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

it('an operator holds what an account does from then on, and nobody without the operator token can', async () => {
  const [ada, bob] = [await world.register('ada'), await world.register('bob')];
  await bob.allow(ada.address);
  await ada.send(bob.address, 'before the hold');
  const { account } = await ada.exportAccount();
  const token = (await readFile(join(world.folder, 'data', 'operator-token'), 'utf8')).trim();
  const holds = (method: string, path = '', body?: object, bearer = token) =>
    say(`${world.gatewayUrl}/v1/operator/holds${path}`, method, {
      headers: { authorization: `Bearer ${bearer}` },
      ...(body ? { body } : {}),
    });
  const order = { account, reference: 'order 7', days: 30 };
  expect((await holds('POST', '', order, 'guessed')).status).toBe(401);
  const begun = await holds('POST', '', order);
  expect([begun.status, begun.document]).toMatchObject([201, { account, announcedAt: null, messages: 0 }]);
  const { id } = z.object({ id: z.string() }).parse(begun.document);
  const copied = async () =>
    z
      .object({ messages: z.array(z.looseObject({ id: z.string() })) })
      .parse((await holds('GET', `/${id}/messages`)).document);
  await ada.send(bob.address, 'within the hold');
  await eventually(async () => (await copied()).messages.length > 0, { what: 'the hold copies', withinMs: 30_000 });
  expect(JSON.stringify(await copied())).not.toContain('within the hold');
  expect((await copied()).messages).toHaveLength(1);
  expect(world.worker.output).toContain('hold-begun');
  expect((await holds('DELETE', `/${id}`)).status).toBe(204);
  expect((await copied()).messages).toEqual([]);
}, 90_000);
