import assert from 'node:assert/strict';
import type { NotDelivered } from '../../deliver-outcome.js';
import type { AdapterHarness, NetworkFault } from '../adapter-harness.js';
import { CAN_BE_UNREACHABLE, canFail, HAS_FAULTS } from '../applicability.js';
import { assertFailed, deliver, faultsOf, handOver, openAttempt, pause } from '../hand-over.js';
import type { Law } from '../law.js';

const failsAs = (kind: NetworkFault['kind'], expected: Partial<NotDelivered>): Pick<Law, 'when' | 'check'> => ({
  when: [canFail(kind)],
  async check(harness: AdapterHarness) {
    await faultsOf(harness).failNext({ kind });
    assertFailed(await deliver(harness, 'Does this arrive?'), expected);
  },
});

/** What is claimed about a call that went wrong decides whether the message is sent again. */
export const CERTAINTY_LAWS: readonly Law[] = [
  {
    id: 'returns-refusals',
    what: 'returns a refusal of the network as an outcome that will not change and was not sent, and throws nothing',
    why: 'A thrown error ends as a crash or a retry; a refusal for good must reach the sender as one.',
    ...failsAs('refused', { retry: 'never', certainty: 'not-sent' }),
  },
  {
    id: 'silence-is-maybe-sent',
    what: 'says maybe-sent when the network took the request and did not answer in time',
    why: 'The message may be on its way: sending again without asking would deliver it twice.',
    ...failsAs('silent', { retry: 'later', certainty: 'maybe-sent' }),
  },
  {
    id: 'cut-off-is-maybe-sent',
    what: 'says maybe-sent when the connection broke after bytes left',
    why: 'As with silence: what left cannot be called back by an error.',
    ...failsAs('cut-off', { retry: 'later', certainty: 'maybe-sent' }),
  },
  {
    id: 'server-error-is-maybe-sent',
    what: 'says maybe-sent when the network answers that it failed',
    why: 'A network that fails while it works may have done the work.',
    ...failsAs('server-error', { retry: 'later', certainty: 'maybe-sent' }),
  },
  {
    id: 'unknown-code-is-maybe-sent',
    what: 'takes a code it does not know as later and maybe-sent, and names the code',
    why: 'Guessing never loses messages, guessing not-sent doubles them; the code is how we learn.',
    when: [canFail('unknown-code')],
    async check(harness) {
      await faultsOf(harness).failNext({ kind: 'unknown-code' });
      const outcome = await deliver(harness, 'Does this arrive?');
      assertFailed(outcome, { retry: 'later', certainty: 'maybe-sent' });
      assert.ok(outcome.kind === 'failed' && outcome.vendorCode !== undefined, 'the code must be named');
    },
  },
  {
    id: 'passes-on-the-wait',
    what: 'says congested, later, not-sent and how long to wait when the network says that there were too many calls',
    why: 'Back-pressure that is not passed on becomes a queue of failures, or a number that is switched off.',
    when: [canFail('throttled')],
    async check(harness) {
      await faultsOf(harness).failNext({ kind: 'throttled' });
      const outcome = await deliver(harness, 'Too fast?');
      assertFailed(outcome, { reason: 'congested', retry: 'later', certainty: 'not-sent' });
      assert.ok(outcome.kind === 'failed' && (outcome.retryAfterMs ?? 0) > 0, 'retryAfterMs must be passed on');
    },
  },
  {
    id: 'no-connection-is-not-sent',
    what: 'says not-sent when no connection came about',
    why: 'Only this certainty lets the message go again at once; calling it unknown would hold up its conversation.',
    when: [CAN_BE_UNREACHABLE],
    async check(harness) {
      assert.ok(harness.unreachable);
      const outcome = await handOver(harness.unreachable, harness.outbound('Anyone there?'), openAttempt(harness));
      assertFailed(outcome, { retry: 'later', certainty: 'not-sent' });
    },
  },
  {
    id: 'never-retries',
    what: 'makes one call per attempt, whatever the answer',
    why: 'Only the holder of an attempt may call, once; a retry inside the adapter is a duplicate nobody recorded.',
    when: [HAS_FAULTS],
    async check(harness) {
      const { kinds, failNext } = faultsOf(harness);
      for (const kind of kinds) {
        await failNext({ kind });
        await deliver(harness, 'Once only');
      }
      await pause(400);
      assert.equal(await harness.sendCalls(), kinds.length, 'calls that send');
    },
  },
  {
    id: 'keeps-call-before',
    what: 'makes no call at or after callBefore',
    why: 'By then another process may hold the next attempt.',
    async check(harness) {
      const { signal } = new AbortController();
      for (const callBeforeMs of [harness.nowMs(), harness.nowMs() - 60_000]) {
        const outcome = await handOver(harness.adapter, harness.outbound('late'), { callBeforeMs, signal });
        assertFailed(outcome, { certainty: 'not-sent' });
      }
      assert.equal(await harness.sendCalls(), 0);
    },
  },
  {
    id: 'keeps-the-abort',
    what: 'makes no call once its attempt is aborted',
    why: 'An attempt is aborted when its holder lost the right to it.',
    async check(harness) {
      const aborted = { callBeforeMs: harness.nowMs() + 60_000, signal: AbortSignal.abort() };
      const outcome = await handOver(harness.adapter, harness.outbound('aborted'), aborted);
      assertFailed(outcome, { certainty: 'not-sent' });
      assert.equal(await harness.sendCalls(), 0);
    },
  },
  {
    id: 'an-abort-under-way-is-maybe-sent',
    what: 'says maybe-sent when it is aborted while it waits for the answer',
    why: 'An abort ends the wait and calls nothing back.',
    when: [canFail('silent')],
    async check(harness) {
      await faultsOf(harness).failNext({ kind: 'silent' });
      const aborting = new AbortController();
      const attempt = { callBeforeMs: harness.nowMs() + 60_000, signal: aborting.signal };
      const outcome = handOver(harness.adapter, harness.outbound('under way'), attempt);
      const giveUpAt = Date.now() + 5_000;
      while ((await harness.sendCalls()) === 0 && Date.now() < giveUpAt) await pause(5);
      aborting.abort();
      assertFailed(await outcome, { certainty: 'maybe-sent' });
    },
  },
];
