import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from '@causeway/client';
import { EdgeKeys } from '@causeway/edge-keys';
import { EmbeddedDatabase } from '@causeway/embedded-database';
import { SILENT_LOGGER, SYSTEM_CLOCK } from '@causeway/platform';
import { allEdgeKeys, openedWithEdgeKeys } from '../support/edge-key-trial.js';
import { phoneMarker, wordsMarker } from '../support/marker.js';
import { scanFor, type Resting } from '../support/plaintext-scan.js';
import { canRunRedis, startRedis, type TestRedis } from '../support/redis.js';
import { databaseFiles, dumpedTables, filesIn, keepWholeLog, tableCells } from '../support/resting-places.js';
import { eventually, World } from '../support/world.js';

const WORDS = wordsMarker('words');
const [WAITING, DELIVERED] = [phoneMarker('waiting'), phoneMarker('delivered')];
const MARKERS = [WORDS, WAITING, DELIVERED];

let folder: string;
let database: EmbeddedDatabase;
let redis: TestRedis | undefined;
let world: World;
let kim: Device;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cw-stolen-'));
  await chmod(folder, 0o711);
  database = await EmbeddedDatabase.start({ folder: join(folder, 'database'), log: SILENT_LOGGER });
  await keepWholeLog(database.url);
  redis = canRunRedis() ? await startRedis() : undefined;
  world = await World.start({ databaseUrl: database.url, ...(redis ? { redis, queue: 'redis' } : {}) });
}, 120_000);
afterAll(async () => {
  await world?.close();
  await redis?.stop();
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** What a thief of the stores has: every table, a dump, the files of PostgreSQL and those of Redis. */
async function* stolen(): AsyncGenerator<Resting> {
  yield* await tableCells(database.url, { isWhole: true });
  yield* dumpedTables(database.url, join(folder, 'dump'));
  yield* databaseFiles(database.url, join(folder, 'database'));
  if (redis) yield* filesIn(redis.folder, 'redis');
}

describe('a stolen database and Redis, without the key store', () => {
  it('has no words and no number in it, while messages of every kind wait in it', async () => {
    kim = await world.register('kim');
    const lee = await world.register('lee');
    await lee.allow(kim.address);
    await kim.send(lee.address, 'hello');
    await lee.close();
    await kim.send(lee.address, WORDS.text);
    await kim.send(`tel:${DELIVERED.e164}`, WORDS.text, { allowClear: ['sms'] });
    await eventually(async () => (await world.carrier.received(DELIVERED.e164)).length === 1);
    await world.carrier.fault({ mode: 'hold', point: 'before' });
    await kim.send(`tel:${WAITING.e164}`, WORDS.text, { allowClear: ['sms'] });
    await eventually(async () => (await world.carrier.held()).length === 1);

    const { findings, bytesByStore } = await scanFor(MARKERS, stolen());
    expect(findings).toEqual([]);
    for (const store of ['tables', 'dump', 'write-ahead log', 'database files', ...(redis ? ['redis'] : [])])
      expect([store, (bytesByStore.get(store) ?? 0) > 100]).toEqual([store, true]);
  }, 120_000);

  it('opens with no key that a thief could make, and as a control with those of the key store', async () => {
    const elsewhere = join(folder, 'other-keys');
    await (await EdgeKeys.open({ folder: elsewhere, region: 'local', clock: SYSTEM_CLOCK })).close();
    const thief = await scanFor(MARKERS, openedWithEdgeKeys(database.url, await allEdgeKeys(elsewhere)));
    expect(thief.findings).toEqual([]);
    expect(thief.bytesByStore.get('opened') ?? 0).toBeGreaterThan(100);

    const own = await allEdgeKeys(join(world.folder, 'data', 'edge-keys'));
    const { findings } = await scanFor(MARKERS, openedWithEdgeKeys(database.url, own));
    expect(new Set(findings.map(({ marker }) => marker))).toEqual(new Set(MARKERS.map(({ name }) => name)));
    await world.carrier.release('go-on');
    await world.carrier.clearFaults();
  }, 60_000);
});
