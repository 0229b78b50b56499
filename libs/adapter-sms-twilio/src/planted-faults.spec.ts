import { describe, expect, it } from '@jest/globals';
import type { ClearAdapter, ClearOutbound, DeliverOutcome, InboundEvent } from '@causeway/network-adapter';
import { LAWS } from '../../network-adapter/src/testing/index.js';
import { newHarness } from './testing/law-harness.js';

type Deliver = ClearAdapter['deliver'];

/** An adapter that is right but for one method. */
const broken = (adapter: ClearAdapter, fault: Partial<ClearAdapter>): ClearAdapter =>
  new Proxy(adapter, {
    get: (target, name) => {
      const planted: unknown = Reflect.get(fault, name);
      if (planted !== undefined) return planted;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function'
        ? (...given: unknown[]): unknown => Reflect.apply(value, target, given)
        : value;
    },
  });

/** Every text changed on its way. */
const rewording = (outbound: ClearOutbound, change: (text: string) => string): ClearOutbound =>
  outbound.body.kind === 'text'
    ? { ...outbound, body: { kind: 'text', text: outbound.body.text.map(change) } }
    : outbound;

const delivering =
  (change: (deliver: Deliver) => Deliver) =>
  (adapter: ClearAdapter): Partial<ClearAdapter> => ({ deliver: change(adapter.deliver.bind(adapter)) });

const altered = (change: (outcome: DeliverOutcome) => DeliverOutcome) =>
  delivering((deliver) => async (outbound, attempt) => change(await deliver(outbound, attempt)));

const whenFailed = (change: object) =>
  altered((outcome) => (outcome.kind === 'failed' ? { ...outcome, ...change } : outcome));

const receiving =
  (change: (event: InboundEvent) => InboundEvent) =>
  (adapter: ClearAdapter): Partial<ClearAdapter> => ({
    receive: async (request) => {
      const outcome = await adapter.receive(request);
      return outcome.kind === 'events' ? { ...outcome, events: outcome.events.map(change) } : outcome;
    },
  });

const PLANTED: readonly [law: string, plant: (adapter: ClearAdapter) => Partial<ClearAdapter>][] = [
  [
    'delivers',
    delivering(
      (deliver) =>
        async (...given) => (await deliver(...given), deliver(...given)),
    ),
  ],
  [
    'gives-an-external-id',
    altered((outcome) => (outcome.kind === 'accepted' ? { ...outcome, externalId: 'one' } : outcome)),
  ],
  [
    'keeps-unicode',
    delivering(
      (deliver) => (outbound, attempt) =>
        deliver(
          rewording(outbound, (text) => text.normalize('NFKD')),
          attempt,
        ),
    ),
  ],
  ['settles-before-disposal', () => ({ dispose: async () => undefined })],
  ['silence-is-maybe-sent', whenFailed({ certainty: 'not-sent' })],
  ['cut-off-is-maybe-sent', whenFailed({ certainty: 'not-sent' })],
  ['server-error-is-maybe-sent', whenFailed({ retry: 'never' })],
  ['unknown-code-is-maybe-sent', whenFailed({ vendorCode: undefined })],
  [
    'returns-refusals',
    delivering((deliver) => async (...given) => {
      const outcome = await deliver(...given);
      if (outcome.kind === 'failed') throw new Error('refused');
      return outcome;
    }),
  ],
  [
    'never-retries',
    delivering((deliver) => async (...given) => {
      const outcome = await deliver(...given);
      return outcome.kind === 'failed' ? deliver(...given) : outcome;
    }),
  ],
  [
    'keeps-call-before',
    delivering(
      (deliver) => (outbound) =>
        deliver(outbound, { callBeforeMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal }),
    ),
  ],
  [
    'refuses-what-is-too-long',
    delivering(
      (deliver) => (outbound, attempt) =>
        deliver(
          rewording(outbound, (text) => text.slice(0, 1_600)),
          attempt,
        ),
    ),
  ],
  [
    'refuses-what-expired',
    delivering((deliver) => (outbound, attempt) => deliver({ ...outbound, expiresAtMs: null }, attempt)),
  ],
  [
    'same-webhook-same-id',
    (adapter) => {
      let count = 0;
      return {
        receive: async (request) => {
          const outcome = await adapter.receive(request);
          if (outcome.kind === 'rejected') return outcome;
          return {
            ...outcome,
            events: outcome.events.map((event) => ({ ...event, externalId: `id-${(count += 1)}` })),
          };
        },
      };
    },
  ],
  [
    'refuses-forged-webhooks',
    (adapter) => {
      let genuine: Awaited<ReturnType<ClearAdapter['receive']>> | undefined;
      return {
        receive: async (request) =>
          (genuine ??= {
            kind: 'events',
            events: [],
            response: { status: 200, contentType: 'text/plain', body: adapter.network + request.method },
          }),
      };
    },
  ],
  ['authenticates-before-parsing', () => ({ receive: async () => ({ kind: 'rejected', reason: 'malformed' }) })],
  [
    'outcomes-hold-no-plaintext',
    delivering((deliver) => async (outbound, attempt) => {
      const outcome = await deliver(outbound, attempt);
      return outcome.kind === 'failed' ? { ...outcome, vendorCode: `cannot send to ${outbound.to.reveal()}` } : outcome;
    }),
  ],
  ['no-connection-is-not-sent', whenFailed({ certainty: 'maybe-sent' })],
  [
    'reads-what-people-write',
    receiving((event) => (event.kind === 'message' ? { ...event, to: '+14155550199' } : event)),
  ],
  [
    'receipts-find-their-message',
    receiving((event) => (event.kind === 'receipt' ? { ...event, ref: undefined } : event)),
  ],
  [
    'answers-nobody-by-accident',
    (adapter) => ({
      receive: async (request) => {
        const outcome = await adapter.receive(request);
        if (outcome.kind === 'rejected') return outcome;
        return { ...outcome, response: { ...outcome.response, body: 'Thank you very much' } };
      },
    }),
  ],
  ['says-whether-it-is-simulated', () => ({ isSimulated: false })],
  ['declares-itself', () => ({ regions: [] })],
];

describe('the planted faults', () => {
  it('leave no law untried', () => {
    expect(PLANTED.map(([law]) => law).toSorted()).toEqual(LAWS.map(({ name }) => name).toSorted());
  });
});

describe('an adapter with a planted fault is caught by the law', () => {
  it.each(PLANTED)('%s', async (name, plant) => {
    const law = LAWS.find((each) => each.name === name);
    const harness = await newHarness();
    try {
      const adapter = broken(harness.adapter, plant(harness.adapter));
      const unreachable = broken(harness.unreachable, plant(harness.unreachable));
      await expect(law?.check({ ...harness, adapter, unreachable })).rejects.toThrow();
    } finally {
      await harness.dispose();
    }
  });
});
