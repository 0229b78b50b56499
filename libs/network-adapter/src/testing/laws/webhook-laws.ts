import assert from 'node:assert/strict';
import { utf8 } from '@causeway/message-model';
import type { InboundMessage } from '../../inbound.js';
import type { AdapterHarness } from '../adapter-harness.js';
import { deliver } from '../attempts.js';
import type { Law } from '../law.js';

async function receivedMessage(
  harness: AdapterHarness,
  request: Parameters<AdapterHarness['forge']>[0],
): Promise<InboundMessage> {
  const outcome = await harness.adapter.receive(request);
  assert.equal(outcome.kind, 'events', 'a genuine webhook must be accepted');
  const message = outcome.kind === 'events' && outcome.events.find((event) => event.kind === 'message');
  assert.ok(message, 'there must be a message in it');
  return message;
}

/** Strangers can reach the webhook. */
export const WEBHOOK_LAWS: readonly Law[] = [
  {
    name: 'reads-what-people-write',
    what: 'reads an inbound message with its sender, bridge number and exact text',
    why: 'This is the way back.',
    async check(harness) {
      const message = await receivedMessage(harness, await harness.writeToBridge('Réponse: ✅ & = + %'));
      const { to, from } = harness.outbound('x');
      assert.equal(message.text.reveal(), 'Réponse: ✅ & = + %');
      assert.equal(message.from.reveal(), to.reveal());
      assert.equal(message.to, from);
    },
  },
  {
    name: 'same-webhook-same-id',
    what: 'gives the same external id for the same webhook',
    why: 'Networks repeat webhooks; the id is the unique key that makes the second one nothing.',
    async check(harness) {
      const request = await harness.writeToBridge('Once');
      const first = await receivedMessage(harness, request);
      const again = await receivedMessage(harness, request);
      assert.equal(again.externalId, first.externalId);
      const other = await receivedMessage(harness, await harness.writeToBridge('Once'));
      assert.notEqual(other.externalId, first.externalId);
    },
  },
  {
    name: 'refuses-forged-webhooks',
    what: 'refuses a webhook whose signature does not hold, also for an altered body or address',
    why: 'Otherwise anyone who knows the address speaks in the name of anyone else.',
    async check(harness) {
      const genuine = await harness.writeToBridge('Send money');
      const forged = [
        harness.forge(genuine),
        { ...genuine, body: utf8(Buffer.from(genuine.body).toString('utf8').replace('money', 'nothing')) },
        { ...genuine, url: `${genuine.url}?extra=1` },
        { ...genuine, headers: {} },
      ];
      for (const request of forged) {
        const outcome = await harness.adapter.receive(request);
        assert.deepEqual(outcome, { kind: 'rejected', reason: 'bad-signature' });
      }
    },
  },
  {
    name: 'authenticates-before-parsing',
    what: 'refuses an unreadable body with a bad signature as bad-signature, not as malformed',
    why: 'A parser that strangers can reach is the largest door there is.',
    async check(harness) {
      const genuine = await harness.writeToBridge('x');
      const noise = Uint8Array.from({ length: 512 }, (_, index) => (index * 37) % 256);
      const outcome = await harness.adapter.receive({ ...genuine, body: noise });
      assert.deepEqual(outcome, { kind: 'rejected', reason: 'bad-signature' });
    },
  },
  {
    name: 'receipts-find-their-message',
    what: 'reports a delivery with the ref and the external id of the message it is about',
    why: 'Without the ref a receipt that overtakes the answer to our call has no attempt to go to.',
    async check(harness) {
      const outbound = harness.outbound('Tell me when it is there');
      const attempt = { callBeforeMs: harness.nowMs() + 60_000, signal: new AbortController().signal };
      const sent = await harness.adapter.deliver(outbound, attempt);
      assert.ok(sent.kind === 'accepted');
      const outcome = await harness.adapter.receive(await harness.deliveredWebhook(sent.externalId));
      assert.ok(outcome.kind === 'events');
      const [receipt] = outcome.events;
      assert.ok(receipt?.kind === 'receipt');
      assert.equal(receipt.status, 'delivered');
      assert.equal(receipt.ref, outbound.ref);
      assert.equal(receipt.externalId, sent.externalId);
    },
  },
  {
    name: 'answers-nobody-by-accident',
    what: 'answers a webhook without words of its own',
    why: 'Some networks send the body of the answer to the person who wrote.',
    async check(harness) {
      await deliver(harness, 'before');
      const outcome = await harness.adapter.receive(await harness.writeToBridge('hello'));
      assert.ok(outcome.kind === 'events');
      assert.ok(outcome.response.status >= 200 && outcome.response.status < 300);
      assert.doesNotMatch(outcome.response.body, /[a-z]+\s+[a-z]+/i);
    },
  },
];
