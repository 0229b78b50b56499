import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toWireJson } from '@causeway/api-contract';
import { RedisScriptRunner } from '@causeway/work-queue';
import type { Person } from '../support/in-process.js';
import { befriended, headerTo, messageTo } from '../support/native-message.js';
import { canRunRedis, startRedis, type TestRedis } from '../support/redis.js';
import { ReportingGateway } from '../support/reporting-gateway.js';
import { eventually } from '../support/world.js';

let redis: TestRedis;
let gateway: ReportingGateway;
let ada: Person;
let friend: Person;
let established: Awaited<ReturnType<typeof befriended>>['conversation'];

const post = (person: Person, request: { readonly messageId: string; readonly [member: string]: unknown }) =>
  gateway.call(person, 'POST', '/v1/messages', JSON.parse(toWireJson(request)), {
    'idempotency-key': `"${request.messageId}"`,
  });
const toFriend = () => post(ada, messageTo(gateway.bridge, { conversation: established, recipient: friend }));

let strangers = 0;
async function toStranger(from?: Person) {
  const sender = from ?? (await gateway.bridge.person('newcomer'));
  const address = `mimi://causeway.local/u/unknown-${(strangers += 1)}`;
  const request = headerTo(gateway.bridge, address);
  return post(sender, { ...request, to: { ...request.to, address } });
}

const WAITS = { status: 429, document: { code: 'abnormal-usage-detected', retryAfterSeconds: 10 } };

async function expectConversationGoesOn(): Promise<void> {
  const answers = await Promise.all(Array.from({ length: 10 }, () => toFriend()));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
}

const expectRecovery = () =>
  eventually(async () => (await toStranger()).status === 202, { what: 'new people can be written to again' });

(canRunRedis() ? describe : describe.skip)('while Redis, which has the guard and the queue,', () => {
  beforeAll(async () => {
    redis = await startRedis();
    gateway = await ReportingGateway.open({ redisUrl: redis.url });
    const { ada: one, bob, conversation } = await befriended(gateway.bridge);
    [ada, friend, established] = [one, bob, conversation];
    await toFriend();
    await post(friend, messageTo(gateway.bridge, { conversation: established, recipient: ada }));
  }, 60_000);
  afterAll(async () => {
    await gateway.close();
    await redis.stop();
  }, 30_000);

  it('hangs, an established conversation waits for nothing even beside new people, who wait and come through afterwards', async () => {
    expect((await toStranger()).status).toBe(202);
    process.kill(redis.pid ?? 0, 'SIGSTOP');
    try {
      const beside = Promise.all([toStranger(), toStranger(), toStranger()]).then((answers) => ({ answers }));
      const first = await Promise.race([beside, expectConversationGoesOn()]);
      expect(first).toBeUndefined();
      for (const answer of (await beside).answers) expect(answer).toMatchObject(WAITS);
      expect(await toStranger()).toMatchObject(WAITS);
    } finally {
      process.kill(redis.pid ?? 0, 'SIGCONT');
    }
    await expectRecovery();
  }, 60_000);

  it('is down, conversations go on, new people wait, and it recovers by itself', async () => {
    await redis.kill();
    try {
      expect(await toStranger()).toMatchObject(WAITS);
      await expectConversationGoesOn();
      expect(await toStranger()).toMatchObject(WAITS);
    } finally {
      await redis.start();
    }
    await expectRecovery();
  }, 60_000);

  it('was wiped, conversations are still known, and counting begins anew', async () => {
    const sender = await gateway.bridge.person('flora');
    for (let sent = 0; sent < 60; sent += 1) await toStranger(sender);
    expect((await toStranger(sender)).status).toBe(429);
    const scripts = new RedisScriptRunner(redis.url);
    await scripts.run("return redis.call('FLUSHALL')", [], []);
    await scripts.close();
    await expectConversationGoesOn();
    expect((await toStranger(sender)).status).toBe(202);
  }, 60_000);
});
