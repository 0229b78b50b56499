import assert from 'node:assert/strict';
import { deliver, openAttempt } from '../attempts.js';
import type { Law } from '../law.js';

const EVERY_SCRIPT = 'Grüße, שלום, 你好, नमस्ते — 👩‍👩‍👧‍👦 🇨🇭 {[~]} €\nsecond line';

/** The plain job. */
export const DELIVERY_LAWS: readonly Law[] = [
  {
    name: 'delivers',
    what: 'delivers the text it was given, once',
    why: 'Everything else is about what happens when this does not.',
    async check(harness) {
      const outcome = await deliver(harness, 'Hello from the bridge');
      assert.equal(outcome.kind, 'accepted');
      assert.deepEqual([...(await harness.received(1))], ['Hello from the bridge']);
      assert.equal(await harness.sendCalls(), 1);
    },
  },
  {
    name: 'gives-an-external-id',
    what: 'names each accepted message by an id of its own',
    why: 'Receipts, look-up and deletion at the network go by it; a shared one would mix up two messages.',
    async check(harness) {
      const first = await deliver(harness, 'one');
      const second = await deliver(harness, 'two');
      assert.ok(first.kind === 'accepted' && second.kind === 'accepted');
      assert.notEqual(first.externalId, '');
      assert.notEqual(first.externalId, second.externalId);
    },
  },
  {
    name: 'keeps-unicode',
    what: 'carries every script, joined emoji and line breaks unchanged',
    why: 'A letter replaced on the way is a message its sender did not write.',
    async check(harness) {
      assert.equal((await deliver(harness, EVERY_SCRIPT)).kind, 'accepted');
      assert.deepEqual([...(await harness.received(1))], [EVERY_SCRIPT]);
    },
  },
  {
    name: 'settles-before-disposal',
    what: 'lets calls in flight end with an outcome when it is disposed of, and takes no new ones',
    why: 'A call abandoned at shutdown is an unknown outcome that nobody will ever reconcile.',
    async check(harness) {
      await harness.failNext({ kind: 'silent' });
      let isSettled = false;
      const inFlight = deliver(harness, 'in flight').then((outcome) => {
        isSettled = true;
        return outcome;
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      await harness.adapter.dispose();
      assert.ok(isSettled, 'dispose resolved before the call in flight had settled');
      assert.equal((await inFlight).kind, 'failed');
      const callsBefore = await harness.sendCalls();
      const late = await harness.adapter.deliver(harness.outbound('late'), openAttempt(harness));
      assert.ok(late.kind === 'failed' && late.certainty === 'not-sent');
      assert.equal(await harness.sendCalls(), callsBefore);
      await harness.adapter.dispose();
    },
  },
];
