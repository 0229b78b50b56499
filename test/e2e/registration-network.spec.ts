import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { DatabaseAccess } from '../support/database-access.js';
import { freePorts } from '../support/free-ports.js';
import { RawDevice, say } from '../support/raw-device.js';
import { filesIn, tableCells } from '../support/resting-places.js';
import { World } from '../support/world.js';

const NETWORK = '2001:db8:5afe';
/** The network in every way in which it could lie somewhere. */
const NEEDLES = [NETWORK, '2001:0db8:5afe', '20010db85afe', Buffer.from('20010db85afe', 'hex')];

let world: World;
let database: DatabaseAccess;
beforeAll(async () => {
  world = await World.start({ env: { CAUSEWAY_REGISTRATION_NETWORK: 'forwarded', CAUSEWAY_LOG_LEVEL: 'debug' } });
  database = await DatabaseAccess.open(world.databaseUrl);
}, 90_000);
afterAll(async () => {
  await database?.close();
  await world?.close();
}, 30_000);

let made = 0;
/** What is kept of a registration that comes through a proxy which wrote this into the header. */
async function keptOf(forwarded: string | undefined, gateway = world.gatewayUrl): Promise<string | undefined> {
  const device = new RawDevice(gateway, world.handle(`somebody-${(made += 1)}`));
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const answer = await say(`${gateway}/v1/accounts`, 'POST', { body: device.registration(), headers });
  expect(answer.status).toBe(201);
  const [row] = await database.rows(
    `SELECT encode(network, 'hex') AS network FROM transit.registration WHERE account_id = '${device.account}'`,
  );
  return row === undefined ? undefined : String(row['network']);
}

it('knows accounts of one network by what the proxy added last, and believes nothing before it', async () => {
  const first = await keptOf(`${NETWORK}:1::7`);
  expect(first).toMatch(/^[0-9a-f]{48}$/);
  expect(await keptOf(`${NETWORK}:2::8`)).toBe(first);
  expect(await keptOf(`203.0.113.9, ${NETWORK}:3::9`)).toBe(first);
  const other = await keptOf(`${NETWORK}:4::a, 203.0.113.9`);
  expect(other).toMatch(/^[0-9a-f]{48}$/);
  expect(other).not.toBe(first);
});

it('keeps nothing where there is nothing to believe', async () => {
  for (const forwarded of [undefined, 'unknown', `${NETWORK}:1::7, unknown`, `${NETWORK}:1::7, 10.0.0.1`])
    expect([forwarded, await keptOf(forwarded)]).toEqual([forwarded, undefined]);
});

it('keeps nothing at a gateway whose operator did not ask for it, nor of connections from its own machine', async () => {
  for (const source of ['', 'connection']) {
    const [port] = await freePorts(1);
    const gateway = await world.another('gateway', {
      CAUSEWAY_HTTP_PORT: String(port),
      CAUSEWAY_GATEWAY_RPC_LISTEN: join(world.folder, 'data', 'run', `other-${String(port)}.sock`),
      CAUSEWAY_REGISTRATION_NETWORK: source === '' ? 'off' : source,
    });
    expect(await keptOf(`${NETWORK}:1::7`, `http://127.0.0.1:${String(port)}`)).toBeUndefined();
    await gateway.stop();
  }
});

it('leaves the address in no table, file or log line', async () => {
  const found: string[] = [];
  const look = (place: string, bytes: Buffer): void => {
    if (NEEDLES.some((needle) => bytes.includes(needle))) found.push(place);
  };
  for (const { place, bytes } of await tableCells(world.databaseUrl, { isWhole: true })) look(place, bytes);
  let files = 0;
  for await (const { place, bytes } of filesIn(join(world.folder, 'data'), 'files')) {
    files += 1;
    look(place, bytes);
  }
  look('logs', world.logBytes);
  expect(files).toBeGreaterThan(3);
  expect(world.logBytes.length).toBeGreaterThan(200);
  expect(found).toEqual([]);
  look('planted', Buffer.from(`from ${NETWORK}:1::7`));
  expect(found).toEqual(['planted']);
}, 30_000);
