import assert from 'node:assert/strict';
import type { AdapterHarness, NetworkFault } from '../adapter-harness.js';
import { assertFailed, deliver, openAttempt } from '../attempts.js';
import type { NotDelivered } from '../../deliver-outcome.js';
import type { Law } from '../law.js';

const failsAs = (fault: NetworkFault, expected: Partial<NotDelivered>) => async (harness: AdapterHarness) => {
  await harness.failNext(fault);
  assertFailed(await deliver(harness, 'Does this arrive?'), expected);
};

/** What is claimed about a call that went wrong decides whether the message is sent again. */
export const CERTAINTY_LAWS: readonly Law[] = [
  {
    name: 'returns-refusals',
    what: 'returns a refusal of the network as an outcome that will not change and was not sent, and throws nothing',
    why: 'A thrown error ends as a crash or a retry; a refusal for good must reach the sender as one.',
    check: failsAs({ kind: 'refused' }, { retry: 'never', certainty: 'not-sent' }),
  },
  {
    name: 'silence-is-maybe-sent',
    what: 'says maybe-sent when the network took the request and did not answer in time',
    why: 'The message may be on its way: sending again without asking would deliver it twice.',
    check: failsAs({ kind: 'silent' }, { retry: 'later', certainty: 'maybe-sent' }),
  },
  {
    name: 'cut-off-is-maybe-sent',
    what: 'says maybe-sent when the connection broke after bytes left',
    why: 'As with silence: what left cannot be called back by an error.',
    check: failsAs({ kind: 'cut-off' }, { retry: 'later', certainty: 'maybe-sent' }),
  },
  {
    name: 'server-error-is-maybe-sent',
    what: 'says maybe-sent when the network answers that it failed',
    why: 'A network that fails while it works may have done the work.',
    check: failsAs({ kind: 'server-error' }, { retry: 'later', certainty: 'maybe-sent' }),
  },
  {
    name: 'unknown-code-is-maybe-sent',
    what: 'takes a code it does not know as later and maybe-sent, and names the code',
    why: 'Guessing never loses messages, guessing not-sent doubles them; the code is how we learn.',
    async check(harness) {
      await harness.failNext({ kind: 'unknown-code' });
      const outcome = await deliver(harness, 'Does this arrive?');
      assertFailed(outcome, { retry: 'later', certainty: 'maybe-sent' });
      assert.ok(outcome.kind === 'failed' && outcome.vendorCode !== undefined);
    },
  },
  {
    name: 'no-connection-is-not-sent',
    what: 'says not-sent when no connection came about',
    why: 'Only this certainty lets the message go again at once; calling it unknown would hold up its conversation.',
    async check(harness) {
      const outcome = await harness.unreachable.deliver(harness.outbound('Anyone there?'), openAttempt(harness));
      assertFailed(outcome, { retry: 'later', certainty: 'not-sent' });
    },
  },
  {
    name: 'never-retries',
    what: 'makes one call per attempt, whatever the answer',
    why: 'Only the holder of an attempt may call, once; a retry inside the adapter is a duplicate nobody recorded.',
    async check(harness) {
      const faults = ['throttled', 'server-error', 'cut-off', 'silent'] as const;
      for (const kind of faults) {
        await harness.failNext({ kind });
        await deliver(harness, 'Once only');
      }
      await new Promise((resolve) => setTimeout(resolve, 400));
      assert.equal(await harness.sendCalls(), faults.length);
    },
  },
  {
    name: 'keeps-call-before',
    what: 'makes no call at or after callBefore, nor after an abort',
    why: 'By then another process may hold the next attempt.',
    async check(harness) {
      const { signal } = new AbortController();
      const late = await harness.adapter.deliver(harness.outbound('late'), { callBeforeMs: harness.nowMs(), signal });
      assertFailed(late, { certainty: 'not-sent' });
      const aborted = { callBeforeMs: harness.nowMs() + 60_000, signal: AbortSignal.abort() };
      assertFailed(await harness.adapter.deliver(harness.outbound('aborted'), aborted), { certainty: 'not-sent' });
      assert.equal(await harness.sendCalls(), 0);
    },
  },
];
