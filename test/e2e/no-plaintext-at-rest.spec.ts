import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device, SentMessage } from '@causeway/client';
import { EmbeddedDatabase } from '@causeway/embedded-database';
import type { MessageState } from '@causeway/message-model';
import { SILENT_LOGGER } from '@causeway/platform';
import pg from 'pg';
import { allEdgeKeys, openedWithEdgeKeys } from '../support/edge-key-trial.js';
import { needlesOf, phoneMarker, wordsMarker, writtenOut } from '../support/marker.js';
import { scanFor, type Resting, type ScanReport } from '../support/plaintext-scan.js';
import { databaseFiles, dumpedTables, filesIn, keepWholeLog, tableCells } from '../support/resting-places.js';
import { RunningProcess } from '../support/running-process.js';
import { BRIDGE_NUMBERS, eventually, World } from '../support/world.js';

const STORES = [
  'tables',
  'dump',
  'write-ahead log',
  'database files',
  'data folder',
  'device folders',
  'process output',
];
const WORDS = wordsMarker('words');
const PHONES = {
  approved: phoneMarker('approved'),
  waiting: phoneMarker('waiting'),
  refused: phoneMarker('refused'),
  undelivered: phoneMarker('undelivered'),
  unknown: phoneMarker('unknown'),
  blocked: phoneMarker('blocked'),
  unbound: phoneMarker('unbound'),
};
const MARKERS = [WORDS, ...Object.values(PHONES)];

/** Each message says which journey it is of, around what is searched for. */
const words = (journey: string): string => `${journey} ${WORDS.text} ${journey}`;
const tel = (name: keyof typeof PHONES): string => `tel:${PHONES[name].e164}`;

let folder: string;
let database: EmbeddedDatabase;
let world: World;
let firstSegment: string;
let [kim, kimTwo, lee, mo]: Device[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cw-db-'));
  await chmod(folder, 0o711);
  database = await EmbeddedDatabase.start({ folder: join(folder, 'database'), log: SILENT_LOGGER });
  firstSegment = await keepWholeLog(database.url);
  world = await World.start({
    databaseUrl: database.url,
    env: {
      CAUSEWAY_LOG_LEVEL: 'debug',
      CAUSEWAY_UNKNOWN_ABSENT_AFTER_SECONDS: '8',
      CAUSEWAY_INBOUND_SWEEP_SECONDS: '2',
    },
  });
}, 120_000);
afterAll(async () => {
  await world?.close();
  await database?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

describe('no plaintext at rest', () => {
  const sent = new Map<string, SentMessage>();

  it('keeps words that wait for consent or for the statement on the sending device alone; no edge key opens anything of them', async () => {
    [kim, lee, mo] = [await world.register('kim'), await world.register('lee'), await world.register('mo')];
    kimTwo = await world.addDevice(device(kim), 'kim-2');
    sent.set('waits for consent', await device(kim).send(device(mo).address, words('waits for consent')));
    sent.set('waits for the statement', await device(kim).send(tel('waiting'), words('waits for the statement')));
    expect(sent.get('waits for consent')?.state).toEqual({ kind: 'waiting-on-sender', reason: 'consent' });
    expect(sent.get('waits for the statement')?.state).toEqual({ kind: 'waiting-on-sender', reason: 'downgrade' });

    expect(await textsOn(kim)).toEqual([words('waits for consent'), words('waits for the statement')]);
    for (const other of [kimTwo, lee, mo]) expect(await textsOn(other)).toEqual([]);
    expect((await scanEverything()).findings).toEqual([]);
    // A contact's number is sealed to the edge by design, so that replies find it: that, and nothing else, opens.
    expect(await openedPlaces()).toEqual([`registry.contact.sealed_number: ${PHONES.waiting.name}`]);
  }, 120_000);

  it('as a control: edge keys do open words that a person allowed, while a carrier’s silence holds them back', async () => {
    await world.carrier.fault({ mode: 'drop' });
    sent.set('never arrived', await device(kim).send(tel('blocked'), words('never arrived'), { allowClear: ['sms'] }));
    await eventually(
      async () =>
        (await device(kim).status(sent.get('never arrived')?.messageId ?? never())).gateway?.state.kind === 'sending',
    );
    sent.set('cancelled', await device(kim).send(tel('blocked'), words('cancelled'), { allowClear: ['sms'] }));
    expect(await openedPlaces()).toEqual([
      `registry.contact.sealed_number: ${PHONES.blocked.name}`,
      `registry.contact.sealed_number: ${PHONES.waiting.name}`,
      `transit.envelope: ${PHONES.blocked.name}`,
      'transit.envelope: words',
    ]);
    await device(kim).cancel(sent.get('cancelled')?.messageId ?? never());
    expect(await stateOf('cancelled')).toBe('cancelled');
  }, 60_000);

  it('leaves neither words nor numbers anywhere after every journey has been travelled', async () => {
    device(lee).on('request', (request) => device(lee).accept(request));
    sent.set('native there', await device(kim).send(device(lee).address, words('native there')));
    await ends('native there', 'delivered');
    await device(lee).send(device(kim).address, words('native back'));

    sent.set('delivered', await device(kim).send(tel('approved'), words('delivered')));
    await device(kim).approve(sent.get('delivered') ?? never());
    await ends('delivered', 'delivered');
    await world.carrier.write({ from: PHONES.approved.e164, to: BRIDGE_NUMBERS[0], text: words('answer') });

    await sendUnderFault('refused', { mode: 'refuse-code', code: 21211 }, 'failed');
    await sendUnderFault('undelivered', { mode: 'fail-code', code: 30006 }, 'failed');
    await sendUnderFault('unknown', { mode: 'accept-then-drop' }, 'delivered');
    await world.carrier.write({ from: PHONES.unbound.e164, to: BRIDGE_NUMBERS[1], text: words('for nobody') });
    await ends('never arrived', 'unconfirmed');
    await everyoneHas();

    const { findings, bytesByStore } = await scanEverything();
    expect(findings).toEqual([]);
    for (const store of STORES) expect([store, (bytesByStore.get(store) ?? 0) > 1_000]).toEqual([store, true]);
    expect(await readdir(join(folder, 'database', 'data', 'pg_wal'))).toContain(firstSegment);
    const numbers = (['approved', 'blocked', 'refused', 'undelivered', 'unknown', 'waiting'] as const).map(
      (name) => PHONES[name].name,
    );
    expect(await openedPlaces()).toEqual(numbers.map((name) => `registry.contact.sealed_number: ${name}`).toSorted());
    process.stdout.write(
      `no-plaintext-at-rest: 0 of ${MARKERS.length} markers in ${MARKERS.flatMap(needlesOf).length} forms; searched ${[...bytesByStore].map(([store, bytes]) => `${store} ${Math.ceil(bytes / 1e3)} kB`).join(', ')}\n`,
    );
  }, 180_000);

  it('as a control: the same search finds them where they should be, on handsets and on the devices that received them', async () => {
    const handset = {
      store: 'handset',
      place: 'approved',
      bytes: Buffer.from(JSON.stringify(await world.carrier.received(PHONES.approved.e164))),
    };
    const received = { store: 'device', place: 'lee', bytes: Buffer.from(JSON.stringify(await textsOn(lee))) };
    const answered = {
      store: 'device',
      place: 'kim-2',
      bytes: Buffer.from((await device(kimTwo).messages()).map(({ from, text }) => `${from} ${text}`).join()),
    };
    const { findings } = await scanFor(MARKERS, [handset, received, answered]);
    expect(findings.map(({ store, place, marker, encoding }) => `${store} ${place}: ${marker}, ${encoding}`)).toEqual([
      'handset approved: words, plain',
      `handset approved: ${PHONES.approved.name}, plain`,
      'device lee: words, plain',
      'device kim-2: words, plain',
      `device kim-2: ${PHONES.approved.name}, plain`,
    ]);
  });

  it('as a control: the same search finds what is planted, in every store and every encoding', async () => {
    const planted = wordsMarker('planted');
    const printer = await plant(planted);
    try {
      const { findings } = await scanFor([planted], everything(printer));
      const encodings = writtenOut(planted).map(({ encoding }) => encoding);
      for (const store of STORES) {
        const found = new Set(findings.filter((finding) => finding.store === store).map(({ encoding }) => encoding));
        expect([store, encodings.filter((encoding) => !found.has(encoding))]).toEqual([store, []]);
      }
    } finally {
      await printer.stop('SIGKILL');
    }
  }, 120_000);

  async function stateOf(journey: string): Promise<MessageState['kind'] | 'unsubmitted'> {
    return (await device(kim).status(sent.get(journey)?.messageId ?? never())).state.kind;
  }

  async function ends(journey: string, kind: MessageState['kind']): Promise<void> {
    await eventually(async () => (await stateOf(journey)) === kind, { what: `${journey}: ${kind}`, withinMs: 45_000 });
  }

  async function sendUnderFault(
    name: 'refused' | 'undelivered' | 'unknown',
    fault: Record<string, string | number>,
    end: MessageState['kind'],
  ): Promise<void> {
    await world.carrier.fault(fault);
    sent.set(name, await device(kim).send(tel(name), words(name), { allowClear: ['sms'] }));
    await ends(name, end);
  }

  /** Both of kim's devices have the answers, and copies of what the other one sent. */
  async function everyoneHas(): Promise<void> {
    await eventually(async () => (await textsOn(lee)).includes(words('native there')));
    for (const own of [kim, kimTwo]) {
      for (const journey of ['native there', 'native back', 'delivered', 'answer', 'unknown']) {
        await eventually(async () => (await textsOn(own)).includes(words(journey)), {
          what: `${journey} on kim’s devices`,
        });
      }
    }
  }
});

const never = (): never => {
  throw new Error('the journey has not begun');
};

const device = (found: Device | undefined): Device => found ?? never();

const textsOn = async (of: Device | undefined): Promise<(string | undefined)[]> =>
  (await device(of).messages()).map(({ text }) => text);

const scanEverything = (): Promise<ScanReport> => scanFor(MARKERS, everything());

/** All places where something rests. */
async function* everything(...more: readonly RunningProcess[]): AsyncGenerator<Resting> {
  yield* await tableCells(database.url, { isWhole: true });
  yield* dumpedTables(database.url, join(folder, 'dump'));
  yield* databaseFiles(database.url, join(folder, 'database'));
  yield* filesIn(join(world.folder, 'data'), 'data folder');
  yield* filesIn(join(world.folder, 'devices'), 'device folders');
  const processes = [world.gateway, world.worker, world.edge, world.simulator, ...more];
  yield* processes.map(({ bytes }, index) => ({
    store: 'process output',
    place: `process ${index}`,
    bytes,
  }));
}

/** Where the keys of the edge open something that matters. */
async function openedPlaces(): Promise<string[]> {
  const keys = await allEdgeKeys(join(world.folder, 'data', 'edge-keys'));
  expect(keys.legKeys.length).toBeGreaterThanOrEqual(4);
  const { findings } = await scanFor(MARKERS, openedWithEdgeKeys(database.url, keys));
  const partition = /^(transit\.\w+?)_\w*\d+\.\w+$/;
  return [
    ...new Set(findings.map(({ place, marker }) => `${partition.exec(place)?.[1] ?? place}: ${marker}`)),
  ].toSorted();
}

/** Into a table of each schema, a file of each folder, and the output of a process. */
async function plant(marker: { readonly name: string; readonly text: string }): Promise<RunningProcess> {
  const forms = writtenOut(marker);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  // with the queue on Redis there is no schema for it
  const { rows: schemas } = await client.query<{ schema: string }>(
    "SELECT nspname AS schema FROM pg_namespace WHERE nspname IN ('registry', 'transit', 'queue', 'public')",
  );
  for (const { schema } of schemas) {
    await client.query(`CREATE TABLE ${schema}.planted (words text, bytes bytea)`);
    for (const { bytes } of forms) {
      const isText = !bytes.includes(0);
      await client.query(`INSERT INTO ${schema}.planted VALUES ($1, $2)`, [
        isText ? bytes.toString('latin1') : null,
        bytes,
      ]);
    }
  }
  await client.end();
  const all = Buffer.concat(forms.flatMap(({ bytes }) => [bytes, Buffer.from('\n')]));
  for (const at of [join(world.folder, 'data', 'edge-keys', 'planted'), join(world.deviceFolder('kim'), 'store')]) {
    await mkdir(at, { recursive: true });
    await writeFile(join(at, 'planted'), all);
  }
  return new RunningProcess('test/support/print-words.mjs', [all.toString('base64')], {}).start();
}
