import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Device } from '@causeway/client';
import { DatabaseAccess } from '../support/database-access.js';
import { BRIDGE_NUMBERS, eventually, World } from '../support/world.js';

const PHONE = '+14155550123';
const HOUR_MS = 3_600_000;

let world: World;
let database: DatabaseAccess;
beforeAll(async () => {
  world = await World.start({
    env: { CAUSEWAY_PARTITION_INTERVAL_SECONDS: '1', CAUSEWAY_INBOUND_SWEEP_SECONDS: '2' },
  });
  database = await DatabaseAccess.open(world.databaseUrl);
}, 90_000);
afterAll(async () => {
  await database?.close();
  await world?.close();
}, 30_000);

/** As if nobody had purged for hours: a partition whose time is long over. */
async function fallBehind(): Promise<void> {
  await world.worker.stop();
  const hour = Math.floor(Date.now() / HOUR_MS) - 3;
  await database.rows(
    `CREATE TABLE transit.inbox_${hour} PARTITION OF transit.inbox FOR VALUES FROM (${hour}) TO (${hour + 1})`,
  );
}

const texts = async (device: Device) => (await device.messages()).map(({ text }) => text);

it('while the purge is hours behind, nothing is taken in at any door, and nothing that a network brought is lost', async () => {
  const [kim, lee] = [await world.register('kim'), await world.register('lee')];
  await lee.allow(kim.address);
  await kim.send(`tel:${PHONE}`, 'before', { allowClear: ['sms'] });
  await eventually(async () => (await world.carrier.received(PHONE)).length === 1);
  await fallBehind();

  await world.carrier.write({ from: PHONE, to: BRIDGE_NUMBERS[0], text: 'brought too early' });
  await eventually(() => world.edge.output.includes('"outcome":"purge-behind"'), { what: 'the webhook is refused' });
  // at the native door too, as soon as the gateway has looked; the device keeps what it could not bring
  const held: string[] = [];
  await eventually(
    async () => {
      const text = `native ${held.push('')}`;
      const { messageId } = await kim.send(lee.address, text);
      return (await kim.status(messageId)).gateway === undefined;
    },
    { what: 'the gateway refuses', withinMs: 30_000 },
  );
  expect(await texts(kim)).not.toContain('brought too early');

  await world.worker.start();
  await eventually(async () => (await texts(kim)).includes('brought too early'), {
    what: 'the sweep',
    withinMs: 60_000,
  });
  await eventually(async () => (await texts(lee)).filter((text) => text?.startsWith('native')).length === held.length, {
    what: 'the device submits again',
    withinMs: 60_000,
  });
  expect((await texts(kim)).filter((text) => text === 'brought too early')).toHaveLength(1);
}, 180_000);
