import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ledgerPageSchema } from '@causeway/api-contract';
import type { Device } from '@causeway/client';
import {
  decodePurgeEntry,
  encodePurgeEntry,
  LEDGER_START,
  LedgerSigner,
  purgeEntryHash,
} from '@causeway/message-model';
import pg from 'pg';
import { CausewayCommand } from '../support/causeway-command.js';
import { RawDevice } from '../support/raw-device.js';
import { eventually, PASSPHRASE, World } from '../support/world.js';

const HOUR_MS = 3_600_000;
const DAY_SECONDS = 86_400;
const OPERATOR = 'operator-token-of-more-than-thirty-two-characters';

let world: World;
let [ada, bo]: Device[] = [];
beforeAll(async () => {
  world = await World.start({
    hasClock: true,
    env: { CAUSEWAY_OPERATOR_TOKEN: OPERATOR, CAUSEWAY_PARTITION_INTERVAL_SECONDS: '1' },
  });
  [ada, bo] = [await world.register('ada'), await world.register('bo')];
  await world.befriend(found(ada), found(bo));
  await eventually(async () => (await found(bo).messages()).length > 0);
}, 120_000);
afterAll(async () => world.close(), 30_000);

const found = (device: Device | undefined): Device => {
  if (!device) throw new Error('not registered');
  return device;
};
const held = async (device: Device, name: string, address?: string) =>
  (await device.retention.policies(address)).policies.find((policy) => policy.class === name);
const asOperator = (body: unknown) =>
  fetch(`${world.gatewayUrl}/v1/operator/retention/policies`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
async function as(person: string, ...args: readonly string[]) {
  return CausewayCommand.run([...args, '--device', world.deviceFolder(person)], {
    CAUSEWAY_CLI_PASSPHRASE: PASSPHRASE,
  });
}

it('what either side of a conversation asks for holds for both, and the strictest of all wins', async () => {
  const [one, two] = [found(ada), found(bo)];
  expect(await held(one, 'undelivered-envelope')).toMatchObject({ keepSeconds: 7 * DAY_SECONDS, decidedBy: 'default' });
  await two.retention.keep({ class: 'undelivered-envelope', seconds: 3_600, with: one.address });
  expect(await held(one, 'undelivered-envelope', two.address)).toMatchObject({
    keepSeconds: 3_600,
    decidedBy: 'conversation',
  });
  expect((await asOperator({ class: 'undelivered-envelope', keepSeconds: 600 })).status).toBe(200);
  expect(await held(one, 'undelivered-envelope', two.address)).toMatchObject({ keepSeconds: 600, decidedBy: 'tenant' });
  await eventually(async () => {
    const { gateway } = await one.status(await one.send(two.address, 'for a short time'));
    return gateway !== undefined && gateway.deliverBefore <= Date.now() / 1000 + 600;
  });
  await asOperator({ class: 'undelivered-envelope', keepSeconds: null });
  await two.retention.keep({ class: 'undelivered-envelope', seconds: null, with: one.address });
  expect(await held(one, 'undelivered-envelope', two.address)).toMatchObject({ decidedBy: 'default' });
}, 60_000);

it('lets the operator set for everybody what is within the bounds of the table, and nothing of the people', async () => {
  const tenant = (...args: readonly string[]) =>
    CausewayCommand.run(['retention', 'tenant', ...args, '--gateway', world.gatewayUrl], {
      CAUSEWAY_OPERATOR_TOKEN: OPERATOR,
    });
  expect(await tenant('undelivered-envelope', '20d')).toMatchObject({
    status: 0,
    output: expect.stringContaining('20 days'),
  });
  await found(ada).retention.keep({ class: 'undelivered-envelope', seconds: DAY_SECONDS });
  // devices keep their keys for what others may send them, whatever they ask for themselves
  expect(await held(found(ada), 'undelivered-envelope')).toMatchObject({
    keepSeconds: DAY_SECONDS,
    tenantSeconds: 20 * DAY_SECONDS,
    decidedBy: 'account',
  });
  await found(ada).retention.keep({ class: 'undelivered-envelope', seconds: null });
  expect(await tenant('undelivered-envelope', 'default')).toMatchObject({ status: 0 });
  expect(await tenant('events', '2d')).toMatchObject({ status: 0, output: expect.stringContaining('2 days') });
  expect(await held(found(bo), 'events')).toMatchObject({ keepSeconds: 2 * DAY_SECONDS, decidedBy: 'tenant' });
  expect(await tenant('events', 'default')).toMatchObject({ status: 0 });
  expect(await tenant('events', '8d')).toMatchObject({
    status: 1,
    output: expect.stringContaining('out of the bounds'),
  });
  expect(await tenant('history', '1d')).toMatchObject({ status: 1 });
  expect(await tenant('receipts', '2h')).toMatchObject({ status: 0, output: expect.stringContaining('2 hours') });
  expect(await held(found(bo), 'receipts')).toMatchObject({ keepSeconds: 7_200, overridable: 'by tenant' });
  expect(await tenant('receipts', 'default')).toMatchObject({ status: 0 });
  expect(await tenant('undelivered-envelope', '2h')).toMatchObject({ status: 0 });
  for (const name of ['clear-envelope', 'dead-letters'])
    expect(await held(found(bo), name)).toMatchObject({
      keepSeconds: 7_200,
      decidedBy: 'tenant',
      overridable: expect.stringContaining('with undelivered-envelope'),
    });
  expect(await tenant('undelivered-envelope', 'default')).toMatchObject({ status: 0 });
  expect(await held(found(bo), 'abuse-windows')).toMatchObject({
    levels: [],
    overridable: expect.stringContaining('the same for the whole installation: the names of all tenants'),
  });
}, 60_000);

it('refuses what is out of bounds, of others, or not the operator’s to decide', async () => {
  await expect(found(ada).retention.keep({ class: 'metadata', seconds: 60 })).rejects.toMatchObject({
    code: 'invalid-request',
  });
  expect((await asOperator({ class: 'history', keepSeconds: 60 })).status).toBe(400);
  const stranger = await world.register('eve');
  const conversation = (await found(ada).messages())[0]?.conversation ?? '';
  await expect(stranger.retention.keep({ class: 'history', seconds: 60, with: found(ada).address })).rejects.toThrow(
    'no conversation',
  );
  const other = await RawDevice.register(world.gatewayUrl, world.handle('mallory'));
  const body = { class: 'history', keepSeconds: 60, conversation };
  expect((await other.call('PUT', '/v1/retention/policies', { body })).status).toBe(404);
  const events = { class: 'events', keepSeconds: 86_400 };
  expect((await other.call('PUT', '/v1/retention/policies', { body: events })).status).toBe(400);
  expect((await other.call('GET', `/v1/retention/policies?conversation=${conversation}`)).status).toBe(404);
}, 60_000);

it('lets a conversation live for a minute on every device of the account', async () => {
  const second = await world.addDevice(found(ada), 'ada-2');
  await found(bo).send(found(ada).address, 'kept for a minute');
  await eventually(async () => (await second.messages()).some(({ text }) => text === 'kept for a minute'));
  await found(ada).retention.keep({ class: 'history', seconds: 60, with: found(bo).address });
  await second.close();
  const isThere = async (device: Device) => (await device.messages()).some(({ text }) => text === 'kept for a minute');
  const later = await world.reopen('ada-2', { nowMs: () => Date.now() + 90_000 });
  await eventually(async () => !(await isThere(later)));
  expect(await isThere(found(ada))).toBe(true);
  await later.close();
}, 60_000);

const outcomesOf = async (message: Parameters<Device['retention']['deletionTruth']>[0]) =>
  (await found(ada).retention.deletionTruth(message)).map(({ place, outcome }) => `${place}: ${outcome}`);
const TRUTH_OF_NATIVE = [
  'this device: removed',
  'your other devices: removed',
  'their devices: removed',
  'our servers: removed',
];
const TRUTH_OF_SMS = [
  'this device: stays',
  'your other devices: stays',
  'the carriers: cannot-be-recalled',
  'their phone: cannot-be-recalled',
];

it('says before a deletion what it will come to, place by place', async () => {
  const native = await found(ada).send(found(bo).address, 'soon deleted');
  await eventually(async () => (await found(bo).messages()).some(({ text }) => text === 'soon deleted'));
  // until the word of the delivery has come, sealed copies may wait on our servers
  await eventually(async () => (await outcomesOf(native)).join() === TRUTH_OF_NATIVE.join());
  await found(ada).deleteForEveryone(native);
  for (const device of [ada, bo])
    await eventually(async () => !(await found(device).messages()).some(({ text }) => text === 'soon deleted'));
  const before = found(ada).retention.deletionTruthBefore('tel:+14155550177');
  expect(before.map(({ place, outcome }) => `${place}: ${outcome}`)).toEqual(TRUTH_OF_SMS);
  const clear = await found(ada).send('tel:+14155550177', 'cannot be recalled', { allowClear: ['sms'] });
  expect(await outcomesOf(clear)).toEqual(TRUTH_OF_SMS);
  await found(ada).deleteForEveryone(clear);
  expect((await found(ada).messages()).map(({ text }) => text)).toContain('cannot be recalled');
}, 60_000);

it('purges on time, writes what it purged into the ledger, and shows devices its head; a changed ledger is found out', async () => {
  await world.moveClock(30 * HOUR_MS);
  await eventually(
    async () => {
      const page = await ledger();
      return (
        page.entries.some((entry) => entry.class === 'inbox') && page.entries.some((entry) => entry.class === 'key-day')
      );
    },
    { withinMs: 60_000, what: 'partitions and keys in the ledger' },
  );
  await found(bo).poll();
  expect(await found(bo).retention.checkLedger()).toMatchObject({ kind: 'sound' });
  const sound = await as('ada-2', 'retention', 'verify');
  expect(sound.output).toContain('is sound');
  const [, head = '', key = ''] = /head +(\S+)\n.*key +(\S+)/s.exec(sound.output) ?? [];
  const verify = () =>
    CausewayCommand.run(['retention', 'verify', '--gateway', world.gatewayUrl, '--key', key, '--head', head], {});
  expect(await verify()).toMatchObject({ status: 0 });

  await world.worker.stop();
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  await client.query('CREATE TABLE public.kept AS SELECT * FROM registry.purge_ledger');
  for (const [how, { spoil, says }] of Object.entries(SPOILT)) {
    await spoil(client, Number(head.split(':')[0]));
    expect([how, await verify()]).toEqual([how, { status: 1, output: expect.stringContaining(says) }]);
    await client.query('TRUNCATE registry.purge_ledger');
    await client.query('INSERT INTO registry.purge_ledger SELECT * FROM public.kept');
  }
  expect(await verify()).toMatchObject({ status: 0 });
  await client.end();
  await world.worker.start();
}, 180_000);

interface Spoilt {
  readonly spoil: (client: pg.Client, headSequence: number) => Promise<unknown>;
  readonly says: string;
}

/** Everything that whoever holds the database can do to the ledger; the last with the key that signs it. */
const SPOILT: Readonly<Record<string, Spoilt>> = {
  edited: {
    spoil: (client) =>
      client.query(
        'UPDATE registry.purge_ledger SET entry = set_byte(entry, 20, get_byte(entry, 20) # 1) WHERE sequence = 2',
      ),
    says: 'is NOT sound: entry 2',
  },
  'with another signature': {
    spoil: (client) =>
      client.query("UPDATE registry.purge_ledger SET signature = decode(repeat('00', 64), 'hex') WHERE sequence = 1"),
    says: 'entry 1 is not signed by the key',
  },
  'without an entry': {
    spoil: (client) => client.query('DELETE FROM registry.purge_ledger WHERE sequence = 2'),
    says: 'is missing, or stands in another place',
  },
  'in another order': {
    spoil: async (client) => {
      for (const [from, to] of [
        [1, -1],
        [2, 1],
        [-1, 2],
      ])
        await client.query('UPDATE registry.purge_ledger SET sequence = $2 WHERE sequence = $1', [from, to]);
    },
    says: 'is missing, or stands in another place',
  },
  'cut short': {
    spoil: (client, headSequence) =>
      client.query('DELETE FROM registry.purge_ledger WHERE sequence >= $1', [headSequence]),
    says: 'was cut',
  },
  'signed anew, all of it': { spoil: (client) => signAnew(client), says: 'was written anew' },
};

async function signAnew(client: pg.Client): Promise<void> {
  const signer = new LedgerSigner(await readFile(join(world.folder, 'data', 'keys', 'ledger.key')));
  const { rows } = await client.query<{ sequence: string; entry: Buffer }>(
    'SELECT sequence, entry FROM registry.purge_ledger ORDER BY registry.purge_ledger.sequence',
  );
  let previousHash = LEDGER_START;
  for (const { sequence, entry } of rows) {
    const told = decodePurgeEntry(entry);
    if (!told) throw new Error('not an entry');
    const changed = encodePurgeEntry({ ...told, rows: told.rows + 1, previousHash });
    previousHash = purgeEntryHash(changed);
    await client.query('UPDATE registry.purge_ledger SET entry = $2, hash = $3, signature = $4 WHERE sequence = $1', [
      sequence,
      changed,
      previousHash,
      signer.sign(Number(sequence), previousHash),
    ]);
  }
}

const ledger = async () =>
  ledgerPageSchema.parse(await (await fetch(`${world.gatewayUrl}/v1/retention/ledger?limit=500`)).json());
