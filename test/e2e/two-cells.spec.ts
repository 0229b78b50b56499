import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Device } from '@causeway/client';
import { EmbeddedDatabase } from '@causeway/embedded-database';
import { SILENT_LOGGER } from '@causeway/platform';
import pg from 'pg';
import { CausewayCommand } from '../support/causeway-command.js';
import { phoneMarker, wordsMarker, type Marker } from '../support/marker.js';
import { scanFor, type Resting } from '../support/plaintext-scan.js';
import { databaseFiles, dumpedTables, filesIn, keepWholeLog, tableCells } from '../support/resting-places.js';
import { canRunRedis, startRedis } from '../support/redis.js';
import { RunningProcess, serverFile, type Environment } from '../support/running-process.js';
import { RawDevice, say } from '../support/raw-device.js';
import { eventually, PASSPHRASE, World } from '../support/world.js';

interface Cell {
  readonly region: string;
  readonly host: string;
  readonly words: Marker;
  readonly phone: Marker & { readonly e164: string };
  readonly handle: Marker;
  folder: string;
  database: EmbeddedDatabase;
  world: World;
}

const ROWS = [
  ['DE', 'allowed'],
  ['FR', 'allowed'],
  ['US', 'allowed'],
  ['CN', 'denied'],
] as const;
const raise = (): never => {
  throw new Error('the cells are not up');
};

let shared: string;
let [a, b]: Cell[] = [];
const cellA = () => a ?? raise();
const cellB = () => b ?? raise();

beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), 'cw-cells-'));
  const countries = ROWS.map(([country, verdict]) => ({
    country,
    verdict,
    reason: 'reviewed for this test',
    source: 'this test',
    reviewedOn: '2026-11-01',
  }));
  await writeFile(join(shared, 'residency.json'), JSON.stringify({ format: 'causeway-residency-v1', countries }));
  a = await startCell('eu-1', 'eu.example', 'DE');
  b = await startCell('us-1', 'us.example', 'US');
}, 240_000);
afterAll(async () => {
  for (const cell of [a, b]) {
    await cell?.world.close();
    await cell?.database.stop();
    if (cell) await rm(cell.folder, { recursive: true, force: true });
  }
  await rm(shared, { recursive: true, force: true });
}, 60_000);

const settings = (region: string, host: string, country: string): Environment => ({
  CAUSEWAY_REGION: region,
  CAUSEWAY_NATIVE_HOST: host,
  CAUSEWAY_TENANT: region,
  CAUSEWAY_RESIDENCY_FILE: join(shared, 'residency.json'),
  CAUSEWAY_STORAGE_COUNTRIES: ['database', 'queue', 'files', 'keys', 'sms']
    .map((name) => `${name}=${country}`)
    .join(','),
  CAUSEWAY_ROUTES_OUTSIDE: 'refuse',
  CAUSEWAY_LOG_LEVEL: 'debug',
});

async function startCell(region: string, host: string, country: string): Promise<Cell> {
  const folder = await mkdtemp(join(tmpdir(), `cw-${region}-`));
  const database = await EmbeddedDatabase.start({ folder: join(folder, 'database'), log: SILENT_LOGGER });
  await keepWholeLog(database.url);
  const world = await World.start({ databaseUrl: database.url, env: settings(region, host, country) });
  const [words, phone, handle] = [
    wordsMarker(`words of ${region}`),
    phoneMarker(region),
    wordsMarker(`name of ${region}`),
  ];
  return { region, host, words, phone, handle, folder, database, world };
}

/** Everything of a cell that rests anywhere. */
async function* everythingOf({ world, database, folder }: Cell): AsyncGenerator<Resting> {
  yield* await tableCells(database.url, { isWhole: true });
  yield* dumpedTables(database.url, join(folder, 'dump'));
  yield* databaseFiles(database.url, join(folder, 'database'));
  yield* filesIn(join(world.folder, 'data'), 'data folder');
  for (const process of [world.gateway, world.worker, world.edge, world.simulator])
    yield { store: 'process output', place: 'process', bytes: Buffer.from(process.output) };
}

/** A process of one cell's settings with some of the other's; what it said when it did not start. */
async function refusal(app: 'gateway' | 'worker' | 'edge', cell: Cell, changes: Environment): Promise<string> {
  const country = cell.region === 'eu-1' ? 'DE' : 'US';
  const env = {
    ...settings(cell.region, cell.host, country),
    CAUSEWAY_DATABASE_URL: cell.database.url,
    CAUSEWAY_DATA_FOLDER: join(shared, 'data'),
    CAUSEWAY_HTTP_PORT: '0',
    CAUSEWAY_EDGE_HTTP_PORT: '0',
    ...changes,
  };
  const process = new RunningProcess(serverFile(app), [], env);
  const started = await process.start().then(
    () => true,
    () => false,
  );
  await process.stop();
  return started ? 'it started' : process.output;
}

describe('two cells on one machine', () => {
  it('each carry what is theirs', async () => {
    for (const { world, words, phone, handle } of [cellA(), cellB()]) {
      const [one, two] = [await world.register(handle.text), await world.register('friend')];
      await two.allow(one.address);
      await one.send(two.address, words.text);
      await one.send(`tel:${phone.e164}`, words.text, { allowClear: ['sms'] }).catch(() => undefined);
      await eventually(async () => (await two.messages()).some(({ text }) => text === words.text), {
        withinMs: 45_000,
      });
    }
  }, 120_000);

  it('refuse people of the other cell at every door, with the reason', async () => {
    const { world, host } = cellA();
    const stranger = `mimi://${cellB().host}/u/${cellB().world.handle('friend')}`;
    const ada = await world.register('ada');
    const refused = { code: 'region-not-permitted' };
    await expect(ada.send(stranger, 'over there')).rejects.toMatchObject(refused);
    await expect(ada.allow(stranger)).rejects.toMatchObject(refused);
    await expect(ada.block(stranger)).rejects.toMatchObject(refused);

    const raw = await RawDevice.register(world.gatewayUrl, 'raw', host);
    const headers = { authorization: `Bearer ${raw.token}` };
    const bodies: readonly (readonly [string, string, object])[] = [
      ['POST', '/v1/routes', { to: { kind: 'address', address: stranger } }],
      ['PUT', '/v1/consents', { peer: stranger, decision: 'grant' }],
    ];
    for (const [method, path, body] of bodies) {
      const answer = await say(`${world.gatewayUrl}${path}`, method, { body, headers });
      expect([path, answer.status, answer.document['code']]).toEqual([path, 409, 'region-not-permitted']);
      // a token of one cell is nobody in the other
      const elsewhere = await say(`${cellB().world.gatewayUrl}${path}`, method, { body, headers });
      expect([path, elsewhere.status]).toEqual([path, 401]);
    }
    const folder = join(shared, 'wrong');
    const wrong = Device.register({
      gateway: cellB().world.gatewayUrl,
      handle: 'wrong',
      host,
      folder,
      passphrase: PASSPHRASE,
    });
    await expect(wrong).rejects.toMatchObject({ code: 'invalid-address' });
  }, 60_000);

  it('refuse a route that passes a country outside of the list, and say which', async () => {
    const { world } = cellA();
    const ada = await world.register('eda');
    await expect(ada.send('tel:+819012345678', 'to Japan', { allowClear: ['sms'] })).rejects.toMatchObject({
      code: 'region-not-permitted',
      message: expect.stringContaining('JP'),
    });
  }, 60_000);

  it('do not let a process of one use a store of the other', async () => {
    const [one, other] = [cellA(), cellB()];
    const databases = { CAUSEWAY_DATABASE_URL: other.database.url };
    for (const app of ['gateway', 'worker', 'edge'] as const)
      expect(await refusal(app, one, databases)).toContain('The database is of region us-1');
    const keys = { CAUSEWAY_EDGE_KEY_FOLDER: join(other.world.folder, 'data', 'edge-keys') };
    await other.world.edge.stop();
    expect(await refusal('edge', one, keys)).toContain('belongs to region us-1');
    await other.world.edge.start();
    if (!canRunRedis()) return;
    const redis = await startRedis();
    const queue = { CAUSEWAY_QUEUE_BACKEND: 'redis', CAUSEWAY_REDIS_URL: redis.url };
    expect(await refusal('worker', other, queue)).toBe('it started');
    expect(await refusal('worker', one, queue)).toContain('This Redis is of region us-1');
    await redis.stop();
  }, 180_000);

  it('refuse rows of the other region in the database itself', async () => {
    const client = new pg.Client({ connectionString: cellA().database.url });
    await client.connect();
    const refused = async (sql: string, code: string): Promise<void> =>
      expect(client.query(sql)).rejects.toMatchObject({ code });
    const at = `now()`;
    await refused(`INSERT INTO registry.tenant VALUES ('us-1', 'us.example', 'us-1', 'open', ${at})`, 'CWREG');
    await refused(`UPDATE registry.tenant SET region = 'us-1'`, 'CWREG');
    await refused(`UPDATE registry.cell SET region = 'us-1'`, 'CWREG');
    await refused(`DELETE FROM registry.cell`, 'CWREG');
    await refused(
      `INSERT INTO registry.account VALUES ('us-1', 'acc', 'mimi://us.example/u/x', '', '', '', 1, 'ask', ${at})`,
      '23503',
    );
    await client.end();
  }, 30_000);

  it('refuse to start with a binding that is denied, unknown or undeclared', async () => {
    const named = (countries: string) => refusal('worker', cellA(), { CAUSEWAY_STORAGE_COUNTRIES: countries });
    expect(await named('database=CN,files=DE')).toContain('database in CN is denied');
    expect(await named('database=BR,files=DE')).toContain('not on the reviewed list');
    expect(await named('files=DE')).toContain('nobody declared where database stores');
    const edge = { CAUSEWAY_STORAGE_COUNTRIES: 'database=DE,files=DE,keys=DE,sms=CN' };
    const twilio = {
      CAUSEWAY_SMS_PROVIDER: 'twilio',
      CAUSEWAY_TWILIO_ACCOUNT_SID: `AC${'1'.padStart(32, '0')}`,
      CAUSEWAY_TWILIO_AUTH_TOKEN: 'simulated',
      CAUSEWAY_TWILIO_API_URL: cellA().world.carrier.url,
      CAUSEWAY_BRIDGE_NUMBERS: '+14155550100',
    };
    expect(await refusal('edge', cellA(), { ...twilio, ...edge })).toContain('sms in CN is denied');
  }, 120_000);

  it('do not take a backup of each other', async () => {
    const path = join(shared, 'eu.backup');
    const run = (cell: Cell, ...args: string[]) =>
      CausewayCommand.run(args, {
        CAUSEWAY_DATABASE_URL: cell.database.url,
        CAUSEWAY_REGION: cell.region,
        CAUSEWAY_DATA_FOLDER: join(cell.world.folder, 'data'),
      });
    expect((await run(cellA(), 'backup', '--to', path)).status).toBe(0);
    const { world } = cellB();
    for (const process of [world.gateway, world.worker, world.edge]) await process.stop();
    const { status, output } = await run(cellB(), 'restore', '--from', path, '--replace');
    expect([status, output]).toEqual([1, expect.stringContaining('The backup is of region eu-1')]);
  }, 60_000);

  it('have nothing of each other anywhere, and the same search finds what is theirs', async () => {
    const { words, phone, handle } = cellA();
    const { findings, bytesByStore } = await scanFor([words, phone, handle], everythingOf(cellB()));
    expect(findings).toEqual([]);
    for (const store of ['tables', 'dump', 'write-ahead log', 'database files', 'data folder', 'process output'])
      expect([store, (bytesByStore.get(store) ?? 0) > 500]).toEqual([store, true]);
    const own = await scanFor([handle], everythingOf(cellA()));
    expect(new Set(own.findings.map(({ store }) => store))).toEqual(
      new Set(['tables', 'dump', 'write-ahead log', 'database files']),
    );
  }, 120_000);
});
