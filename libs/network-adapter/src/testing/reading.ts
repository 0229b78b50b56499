import assert from 'node:assert/strict';
import type { InboundEvent, RawRequest, ReceiveOutcome } from '../inbound.js';
import type { AdapterHarness } from './adapter-harness.js';

type Kind = InboundEvent['kind'];
export type EventOf<K extends Kind> = Extract<InboundEvent, { readonly kind: K }>;

/** The events of a genuine webhook. */
export async function eventsOf(harness: AdapterHarness, request: RawRequest): Promise<readonly InboundEvent[]> {
  const outcome = await harness.adapter.receive(request);
  assert.ok(outcome.kind === 'events', `a genuine webhook was refused: ${JSON.stringify(outcome)}`);
  return outcome.events;
}

export async function eventsOfAll(
  harness: AdapterHarness,
  requests: readonly RawRequest[],
): Promise<readonly InboundEvent[]> {
  const events: InboundEvent[] = [];
  for (const request of requests) events.push(...(await eventsOf(harness, request)));
  return events;
}

export const ofKind = <K extends Kind>(events: readonly InboundEvent[], kind: K): readonly EventOf<K>[] =>
  events.filter((event): event is EventOf<K> => event.kind === kind);

/** The one event of a kind; fails when there is none or more than one. */
export function theOne<K extends Kind>(events: readonly InboundEvent[], kind: K): EventOf<K> {
  const [event, ...others] = ofKind(events, kind);
  assert.ok(event && others.length === 0, `there must be one ${kind}, there are ${others.length + (event ? 1 : 0)}`);
  return event;
}

/** The first of the webhooks; fails when the network sent none. */
export function first(requests: readonly RawRequest[]): RawRequest {
  const [request] = requests;
  assert.ok(request, 'the network sent no webhook');
  return request;
}

export function assertRejected(outcome: ReceiveOutcome, reason?: string): void {
  assert.equal(outcome.kind, 'rejected', 'a webhook that is not genuine was taken');
  if (reason !== undefined) assert.equal(Reflect.get(outcome, 'reason'), reason);
}
