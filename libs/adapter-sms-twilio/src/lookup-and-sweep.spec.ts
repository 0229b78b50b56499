import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Plaintext } from '@causeway/platform';
import { canFetchStatus, canForget, canListReceived, canLookUp, canWithdraw } from '@causeway/network-adapter';
import {
  BRIDGE,
  PERSON,
  eventually,
  newOutbound,
  openAttempt,
  startSimulatedTwilio,
} from './testing/simulated-twilio.js';
import type { SimulatedTwilio } from './testing/simulated-twilio.js';

let twilio: SimulatedTwilio;
beforeEach(async () => {
  twilio = await startSimulatedTwilio();
});
afterEach(() => twilio.close());

const deliver = async (text: string, expiresInSeconds?: number) => {
  const outbound = newOutbound(text);
  const expiresAtMs = expiresInSeconds === undefined ? null : Date.now() + expiresInSeconds * 1_000;
  return twilio.adapter().deliver({ ...outbound, expiresAtMs }, openAttempt());
};

const lastCreate = async () => {
  const { entries } = await twilio.get('/log');
  return entries.findLast((entry) => entry.call === 'create')?.form ?? {};
};

describe('the Twilio adapter', () => {
  it('finds a message it was never answered about, and only that one', async () => {
    const startedAtMs = Date.now();
    await twilio.post('/faults', { network: 'sms', mode: 'accept-then-drop' });
    expect(await deliver('lost answer')).toMatchObject({ kind: 'failed', certainty: 'maybe-sent' });
    const question = { from: BRIDGE, to: new Plaintext(PERSON), startedAtMs };
    const answer = await twilio.adapter().lookUp(question);
    expect(answer).toMatchObject({ kind: 'candidates', candidates: [{ externalId: expect.stringMatching(/^SM/) }] });
    const nobody = await twilio.adapter().lookUp({ ...question, to: new Plaintext('+14155550199') });
    expect(nobody).toEqual({ kind: 'candidates', candidates: [] });
  });

  it('says unavailable when the question cannot be answered now', async () => {
    await twilio.post('/faults', { network: 'sms', mode: '429', operation: 'list' });
    const question = { from: BRIDGE, to: new Plaintext(PERSON), startedAtMs: Date.now() };
    expect(await twilio.adapter().lookUp(question)).toEqual({
      kind: 'unavailable',
      vendorCode: '20429',
      retryAfterMs: 1_000,
    });
    const unreachable = twilio.adapter({ apiUrl: 'http://127.0.0.1:9' });
    expect(await unreachable.listReceived(BRIDGE, 0)).toEqual({ kind: 'unavailable' });
  });

  it('lists what a bridge number received, oldest first, also what the webhook lost, over many pages', async () => {
    await twilio.post('/faults', { network: 'sms', mode: 'lose-callbacks', operation: 'inbound', count: 250 });
    for (let index = 0; index < 205; index += 1)
      await twilio.post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: `message ${index}` });
    const answer = await twilio.adapter().listReceived(BRIDGE, Date.now() - 60_000);
    if (answer.kind !== 'messages') throw new Error(answer.kind);
    expect(answer.messages).toHaveLength(205);
    expect(new Set(answer.messages.map((message) => message.externalId)).size).toBe(205);
    expect(answer.messages.every((message) => message.from.reveal() === PERSON)).toBe(true);
    expect(twilio.webhooks).toHaveLength(0);
  });

  it('deletes the resource once it is final, not before, and is content when it is gone', async () => {
    const adapter = twilio.adapter();
    await twilio.post(`/handsets/${PERSON}/state`, { online: false });
    const sent = await deliver('for later');
    if (sent.kind !== 'accepted') throw new Error('not accepted');
    expect(await adapter.forget(sent.externalId)).toEqual({ kind: 'not-final' });
    await twilio.post(`/handsets/${PERSON}/state`, { online: true });
    await eventually(async () => {
      const standing = await adapter.fetchStatus(sent.externalId);
      return standing.kind === 'status' && standing.status === 'delivered' ? standing : undefined;
    });
    expect(await adapter.forget(sent.externalId)).toEqual({ kind: 'forgotten' });
    expect(await adapter.forget(sent.externalId)).toEqual({ kind: 'forgotten' });
    expect(await adapter.fetchStatus(sent.externalId)).toEqual({ kind: 'absent' });
  });

  it('keeps a message from arriving after its time', async () => {
    await twilio.post(`/handsets/${PERSON}/state`, { online: false });
    await deliver('soon too late', 600.9);
    expect(await lastCreate()).toMatchObject({ ValidityPeriod: '600' });
    await deliver('very soon', 1);
    expect(await lastCreate()).toMatchObject({ ValidityPeriod: '5' });
    await deliver('next week', 7 * 86_400);
    expect(await lastCreate()).toMatchObject({ ValidityPeriod: '36000' });
  });

  it('asks Twilio to discard the text and to keep the numbers, unless told otherwise', async () => {
    await deliver('defaults');
    expect(await lastCreate()).toMatchObject({ ContentRetention: 'discard', AddressRetention: 'retain', From: BRIDGE });
    const other = twilio.adapter({ contentRetention: 'retain', addressRetention: 'obfuscate' });
    await other.deliver(newOutbound('told'), openAttempt());
    expect(await lastCreate()).toMatchObject({ ContentRetention: 'retain', AddressRetention: 'obfuscate' });
  });

  it('reports the opt-out word beside the message, and the refusal that follows', async () => {
    const { sid } = await twilio.post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: ' Revoke ' });
    const request = await eventually(() => twilio.webhooks.find(({ body }) => Buffer.from(body).includes(sid)));
    const outcome = await twilio.adapter().receive(request);
    if (outcome.kind !== 'events') throw new Error(outcome.reason);
    expect(outcome.events.map(({ kind }) => kind)).toEqual(['message', 'opt-out']);
    expect(await deliver('are you there?')).toMatchObject({ reason: 'recipient-opted-out', vendorCode: '21610' });
    await twilio.post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: 'START' });
    expect(await deliver('welcome back')).toMatchObject({ kind: 'accepted', segments: 1 });
  });

  it('refuses an unknown sender number and an empty text without a call', async () => {
    const outbound = newOutbound('x');
    const foreign = await twilio.adapter().deliver({ ...outbound, from: '+14155550111' }, openAttempt());
    expect(foreign).toMatchObject({ reason: 'misconfigured', certainty: 'not-sent' });
    expect(await deliver(' \n')).toMatchObject({ reason: 'content-rejected', certainty: 'not-sent' });
    expect((await twilio.get('/log')).counts).toEqual({});
  });

  it('takes an unreadable answer as maybe-sent', async () => {
    await twilio.post('/faults', { network: 'sms', mode: 'accept-then-garbage' });
    expect(await deliver('x')).toMatchObject({ kind: 'failed', reason: 'no-answer', certainty: 'maybe-sent' });
  });

  it('stops at a wrong token', async () => {
    const { Secret } = await import('@causeway/platform');
    const adapter = twilio.adapter({ authToken: new Secret('wrong') });
    const outcome = await adapter.deliver(newOutbound('x'), openAttempt());
    expect(outcome).toMatchObject({
      reason: 'misconfigured',
      retry: 'never',
      certainty: 'not-sent',
      vendorCode: '20003',
    });
  });

  it('claims exactly the abilities it has', () => {
    const adapter = twilio.adapter();
    expect([canLookUp, canListReceived, canFetchStatus, canForget].every((can) => can(adapter))).toBe(true);
    expect(canWithdraw(adapter)).toBe(false);
  });
});
