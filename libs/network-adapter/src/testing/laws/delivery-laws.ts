import assert from 'node:assert/strict';
import { canNameMessages } from '../../abilities.js';
import { hasMethod, HAS_FAULTS } from '../applicability.js';
import {
  arrivals,
  deliver,
  deliverAccepted,
  faultsOf,
  handOver,
  lastDelivered,
  openAttempt,
  pause,
} from '../hand-over.js';
import type { Law } from '../law.js';

const EVERY_SCRIPT = 'Grüße, שלום, 你好, नमस्ते — 👩‍👩‍👧‍👦 🇨🇭 {[~]} €\nsecond line';

/** The plain job. */
export const DELIVERY_LAWS: readonly Law[] = [
  {
    id: 'delivers',
    what: 'delivers the text it was given, once',
    why: 'Everything else is about what happens when this does not.',
    async check(harness) {
      await deliverAccepted(harness, 'Hello from the bridge');
      assert.equal((await lastDelivered(harness)).text, 'Hello from the bridge');
      await pause(50);
      assert.equal((await harness.delivered()).length, 1, 'the person must have it once');
      assert.equal(await harness.sendCalls(), 1, 'calls that send');
    },
  },
  {
    id: 'gives-an-external-id',
    what: 'names each accepted message by an id of its own',
    why: 'Receipts, look-up and deletion at the network go by it; a shared one would mix up two messages.',
    async check(harness) {
      const first = await deliverAccepted(harness, 'one');
      const second = await deliverAccepted(harness, 'two');
      assert.notEqual(first.externalId, '');
      assert.notEqual(first.externalId, second.externalId);
    },
  },
  {
    id: 'keeps-unicode',
    what: 'carries every script, joined emoji and line breaks unchanged',
    why: 'A letter replaced on the way is a message its sender did not write.',
    async check(harness) {
      await deliverAccepted(harness, EVERY_SCRIPT);
      assert.equal((await lastDelivered(harness)).text, EVERY_SCRIPT);
    },
  },
  {
    id: 'keeps-order',
    what: 'hands over messages in the order in which it was given them, one awaited after the other',
    why: 'The order within a conversation is part of what people say.',
    async check(harness) {
      const texts = ['first', 'second', 'third', 'fourth'];
      for (const [index, text] of texts.entries()) {
        await deliverAccepted(harness, text);
        await arrivals(harness, index + 1);
      }
      const delivered = await arrivals(harness, texts.length);
      assert.deepEqual(
        delivered.map(({ text }) => text),
        texts,
      );
    },
  },
  {
    id: 'delivers-side-by-side',
    what: 'delivers many messages at once without mixing them up',
    why: 'Lanes of different conversations share one adapter.',
    async check(harness) {
      const texts = Array.from({ length: 8 }, (_, index) => `message ${index}`);
      const accepted = await Promise.all(texts.map((text) => deliverAccepted(harness, text)));
      assert.equal(new Set(accepted.map(({ externalId }) => externalId)).size, texts.length);
      const delivered = await arrivals(harness, texts.length);
      assert.deepEqual(delivered.map(({ text }) => text).toSorted(), texts.toSorted());
    },
  },
  {
    id: 'waits-for-a-slow-network',
    what: 'waits for an answer that is late and within its timeout',
    why: 'An outcome called unknown too early holds up its conversation for nothing.',
    when: [HAS_FAULTS],
    async check(harness) {
      await faultsOf(harness).delayNext(100);
      await deliverAccepted(harness, 'slowly');
      assert.equal((await lastDelivered(harness)).text, 'slowly');
    },
  },
  {
    id: 'same-ref-same-message',
    what: 'delivers a message once, however often it is handed over under the same ref, and knows its external id before',
    why: 'This is how an unknown outcome is settled on networks that take an id of ours: by saying the same again.',
    when: [hasMethod('externalIdOf', 'the network takes message ids of ours')],
    async check(harness) {
      const { adapter } = harness;
      assert.ok(canNameMessages(adapter));
      const outbound = harness.outbound('Only once');
      const outcomes = [];
      for (let index = 0; index < 3; index += 1) outcomes.push(await handOver(adapter, outbound, openAttempt(harness)));
      for (const outcome of outcomes)
        assert.ok(outcome.kind === 'accepted' && outcome.externalId === adapter.externalIdOf(outbound.ref));
      await arrivals(harness, 1);
      await pause(100);
      assert.equal((await harness.delivered()).length, 1, 'the person must have it once');
      assert.notEqual(adapter.externalIdOf(harness.outbound('another').ref), adapter.externalIdOf(outbound.ref));
    },
  },
  {
    id: 'settles-before-disposal',
    what: 'lets calls in flight end with an outcome when it is disposed of',
    why: 'A call abandoned at shutdown is an unknown outcome that nobody will ever reconcile.',
    when: [HAS_FAULTS],
    async check(harness) {
      await faultsOf(harness).delayNext(100);
      let isSettled = false;
      const inFlight = deliver(harness, 'in flight').finally(() => (isSettled = true));
      await pause(30);
      await harness.adapter.dispose();
      // the caller's own steps after the outcome
      await pause(5);
      assert.ok(isSettled, 'dispose resolved before the call in flight had settled');
      assert.equal((await inFlight).kind, 'accepted');
    },
  },
  {
    id: 'takes-nothing-after-disposal',
    what: 'makes no call once it is disposed of, says so as an outcome, and may be disposed of twice',
    why: 'What begins during a shutdown has nobody left to write down how it ended.',
    async check(harness) {
      await harness.adapter.dispose();
      const late = await deliver(harness, 'late');
      assert.ok(late.kind === 'failed' && late.certainty === 'not-sent' && late.retry === 'later');
      assert.equal(await harness.sendCalls(), 0);
      await harness.adapter.dispose();
    },
  },
];
