import assert from 'node:assert/strict';
import { assertFailed, deliver, openAttempt } from '../attempts.js';
import type { Law } from '../law.js';

/** What cannot succeed is refused here, without a call. */
export const LIMIT_LAWS: readonly Law[] = [
  {
    name: 'refuses-what-is-too-long',
    what: 'delivers a text at its declared limit and refuses one past it without a call',
    why: 'A declared limit that is not kept shows in a preview as something that then fails.',
    async check(harness) {
      const { limits } = await harness.adapter.capabilities({});
      const longest = limits.textCharacters;
      if (longest === undefined) return;
      assert.equal((await deliver(harness, 'a'.repeat(longest))).kind, 'accepted');
      const callsBefore = await harness.sendCalls();
      const outcome = await deliver(harness, 'a'.repeat(longest + 1));
      assertFailed(outcome, { reason: 'too-large', retry: 'never', certainty: 'not-sent' });
      assert.equal(await harness.sendCalls(), callsBefore);
    },
  },
  {
    name: 'refuses-what-expired',
    what: 'refuses a message whose time has passed without a call',
    why: 'Its sender was promised that it would not arrive any more.',
    async check(harness) {
      const outbound = { ...harness.outbound('too late'), expiresAtMs: harness.nowMs() };
      const outcome = await harness.adapter.deliver(outbound, openAttempt(harness));
      assertFailed(outcome, { reason: 'expired', retry: 'never', certainty: 'not-sent' });
      assert.equal(await harness.sendCalls(), 0);
    },
  },
];
