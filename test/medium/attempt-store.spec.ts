import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintConversationId, purgeHourOf, toBytes, type ConversationId } from '@causeway/message-model';
import type { AttemptWord, NewMessage } from '@causeway/storage';
import {
  ada,
  bob,
  deadline,
  must,
  newMessage,
  now,
  only,
  openStores,
  tenant,
  type OpenStores,
} from '../support/stored-rows.js';

let messages: OpenStores['messages'];
let lanes: OpenStores['lanes'];
let attempts: OpenStores['attempts'];
let revoked: OpenStores['revoked'];
let close: OpenStores['close'];
beforeAll(async () => {
  ({ messages, lanes, attempts, revoked, close } = await openStores());
});
afterAll(async () => close());

describe('AttemptStore', () => {
  const clear = async (conversation: ConversationId) => {
    const message = newMessage(conversation, {
      laneLeg: 'clear',
      body: {
        leg: 'clear',
        planDigest: 'p',
        networks: ['sms'],
        edgeKeyId: 'k',
        sealed: toBytes(randomBytes(9)),
        statement: toBytes(randomBytes(5)),
        recipientDevices: 0,
        boxes: [],
      },
    });
    const result = only(await messages.accept([message], now));
    return { message, lane: must(result.lane ?? undefined) };
  };
  const begin = async (ref: NewMessage['ref'], attempt: number, statement: string) =>
    only(
      await attempts.begin([
        {
          ref,
          attempt,
          network: 'sms',
          isSimulated: true,
          bridgeNumberId: 'b',
          startedAt: now,
          callBefore: now,
          statement: { tenant, id: statement, use: statement },
        },
      ]),
    );
  const record = async (word: AttemptWord) => only(await attempts.record([word], now));

  it('lets one caller begin an attempt, and one message use a statement', async () => {
    const { message, lane } = await clear(mintConversationId());
    const other = await clear(mintConversationId());
    expect(await begin(message.ref, 1, 's1')).toBe('begun');
    expect(await begin(message.ref, 1, 's1')).toBe('taken');
    expect(await begin(other.message.ref, 1, 's1')).toBe('statement-used');
    expect((await lanes.head(lane, 5)).messages[0]).toMatchObject({ state: 'sending', attempts: 1 });
    expect(await attempts.envelope(message.ref)).toMatchObject({ sealed: message.body?.sealed });
  });

  it('never takes an outcome back, and drops the envelope when the carrier has the message', async () => {
    const { message, lane } = await clear(mintConversationId());
    await begin(message.ref, 1, 's2');
    const key = { ref: message.ref, attempt: 1 };
    const moved = await record({
      ...key,
      outcome: 'accepted',
      state: 'sent',
      leavesLane: true,
      lookAgainAt: deadline,
      segments: 2,
    });
    expect(moved).toEqual({ kind: 'moved', moved: { sender: ada, lane, hasLeftLane: true, isLaneEmpty: true } });
    expect(await attempts.envelope(message.ref)).toBeUndefined();
    expect((await lanes.head(lane, 5)).messages).toEqual([]);
    await record({ ...key, outcome: 'delivered', state: 'delivered', leavesLane: false, lookAgainAt: null });
    expect(await record({ ...key, outcome: 'sent', state: 'sent', leavesLane: false, lookAgainAt: null })).toEqual({
      kind: 'known',
    });
    expect(await messages.find(ada, message.ref)).toMatchObject({ state: 'delivered' });
    expect(await attempts.of(message.ref)).toMatchObject([{ outcome: 'delivered', segments: 2 }]);
  });

  it('keeps an unknown outcome in its lane and hands it out again when it is due', async () => {
    const { message, lane } = await clear(mintConversationId());
    await begin(message.ref, 1, 's3');
    await record({
      ref: message.ref,
      attempt: 1,
      outcome: 'unknown',
      state: null,
      leavesLane: false,
      lookAgainAt: now,
    });
    const open = await attempts.takeOpen(new Date(now.getTime() + 1), { postponedTo: deadline, limit: 50 });
    expect(open).toContainEqual({ ref: message.ref, attempt: 1 });
    await record({
      ref: message.ref,
      attempt: 1,
      outcome: 'not-sent',
      state: 'ready',
      leavesLane: false,
      lookAgainAt: null,
    });
    expect((await lanes.head(lane, 5)).messages[0]).toMatchObject({ state: 'ready' });
    expect(await begin(message.ref, 2, 's3')).toBe('begun');
  });

  it('writes the words of a batch as if they came one after the other, also about one message or one external id', async () => {
    const conversation = mintConversationId();
    const [one, two] = [(await clear(conversation)).message, await clear(conversation)];
    const other = await clear(mintConversationId());
    const refs = [one.ref, two.message.ref, other.message.ref];
    for (const [index, ref] of refs.entries()) await begin(ref, 1, `batch ${index}`);
    const claim = (owner: string) => ({ digest: toBytes(randomBytes(16)), owner, purgeHour: 1e6, isDecisive: true });
    const claims = [claim('one'), claim('two')];
    const sent = { attempt: 1, outcome: 'sent', state: 'sent', leavesLane: true, lookAgainAt: deadline } as const;
    const arrived = {
      attempt: 1,
      outcome: 'delivered',
      state: 'delivered',
      leavesLane: true,
      lookAgainAt: null,
    } as const;
    const words: readonly AttemptWord[] = [
      { ...sent, ref: one.ref, claim: claims[0] },
      { ...sent, ref: two.message.ref, claim: claims[1] },
      { ...arrived, ref: one.ref, claim: claims[0] },
      { ...sent, ref: one.ref, claim: claims[0] },
      { ...sent, ref: other.message.ref, claim: claims[0] && { ...claims[0], owner: 'other' } },
    ];
    const answers = await attempts.record(words, now);
    expect(answers.map(({ kind }) => kind)).toEqual(['moved', 'moved', 'moved', 'known', 'anothers']);
    expect(answers[1]).toMatchObject({ moved: { lane: two.lane, isLaneEmpty: true } });
    const states = await Promise.all(refs.map(async (ref) => must(await messages.find(ada, ref)).state));
    expect(states).toEqual(['delivered', 'sent', 'sending']);
    expect((await lanes.head(other.lane, 5)).messages).toHaveLength(1);
  });

  it('begins the attempts of a batch, and none that is another one by message or statement', async () => {
    const [one, two] = [await clear(mintConversationId()), await clear(mintConversationId())];
    const attempt = {
      attempt: 1,
      network: 'sms',
      isSimulated: true,
      bridgeNumberId: 'b',
      startedAt: now,
      callBefore: now,
    };
    const statement = { tenant, id: 'batched', use: 'batched' };
    const begun = await attempts.begin([
      { ...attempt, ref: one.message.ref, statement },
      { ...attempt, ref: one.message.ref, statement: { tenant, id: 'another', use: 'another' } },
      { ...attempt, ref: two.message.ref, statement },
    ]);
    expect(begun).toEqual(['begun', 'taken', 'taken']);
    expect(await begin(two.message.ref, 1, 'batched')).toBe('statement-used');
    expect(await attempts.of(two.message.ref)).toEqual([]);
  });

  it('begins those of a batch that one conversation permits, and none whose statement was taken back', async () => {
    const [one, two, three] = [
      await clear(mintConversationId()),
      await clear(mintConversationId()),
      await clear(mintConversationId()),
    ];
    const expiresAt = deadline;
    await revoked.add({ tenant, account: ada.account, statement: 'taken-back', now, expiresAt });
    await revoked.add({ tenant, account: bob.account, statement: 'conversation', now, expiresAt });
    const of = ({ message }: typeof one, id: string) => ({
      ref: message.ref,
      attempt: 1,
      network: 'sms',
      isSimulated: true,
      bridgeNumberId: 'b',
      startedAt: now,
      callBefore: now,
      statement: { tenant, id, use: `${id}:${message.ref}` },
    });
    expect(await attempts.begin([of(one, 'conversation'), of(three, 'taken-back'), of(two, 'conversation')])).toEqual([
      'begun',
      'statement-revoked',
      'begun',
    ]);
    expect(await attempts.of(three.message.ref)).toEqual([]);
    expect(await messages.find(ada, three.message.ref)).toMatchObject({ state: 'ready' });
  });

  it('gives a message back to its sender without its words', async () => {
    const { message } = await clear(mintConversationId());
    await attempts.stop(message.ref, { kind: 'waiting-on-sender', reason: 'route' }, now);
    expect(await attempts.envelope(message.ref)).toBeUndefined();
    expect(await messages.find(ada, message.ref)).toMatchObject({ state: 'waiting-on-sender', reason: 'route' });
    expect(purgeHourOf(message.ref)).toBeGreaterThan(0);
  });
});
