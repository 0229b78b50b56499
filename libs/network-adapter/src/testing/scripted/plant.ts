import type { ClearAdapter } from '../../adapter.js';
import type { DeliverOutcome } from '../../deliver-outcome.js';
import type { InboundEvent } from '../../inbound.js';
import type { Attempt, ClearOutbound } from '../../outbound.js';
import type { AdapterHarness } from '../adapter-harness.js';
import { ScriptedAdapter } from './scripted-adapter.js';

/** One way of being wrong: members that stand in for those of a correct adapter. */
export type Plant = (adapter: ScriptedAdapter) => object;

export type Deliver = ClearAdapter['deliver'];

/** The harness with the fault planted into its adapters; everything else stays right. */
export function planted(harness: AdapterHarness, plant: Plant): AdapterHarness {
  const { adapter, unreachable } = harness;
  if (!(adapter instanceof ScriptedAdapter && unreachable instanceof ScriptedAdapter))
    throw new TypeError('Faults are planted into the scripted adapter');
  return { ...harness, adapter: broken(adapter, plant), unreachable: broken(unreachable, plant) };
}

function broken(adapter: ScriptedAdapter, plant: Plant): ScriptedAdapter {
  const members = plant(adapter);
  return new Proxy(adapter, {
    get(target, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name) as unknown;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
    // what was planted is also seen by who prints the adapter
    ownKeys: (target) => [...new Set([...Reflect.ownKeys(target), ...Reflect.ownKeys(members)])],
  });
}

/** Delivers otherwise. */
export const delivering =
  (change: (deliver: Deliver, outbound: ClearOutbound, attempt: Attempt) => Promise<DeliverOutcome>): Plant =>
  (adapter) => {
    const deliver = adapter.deliver.bind(adapter);
    return { deliver: (outbound: ClearOutbound, attempt: Attempt) => change(deliver, outbound, attempt) };
  };

/** Delivers another message than it was given. */
export const sending = (change: (outbound: ClearOutbound) => ClearOutbound): Plant =>
  delivering((deliver, outbound, attempt) => deliver(change(outbound), attempt));

/** Says otherwise how it ended. */
export const claiming = (change: (outcome: DeliverOutcome, outbound: ClearOutbound) => DeliverOutcome): Plant =>
  delivering(async (deliver, outbound, attempt) => change(await deliver(outbound, attempt), outbound));

export const claimingOfFailures = (change: object): Plant =>
  claiming((outcome) => (outcome.kind === 'failed' ? { ...outcome, ...change } : outcome));

/** Every text of a message changed. */
export const rewording = (change: (text: string) => string): Plant =>
  sending((outbound) =>
    outbound.body.kind === 'text'
      ? { ...outbound, body: { kind: 'text', text: outbound.body.text.map(change) } }
      : outbound,
  );

/** Takes webhooks otherwise. */
export const receiving =
  (
    change: (
      receive: ClearAdapter['receive'],
      request: Parameters<ClearAdapter['receive']>[0],
    ) => ReturnType<ClearAdapter['receive']>,
  ): Plant =>
  (adapter) => {
    const receive = adapter.receive.bind(adapter);
    return { receive: (request: Parameters<ClearAdapter['receive']>[0]) => change(receive, request) };
  };

/** Reads other events in a genuine webhook. */
export const reading = (change: (events: readonly InboundEvent[]) => readonly InboundEvent[]): Plant =>
  receiving(async (receive, request) => {
    const outcome = await receive(request);
    return outcome.kind === 'events' ? { ...outcome, events: change(outcome.events) } : outcome;
  });

export const readingEach = (change: (event: InboundEvent) => InboundEvent): Plant =>
  reading((events) => events.map(change));
