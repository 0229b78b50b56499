import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConversationId } from '@causeway/message-model';
import { concatBytes } from '@causeway/message-model';
import type { Person } from '../support/in-process.js';
import { befriended } from '../support/native-message.js';
import { inTurns, REPORTS_OF_A_KIND, ReportingGateway, wordsOf, type Carried } from '../support/reporting-gateway.js';

const TIMES = REPORTS_OF_A_KIND;
const EIGHT_DAYS_MS = 8 * 86_400_000;

let gateway: ReportingGateway;
let ada: Person;
let bob: Person;
let eve: Person;
let conversation: ConversationId;
let carried: readonly Carried[];
beforeAll(async () => {
  gateway = await ReportingGateway.open();
  ({ ada, bob, conversation } = await befriended(gateway.bridge));
  eve = await gateway.bridge.person('eve');
  carried = await gateway.carry(ada, bob, conversation, 2 * TIMES);
}, 180_000);
afterAll(async () => gateway.close(), 30_000);

const honest = ({ messageId, token }: Pick<Carried, 'messageId' | 'token'>, sender = ada) => ({
  token,
  messageId,
  sender: { kind: 'native', address: sender.caller.address },
});

/** How often each answer came. */
async function answers(reporter: Person, reports: readonly unknown[]): Promise<Readonly<Record<string, number>>> {
  const told = await inTurns(reports, async (report) => {
    const { status, document } = await gateway.report(reporter, report);
    return status === 201 ? 'accepted' : String(document['code']);
  });
  return Object.fromEntries([...new Set(told)].map((one) => [one, told.filter((other) => other === one).length]));
}

const first = () => carried.slice(0, TIMES);
const second = () => carried.slice(TIMES);
const neighbour = (index: number) => carried[index + TIMES] ?? carried[0];

describe(`of ${TIMES} each, none is accepted`, () => {
  it('forged: a token that nobody minted, for a message that came', async () => {
    const forged = first().map((one) => ({
      ...honest(one),
      token: concatBytes(one.token.subarray(0, 2), randomBytes(one.token.length - 2)),
    }));
    expect(await answers(bob, forged)).toEqual({ 'report-not-genuine': TIMES });
  }, 120_000);

  it('replayed: the token of one message for another that came, with and without its words', async () => {
    const replayed = first().map((one, index) => ({
      ...honest({ ...one, token: neighbour(index)?.token ?? one.token }),
      ...(index % 2 === 0 ? { words: { conversation, content: one.content } } : {}),
    }));
    expect(await answers(bob, replayed)).toEqual({ 'report-not-genuine': TIMES });
  }, 120_000);

  it('swapped: reported by somebody it was not for, or in the name of somebody who did not send it', async () => {
    const half = TIMES / 2;
    const byEve = first()
      .slice(0, half)
      .map((one) => honest(one));
    const ofEve = first()
      .slice(half)
      .map((one) => honest(one, eve));
    expect(await answers(eve, byEve)).toEqual({ 'report-not-genuine': half });
    expect(await answers(bob, ofEve)).toEqual({ 'report-not-genuine': half });
  }, 120_000);

  it('never sent: words made up in a name, under the token of a message that was sent, and under its id', async () => {
    const invented = first().map((one, index) => {
      const made = wordsOf(ada, conversation, `never said ${index}`);
      const messageId = index % 2 === 0 ? made.messageId : one.messageId;
      return { ...honest({ token: one.token, messageId }), words: { conversation, content: made.content } };
    });
    expect(await answers(bob, invented)).toEqual({ 'report-not-genuine': TIMES });
  }, 120_000);
});

it('every honest report is accepted once, with words or without, and none of them twice', async () => {
  const reports = first().map((one, index) => ({
    ...honest(one),
    ...(index % 2 === 0 ? { words: { conversation, content: one.content } } : {}),
  }));
  expect(await answers(bob, reports)).toEqual({ accepted: TIMES });
  expect(await answers(bob, reports)).toEqual({ 'already-reported': TIMES });
}, 120_000);

it('says what was proven, and keeps neither words nor names', async () => {
  const [one] = await gateway.carry(ada, bob, conversation, 1);
  if (!one) throw new Error('nothing came');
  const answer = await gateway.report(bob, { ...honest(one), words: { conversation, content: one.content } });
  expect(answer.document).toEqual({ assurance: 'verified', words: 'proven', blocked: false });
  const rows = await gateway.bridge.stores.database.query('SELECT to_jsonb(r)::text AS row FROM transit.report r');
  const kept = JSON.stringify(rows);
  for (const secret of [ada.caller.account, bob.caller.account, ada.caller.address, one.messageId])
    expect(kept).not.toContain(secret);
}, 60_000);

it('blocks in the same call: what is sent afterwards does not arrive, and a refused report blocks nobody', async () => {
  const { ada: dan, bob: kim, conversation: theirs } = await befriended(gateway.bridge);
  const [one, other] = await gateway.carry(dan, kim, theirs, 2);
  if (!one || !other) throw new Error('nothing came');
  const forged = { ...honest({ ...one, token: other.token }, dan), block: true };
  expect((await gateway.report(kim, forged)).status).toBe(422);
  expect(await gateway.carry(dan, kim, theirs, 1)).toHaveLength(1);
  const blocking = await gateway.report(kim, { ...honest(one, dan), block: true });
  expect(blocking.document).toMatchObject({ blocked: true });
  await expect(gateway.carry(dan, kim, theirs, 1)).rejects.toThrow('without its stamp');
}, 60_000);

it('expired: eight days later the key is destroyed, and nothing of that day is accepted, used or not', async () => {
  gateway.bridge.clock.advanceMs(EIGHT_DAYS_MS);
  expect(
    await answers(
      bob,
      second().map((one) => honest(one)),
    ),
  ).toEqual({ 'report-expired': TIMES });
  expect(
    await answers(
      bob,
      first()
        .slice(0, 10)
        .map((one) => honest(one)),
    ),
  ).toEqual({ 'report-expired': 10 });
}, 120_000);
