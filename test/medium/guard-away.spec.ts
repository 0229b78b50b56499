import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toWireJson } from '@causeway/api-contract';
import { DatabaseAccess } from '../support/database-access.js';
import type { Person } from '../support/in-process.js';
import { befriended, headerTo, messageTo } from '../support/native-message.js';
import { ReportingGateway } from '../support/reporting-gateway.js';
import type { Answer } from '../support/raw-device.js';
import { eventually } from '../support/world.js';

let gateway: ReportingGateway;
let database: DatabaseAccess;
let ada: Person;
let friend: Person;
let established: Awaited<ReturnType<typeof befriended>>['conversation'];
beforeAll(async () => {
  gateway = await ReportingGateway.open();
  database = await DatabaseAccess.open(gateway.bridge.databaseUrl);
  const { ada: one, bob, conversation } = await befriended(gateway.bridge);
  [ada, friend, established] = [one, bob, conversation];
  await toFriend();
  await post(friend, messageTo(gateway.bridge, { conversation: established, recipient: ada }));
}, 60_000);
afterAll(async () => {
  await database.close();
  await gateway.close();
}, 30_000);

const post = (person: Person, request: { readonly messageId: string }): Promise<Answer> =>
  gateway.call(person, 'POST', '/v1/messages', JSON.parse(toWireJson(request)), {
    'idempotency-key': `"${request.messageId}"`,
  });
const toFriend = () => post(ada, messageTo(gateway.bridge, { conversation: established, recipient: friend }));

let strangers = 0;
/** Somebody new each time, by somebody who has written to nobody. */
async function toStranger(from?: Person): Promise<Answer> {
  const sender = from ?? (await gateway.bridge.person('newcomer'));
  const address = `mimi://causeway.local/u/unknown-${(strangers += 1)}`;
  const request = headerTo(gateway.bridge, address);
  return gateway.call(
    sender,
    'POST',
    '/v1/messages',
    JSON.parse(toWireJson({ ...request, to: { ...request.to, address } })),
    { 'idempotency-key': `"${request.messageId}"` },
  );
}

const WAITS = {
  status: 429,
  document: {
    code: 'abnormal-usage-detected',
    detail: 'We cannot check messages to new people at the moment; please try again shortly. Your conversations go on.',
    retryAfterSeconds: 10,
  },
};

/** The ordinary conversation meanwhile: nothing of it waits for the guard. */
async function expectConversationGoesOn(): Promise<void> {
  const answers = await Promise.all([...Array(10)].map(() => toFriend()));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
}

/** By itself: nothing is restarted and nobody is told. */
const expectRecovery = () =>
  eventually(async () => (await toStranger()).status === 202, { what: 'new people can be written to again' });

describe('while the store of the guard', () => {
  it('is down, conversations go on, new people wait with a clear word, and it recovers by itself', async () => {
    expect((await toStranger()).status).toBe(202);
    await database.rows('ALTER FUNCTION transit.guard_observe(jsonb) RENAME TO guard_observe_away');
    try {
      expect(await toStranger()).toMatchObject(WAITS);
      await expectConversationGoesOn();
      expect(await toStranger()).toMatchObject(WAITS);
    } finally {
      await database.rows('ALTER FUNCTION transit.guard_observe_away(jsonb) RENAME TO guard_observe');
    }
    await expectRecovery();
  }, 60_000);

  it('hangs, conversations go on at once, new people wait for it once and not again, and it recovers by itself', async () => {
    await database.rows('BEGIN');
    await database.rows('LOCK TABLE transit.guard_conduct IN ACCESS EXCLUSIVE MODE');
    try {
      // beside each other: what waits for the guard holds up nothing that does not
      const [stranger] = await Promise.all([toStranger(), expectConversationGoesOn()]);
      expect(stranger).toMatchObject(WAITS);
      for (let more = 0; more < 30; more += 1) expect(await toStranger()).toMatchObject(WAITS);
      await expectConversationGoesOn();
    } finally {
      await database.rows('ROLLBACK');
    }
    await expectRecovery();
  }, 60_000);

  it('was wiped, conversations are still known, and counting begins anew', async () => {
    const sender = await gateway.bridge.person('flora');
    for (let sent = 0; sent < 60; sent += 1) await toStranger(sender);
    expect((await toStranger(sender)).status).toBe(429);
    await database.rows('TRUNCATE transit.guard_conduct, transit.guard_pair, transit.guard_tally');
    await expectConversationGoesOn();
    expect((await toStranger(sender)).status).toBe(202);
    expect((await gateway.call(ada, 'GET', '/v1/abuse/decisions')).status).toBe(200);
  }, 60_000);
});
