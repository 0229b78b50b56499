import assert from 'node:assert/strict';
import type { Adapter, ClearAdapter } from '../adapter.js';
import type { Accepted, DeliverOutcome, NotDelivered } from '../deliver-outcome.js';
import type { Attempt, ClearOutbound, Outbound } from '../outbound.js';
import type {
  AdapterHarness,
  DeliveredMessage,
  HarnessFaults,
  HarnessPhone,
  HarnessWebhooks,
} from './adapter-harness.js';
import { deadlineOf } from './until.js';

/** An attempt with all the time it needs. */
export const openAttempt = (harness: AdapterHarness): Attempt => ({
  callBeforeMs: harness.nowMs() + 60_000,
  signal: new AbortController().signal,
});

/** Hands a message to the adapter it is meant for. */
export function handOver(adapter: Adapter, outbound: Outbound, attempt: Attempt): Promise<DeliverOutcome> {
  if (adapter.confidentiality === 'sealed' && 'envelopes' in outbound) return adapter.deliver(outbound, attempt);
  if (adapter.confidentiality === 'clear' && 'body' in outbound) return adapter.deliver(outbound, attempt);
  throw new TypeError(`The harness made a message of the wrong kind for an adapter that is ${adapter.confidentiality}`);
}

export const deliver = (
  harness: AdapterHarness,
  text: string,
  changes?: Partial<ClearOutbound>,
): Promise<DeliverOutcome> => handOver(harness.adapter, harness.outbound(text, changes), openAttempt(harness));

export async function deliverAccepted(
  harness: AdapterHarness,
  text: string,
  changes?: Partial<ClearOutbound>,
): Promise<Accepted> {
  const outcome = await deliver(harness, text, changes);
  assert.equal(outcome.kind, 'accepted', `the network must take it, but: ${JSON.stringify(outcome)}`);
  assert.ok(outcome.kind === 'accepted');
  return outcome;
}

export function assertFailed(outcome: DeliverOutcome, expected: Partial<NotDelivered>): void {
  assert.equal(outcome.kind, 'failed', 'the outcome must be a failure');
  for (const [name, value] of Object.entries(expected))
    assert.equal(Reflect.get(outcome, name), value, `${name} of the failure`);
}

/** What the person has once `count` messages are there; fails when they do not come. */
export async function arrivals(harness: AdapterHarness, count: number): Promise<readonly DeliveredMessage[]> {
  const giveUpAt = deadlineOf(harness);
  for (;;) {
    // a copy, as deep equality also compares the realm an array was made in
    const delivered = [...(await harness.delivered())];
    if (delivered.length >= count) return delivered;
    assert.ok(Date.now() < giveUpAt, `${count} messages must reach the person, ${delivered.length} did`);
    await pause(10);
  }
}

/** The newest of the first `count` messages that reach the person. */
export async function lastDelivered(harness: AdapterHarness, count = 1): Promise<DeliveredMessage> {
  const last = (await arrivals(harness, count)).at(-1);
  assert.ok(last);
  return last;
}

/** For what must not happen: long enough for a second call or copy to show. */
export const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

/** A part of the harness that the law's `when` has asked for. */
export function webhooksOf({ webhooks }: AdapterHarness): HarnessWebhooks {
  assert.ok(webhooks, 'the harness has no webhooks');
  return webhooks;
}
export function faultsOf({ faults }: AdapterHarness): HarnessFaults {
  assert.ok(faults, 'the harness has no faults');
  return faults;
}
export function phoneOf({ phone }: AdapterHarness): HarnessPhone {
  assert.ok(phone, 'the harness has no phone');
  return phone;
}
export function clearAdapterOf({ adapter }: AdapterHarness): ClearAdapter {
  assert.ok(adapter.confidentiality === 'clear', 'the adapter is sealed');
  return adapter;
}
export function clearOutbound(harness: AdapterHarness, text: string, changes?: Partial<ClearOutbound>): ClearOutbound {
  const outbound = harness.outbound(text, changes);
  assert.ok('body' in outbound, 'the message is sealed');
  return outbound;
}
