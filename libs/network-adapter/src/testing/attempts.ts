import type { Attempt } from '../outbound.js';
import type { DeliverOutcome, NotDelivered } from '../deliver-outcome.js';
import type { AdapterHarness } from './adapter-harness.js';
import assert from 'node:assert/strict';

/** An attempt with all the time it needs. */
export const openAttempt = (harness: AdapterHarness): Attempt => ({
  callBeforeMs: harness.nowMs() + 60_000,
  signal: new AbortController().signal,
});

export const deliver = (harness: AdapterHarness, text: string): Promise<DeliverOutcome> =>
  harness.adapter.deliver(harness.outbound(text), openAttempt(harness));

export function assertFailed(outcome: DeliverOutcome, expected: Partial<NotDelivered>): void {
  assert.equal(outcome.kind, 'failed', 'the outcome must be a failure');
  for (const [name, value] of Object.entries(expected))
    assert.equal(Reflect.get(outcome, name), value, `${name} of the failure`);
}
