import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliverOutcome } from '@causeway/network-adapter';
import { Plaintext, Secret } from '@causeway/platform';
import {
  AGENT_ID,
  BRIDGE,
  PERSON,
  eventually,
  innerOf,
  newOutbound,
  openAttempt,
  startSimulatedRcs,
  type SimulatedRcs,
} from './testing/simulated-rcs.js';

let rcs: SimulatedRcs;
beforeEach(async () => {
  rcs = await startSimulatedRcs({ retryDelayMs: 20 });
});
afterEach(() => rcs.close());

const ends = { from: BRIDGE, to: new Plaintext(PERSON) };
const online = (isOn: boolean) => rcs.post(`/handsets/${PERSON}/state`, { online: isOn });
const state = (change: object) => rcs.post(`/rcs/handsets/${PERSON}/state`, change);
const received = async () => (await rcs.phone()).bubbles.filter(({ direction }) => direction === 'received');
const event = (eventType: string) =>
  eventually(() => rcs.webhooks.map(innerOf).find((inner) => inner['eventType'] === eventType));

function idOf(outcome: DeliverOutcome): string {
  if (outcome.kind !== 'accepted') throw new Error(outcome.reason);
  return outcome.externalId;
}

describe('RCS to a handset that is off', () => {
  it('ends at its time, is reported so, and never comes', async () => {
    await online(false);
    const outbound = newOutbound('For the next second', { expiresAtMs: Date.now() + 300 });
    const externalId = idOf(await rcs.adapter().deliver(outbound, openAttempt()));
    expect(await event('TTL_EXPIRATION_REVOKED')).toMatchObject({ messageId: externalId, phoneNumber: PERSON });
    await online(true);
    expect(await rcs.adapter().fetchStatus(externalId)).toEqual({ kind: 'status', status: 'expired' });
    expect(await received()).toEqual([]);
  });

  it('is inconclusive when the network cannot take it back: DELIVERED may follow', async () => {
    await online(false);
    await rcs.fault({ mode: 'revoke-fails', operation: 'expiry' });
    const outbound = newOutbound('Somewhere', { expiresAtMs: Date.now() + 200 });
    await rcs.adapter().deliver(outbound, openAttempt());
    const notification = await event('TTL_EXPIRATION_REVOKE_FAILED');
    expect(notification).toMatchObject({ smsFallback: 'ALLOWED' });
    await online(true);
    await event('DELIVERED');
    expect(await received()).toHaveLength(1);
  });

  it('leaves exactly one copy when it is withdrawn and the answer to that is lost, for withdrawing again is safe', async () => {
    await online(false);
    const adapter = rcs.adapter();
    const externalId = idOf(await adapter.deliver(newOutbound('Taken back'), openAttempt()));
    await rcs.fault({ mode: 'accept-then-drop', operation: 'revoke' });
    expect(await adapter.withdraw({ ...ends, externalId })).toMatchObject({ kind: 'unavailable' });
    expect(await adapter.withdraw({ ...ends, externalId })).toEqual({ kind: 'withdrawn' });
    await online(true);
    expect(await received()).toEqual([]);
    expect((await rcs.log()).entries.filter(({ event: name }) => name === 'shown')).toEqual([]);
  });
});

describe('an answer that was lost', () => {
  it.each(['accept-then-drop', 'accept-then-500', 'accept-then-garbage'])(
    'by %s is settled by delivering the same ref again, once',
    async (mode) => {
      await rcs.fault({ mode });
      const outbound = newOutbound('Only once');
      const first = await rcs.adapter().deliver(outbound, openAttempt());
      expect(first).toMatchObject({ kind: 'failed', certainty: 'maybe-sent' });
      idOf(await rcs.adapter().deliver(outbound, openAttempt()));
      await event('DELIVERED');
      expect(await received()).toHaveLength(1);
    },
  );
});

describe('a conversation that is end-to-end encrypted', () => {
  const required = { isEncryptionRequired: true };
  it('is carried so, and the network says that nothing of it may follow by SMS', async () => {
    await state({ encryption: { agentId: AGENT_ID, isOn: true } });
    expect(await rcs.adapter().checkRecipient(ends)).toMatchObject({ encryption: 'end-to-end' });
    await online(false);
    const expiring = newOutbound('Between us', { ...required, expiresAtMs: Date.now() + 200 });
    expect(await rcs.adapter().deliver(expiring, openAttempt())).toMatchObject({ encryption: 'end-to-end' });
    expect(await event('TTL_EXPIRATION_REVOKED')).toMatchObject({ smsFallback: 'FORBIDDEN' });
  });

  it('is refused as unavailable, not as unreachable, when the phone left the network', async () => {
    await state({ hasRcs: false });
    const outcome = await rcs.adapter().deliver(newOutbound('Between us', required), openAttempt());
    expect(outcome).toMatchObject({ reason: 'encryption-unavailable', retry: 'never', certainty: 'not-sent' });
  });
});

describe('what the network says of a phone', () => {
  it('is asked for once while it holds, and again after the phone turned out to have left', async () => {
    const adapter = rcs.adapter();
    const asked = async () => (await rcs.log()).counts['call-capabilities'] ?? 0;
    expect(await adapter.checkRecipient(ends)).toMatchObject({ kind: 'reachable', isOnline: undefined });
    await adapter.checkRecipient(ends);
    expect(await asked()).toBe(1);
    await state({ hasRcs: false });
    const outcome = await adapter.deliver(newOutbound('x'), openAttempt());
    expect(outcome).toMatchObject({ reason: 'recipient-unreachable', vendorCode: 'NOT_FOUND/NOT_REACHABLE_BY_RCS' });
    expect(await adapter.checkRecipient(ends)).toEqual({ kind: 'not-on-this-network' });
    expect(await asked()).toBe(2);
  });
});

describe('the adapter refuses without a call', () => {
  const words = (text: string) => new Plaintext(text);
  const chip = (text: string) => ({ kind: 'reply', text: words(text), postback: words('p') }) as const;
  const media = { url: words('https://media.example/a'), contentType: 'audio/mpeg', sizeBytes: 1 };
  it.each([
    ['a suggestion longer than 25 characters', { suggestions: [chip('x'.repeat(26))] }, 'too-large'],
    ['twelve suggestions', { suggestions: Array.from({ length: 12 }, () => chip('x')) }, 'too-large'],
    ['a title longer than 200', { body: { kind: 'card', card: { title: words('x'.repeat(201)) } } }, 'too-large'],
    ['a carousel of one', { body: { kind: 'carousel', cards: [{ title: words('x') }] } }, 'content-rejected'],
    ['words beside a sound', { body: { kind: 'media', media, caption: words('Listen') } }, 'content-rejected'],
    ['a sender that is no agent of ours', { from: '+14155550111' }, 'misconfigured'],
  ] as const)('%s', async (_what, changes, reason) => {
    const outcome = await rcs.adapter().deliver(newOutbound('x', changes), openAttempt());
    expect(outcome).toMatchObject({ kind: 'failed', reason, retry: 'never', certainty: 'not-sent' });
    expect((await rcs.log()).counts['call-create']).toBeUndefined();
  });
});

describe('the simulated network', () => {
  it('repeats a webhook that was not answered with 200 until it is', async () => {
    rcs.answerWebhooksWith(503);
    await rcs.write({ text: 'Heard at last' });
    await eventually(() => (rcs.webhooks.length >= 3 ? true : undefined));
    rcs.answerWebhooksWith(200);
    await eventually(async () =>
      (await rcs.log()).entries.some(({ event: name, status }) => name === 'webhook' && status === 200)
        ? true
        : undefined,
    );
    const ids = new Set(rcs.webhooks.map((request) => innerOf(request)['messageId']));
    expect(ids.size).toBe(1);
  });

  it.each(['wrong-signature', 'lose-callbacks'])('can be told %s, and nothing of it is believed', async (mode) => {
    await rcs.fault({ mode, operation: 'webhook' });
    await rcs.write({ text: 'First' });
    const second = await rcs.write({ text: 'Second' });
    await eventually(() => rcs.webhooks.find((request) => innerOf(request)['messageId'] === second));
    const outcomes = await Promise.all(rcs.webhooks.map((request) => rcs.adapter().receive(request)));
    expect(outcomes.filter(({ kind }) => kind === 'events')).toHaveLength(1);
  });

  it('can report late and the wrong way round', async () => {
    await rcs.fault({ mode: 'reorder-callbacks', operation: 'webhook' });
    const first = await rcs.write({ text: 'First' });
    const second = await rcs.write({ text: 'Second' });
    await eventually(() => (rcs.webhooks.length === 2 ? true : undefined));
    expect(rcs.webhooks.map((request) => innerOf(request)['messageId'])).toEqual([second, first]);
  });

  it('limits how much an agent sends, and says how long to wait', async () => {
    await rcs.post('/rcs/settings', { messagesPerMinute: 2 });
    const outcomes = [];
    for (let count = 0; count < 3; count += 1)
      outcomes.push(await rcs.adapter().deliver(newOutbound('x'), openAttempt()));
    expect(outcomes[2]).toMatchObject({ reason: 'congested', retryAfterMs: 30_000, certainty: 'not-sent' });
  });

  it('fetches a linked file once and shows it', async () => {
    const media = { url: new Plaintext(rcs.pictureUrl), contentType: 'image/png', sizeBytes: rcs.pictureBytes };
    await rcs.adapter().deliver(newOutbound('', { body: { kind: 'media', media } }), openAttempt());
    await event('DELIVERED');
    expect(rcs.fetches).toEqual(['/pixel.png']);
  });

  it('verifies the webhook, and knows a wrong token', async () => {
    expect(await rcs.post('/rcs/handshake', {})).toMatchObject({ isVerified: false });
    const adapter = rcs.adapter({ accessToken: new Secret('wrong') });
    const outcome = await adapter.deliver(newOutbound('x'), openAttempt());
    expect(outcome).toMatchObject({ reason: 'misconfigured', retry: 'never', vendorCode: 'UNAUTHENTICATED' });
  });

  it('answers for many phones at once and takes files', async () => {
    await state({ hasRcs: false });
    const authorization = 'Bearer simulated-access-token';
    const call = async (path: string, contentType: string, body: string) =>
      fetch(`${rcs.url}/rcs/${path}`, {
        method: 'POST',
        headers: { authorization, 'content-type': contentType },
        body,
      });
    const users = JSON.stringify({ users: [PERSON, '+14155550124'] });
    const many = await call('v1/users:batchGet', 'application/json', users);
    expect(await many.json()).toMatchObject({ reachableUsers: ['+14155550124'], totalRandomSampleUserCount: 2 });
    const uploaded = await call('upload/v1/files', 'image/png', 'not really');
    expect(await uploaded.json()).toMatchObject({ name: expect.stringMatching(/^files\//), simulated: true });
    expect(uploaded.headers.get('x-simulated')).toBe('true');
  });
});
