import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toWireJson } from '@causeway/api-contract';
import type { Person } from '../support/in-process.js';
import { befriended, headerTo, messageTo } from '../support/native-message.js';
import { OPERATOR_TOKEN, ReportingGateway } from '../support/reporting-gateway.js';
import { say } from '../support/raw-device.js';

const FLOOD = 200;

let gateway: ReportingGateway;
let mallory: Person;
let friend: Person;
let established: Awaited<ReturnType<typeof befriended>>['conversation'];
beforeAll(async () => {
  gateway = await ReportingGateway.open();
  const { ada, bob, conversation } = await befriended(gateway.bridge);
  [mallory, friend, established] = [ada, bob, conversation];
  await sends(mallory, friend);
  await sends(friend, mallory);
}, 60_000);
afterAll(async () => gateway.close(), 30_000);

const post = (person: Person, request: { readonly messageId: string; readonly [member: string]: unknown }) =>
  gateway.call(person, 'POST', '/v1/messages', JSON.parse(toWireJson(request)), {
    'idempotency-key': `"${request.messageId}"`,
  });

const sends = (from: Person, to: Person) =>
  post(from, messageTo(gateway.bridge, { conversation: established, recipient: to }));

const operator = (method: string, path: string, body?: unknown) =>
  say(`${gateway.url}${path}`, method, {
    ...(body === undefined ? {} : { body }),
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
  });

function ask(from: Person, address: string) {
  const request = headerTo(gateway.bridge, address);
  return post(from, { ...request, to: { ...request.to, address } });
}

/** First contacts with people who may or may not be there, one after the other. */
async function flood(from: Person, count: number) {
  const answers: Awaited<ReturnType<typeof post>>[] = [];
  for (let number = 0; number < count; number += 1)
    answers.push(await ask(from, `mimi://causeway.local/u/stranger-${number}`));
  return answers;
}

describe('a flood of first contacts', () => {
  let decision: string;

  it('is limited within a handful of people, and says how long, why, and by which decision', async () => {
    const answers = await flood(mallory, FLOOD);
    const taken = answers.filter(({ status }) => status === 202).length;
    expect(taken).toBeLessThanOrEqual(20);
    const last = answers.at(-1);
    expect(last).toMatchObject({
      status: 429,
      document: { code: 'abnormal-usage-detected', rateLimit: { policy: 'new-people', quota: 0 } },
    });
    expect(String(last?.document['detail'])).toMatch(
      /^You wrote to \d+ new people .* Your conversations go on as before\./,
    );
    expect(last?.headers.get('ratelimit')).toMatch(/^"new-people";r=0;t=\d+$/);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(60);
    decision = String(last?.document['decision']);
  }, 60_000);

  it('leaves the ordinary conversations of the same person alone', async () => {
    for (let number = 0; number < 20; number += 1) expect((await sends(mallory, friend)).status).toBe(202);
    expect((await sends(friend, mallory)).status).toBe(202);
  });

  it('can be read by the person it is about, and by nobody else', async () => {
    const read = await gateway.call(mallory, 'GET', `/v1/abuse/decisions/${decision}`);
    expect(read).toMatchObject({ status: 200, document: { id: decision, state: 'stands' } });
    expect(read.text).not.toContain('stranger');
    expect((await gateway.call(friend, 'GET', `/v1/abuse/decisions/${decision}`)).status).toBe(404);
    expect((await gateway.call(friend, 'POST', `/v1/abuse/decisions/${decision}/appeal`, {})).status).toBe(404);
    expect((await gateway.call(friend, 'GET', '/v1/abuse/decisions')).document).toEqual({ decisions: [] });
  });

  it('can be appealed, is shown to the operator, and ends when they lift it', async () => {
    const appeal = `/v1/abuse/decisions/${decision}/appeal`;
    const asked = await gateway.call(mallory, 'POST', appeal, { grounds: 'event' });
    expect(asked).toMatchObject({ status: 200, document: { state: 'appealed', grounds: 'event' } });
    expect((await gateway.call(mallory, 'POST', appeal, { grounds: 'event' })).status).toBe(200);
    const queue = await operator('GET', '/v1/operator/abuse/decisions');
    expect(queue.text).toContain(decision);
    expect(queue.text).not.toContain('stranger');
    expect((await operator('POST', `/v1/operator/abuse/decisions/${decision}`, { verdict: 'lifted' })).status).toBe(
      200,
    );
    expect((await operator('POST', `/v1/operator/abuse/decisions/${decision}`, { verdict: 'upheld' })).status).toBe(
      404,
    );
    gateway.bridge.clock.set(gateway.bridge.clock.nowMs() + 60_000);
    const [again] = await flood(mallory, 1);
    expect(again?.status).toBe(202);
  });
});
