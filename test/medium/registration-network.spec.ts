import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toWireJson } from '@causeway/api-contract';
import { DropPartitions } from '@causeway/retention';
import { z } from 'zod';
import { must, type Person } from '../support/in-process.js';
import { befriend, headerTo } from '../support/native-message.js';
import { ReportingGateway } from '../support/reporting-gateway.js';
import { tableCells } from '../support/resting-places.js';

const DAY_MS = 86_400_000;
/** So many proven reports, and so many new people within a minute, are a suspension whatever else is known. */
const REPORTERS = 8;
const STRANGERS = 17;
/** Of one network, and what it looks like in every way of writing it. */
const ADDRESSES = ['2001:db8:5afe:1::7', '2001:db8:5afe:2::8', '2001:db8:5afe:ffff::9', '2001:0DB8:5AFE::a'];
const ELSEWHERE = '2001:db8:5aff:1::7';
const NETWORK = ['2001:db8:5afe', '2001:0db8:5afe', '20010db85afe', Buffer.from('20010db85afe', 'hex')];

const decided = z.object({ decisions: z.array(z.object({ level: z.number(), reasons: z.array(z.looseObject({})) })) });

let gateway: ReportingGateway;
let crowd: readonly Person[];
let suspended: readonly Person[];
beforeAll(async () => {
  gateway = await ReportingGateway.open();
  crowd = await people('reporter', Array.from({ length: REPORTERS }));
}, 60_000);
afterAll(async () => gateway.close(), 30_000);

async function people(name: string, addresses: readonly (string | undefined)[]): Promise<readonly Person[]> {
  const made: Person[] = [];
  for (const address of addresses) made.push(await gateway.bridge.person(name, address));
  return made;
}

function write(from: Person, handle: string, messageId = headerTo(gateway.bridge, from.caller.address).messageId) {
  const address = `mimi://causeway.local/u/${handle}`;
  const request = headerTo(gateway.bridge, address, { messageId });
  const body: unknown = JSON.parse(toWireJson({ ...request, to: { ...request.to, address } }));
  return gateway.call(from, 'POST', '/v1/messages', body, { 'idempotency-key': `"${messageId}"` });
}

async function decisionsOf(person: Person) {
  return decided.parse((await gateway.call(person, 'GET', '/v1/abuse/decisions')).document).decisions;
}

/** Everybody in the crowd has a message of theirs, and reports it; between that they write to one stranger after the other. */
async function misbehaves(person: Person, isReportedLast: boolean): Promise<void> {
  const reports: (() => Promise<{ readonly status: number }>)[] = [];
  for (const reporter of crowd) {
    gateway.bridge.clock.advanceMs(60_000);
    const { conversation } = await befriend(gateway.bridge, person, reporter);
    const [{ messageId, token }] = [must((await gateway.carry(person, reporter, conversation, 1))[0])];
    const sender = { kind: 'native', address: person.caller.address };
    reports.push(() => gateway.report(reporter, { token, messageId, sender }));
  }
  const floods = async () => {
    for (let stranger = 0; stranger < STRANGERS; stranger += 1) await write(person, `stranger-${stranger}`);
  };
  if (isReportedLast) await floods();
  for (const report of reports) expect((await report()).status).toBe(201);
  if (!isReportedLast) await floods();
  expect((await decisionsOf(person)).map(({ level }) => level)).toContain(4);
}

const kept = async (person: Person) => {
  const hour = Math.floor(gateway.bridge.clock.nowMs() / 3_600_000);
  return must((await gateway.bridge.stores.senderFacts.read([person.caller], hour))[0]).network;
};
const rows = () => gateway.bridge.stores.database.query('SELECT FROM transit.registration');

const clusterReasons = async (person: Person) =>
  (await decisionsOf(person)).flatMap(({ reasons }) => reasons).filter(({ signal }) => signal === 'CLU');

describe('three accounts of one network that were suspended', () => {
  it('speak against the next one from there, and against nobody else', async () => {
    suspended = await people('mallory', ADDRESSES.slice(0, 3));
    // the last by a report, about which no device of theirs is asked
    for (const [place, person] of suspended.entries()) await misbehaves(person, place === 2);
    const [next] = await people('next', [ADDRESSES[3]]);
    const [elsewhere, unseen] = await people('other', [ELSEWHERE, undefined]);
    for (const person of [next, elsewhere, unseen]) {
      expect((await write(must(person), 'somebody')).status).toBe(202);
      gateway.bridge.clock.advanceMs(60_000);
    }
    expect(await clusterReasons(must(next))).toMatchObject([{ signal: 'CLU', value: 3, points: 2 }]);
    for (const person of [elsewhere, unseen]) expect(await decisionsOf(must(person))).toEqual([]);
  }, 120_000);

  it('leave no address, no network and nothing else of it in any table but names of 12 bytes', async () => {
    const cells = await tableCells(gateway.bridge.databaseUrl, { isWhole: true });
    const found = cells.filter(({ bytes }) => [...NETWORK, ...ADDRESSES].some((written) => bytes.includes(written)));
    expect(found.map(({ place }) => place)).toEqual([]);
    expect(must(await kept(must(suspended[0])))).toHaveLength(24);
  });

  it('have it in what they take along, and it goes when they erase their account', async () => {
    const { personal } = gateway.bridge.stores;
    const { caller } = must(suspended[0]);
    const mine = (await personal.read(caller)).find(({ store }) => store === 'transit.registration');
    expect(mine).toMatchObject({ count: 1, rows: [{ account_id: caller.account }] });
    const before = (await rows()).length;
    await personal.erase(caller, { statement: '', signature: '' });
    expect(await rows()).toHaveLength(before - 1);
  });

  it('cannot be told to belong together two weeks later: first nobody reads it, then it is gone', async () => {
    const { bridge } = gateway;
    const { partitions } = bridge.stores;
    expect(await kept(must(suspended[1]))).not.toBeNull();
    bridge.clock.advanceMs(14 * DAY_MS);
    expect(await kept(must(suspended[1]))).toBeNull();
    expect(await rows()).not.toHaveLength(0);
    await new DropPartitions(partitions, bridge.clock, bridge.events).execute();
    expect(await rows()).toEqual([]);
    const [late] = await people('late', [ADDRESSES[3]]);
    expect((await write(must(late), 'somebody')).status).toBe(202);
    expect(await clusterReasons(must(late))).toEqual([]);
  }, 60_000);
});

describe('a message that a device tries again', () => {
  const counted = async () => {
    const [row] = await gateway.bridge.stores.database.query<{ n: number }>(
      'SELECT coalesce(sum(messages), 0)::int AS n FROM transit.guard_pair',
    );
    return must(row).n;
  };

  it('counts once, whether it was let on or held; another one to the same person counts', async () => {
    const [person] = await people('patient', [undefined]);
    const before = await counted();
    const { messageId } = headerTo(gateway.bridge, must(person).caller.address);
    for (let time = 0; time < 5; time += 1) {
      await write(must(person), 'nobody', messageId);
      gateway.bridge.clock.advanceMs(1_000);
    }
    expect(await counted()).toBe(before + 1);
    await write(must(person), 'nobody');
    expect(await counted()).toBe(before + 2);
    for (let stranger = 0; stranger < 20; stranger += 1) await write(must(person), `other-${stranger}`);
    const { messageId: held } = headerTo(gateway.bridge, must(person).caller.address);
    const beforeHeld = await counted();
    for (let time = 0; time < 5; time += 1) {
      gateway.bridge.clock.advanceMs(1_000);
      expect((await write(must(person), 'held-from', held)).status).toBe(429);
    }
    expect(await counted()).toBe(beforeHeld + 1);
  }, 60_000);
});
