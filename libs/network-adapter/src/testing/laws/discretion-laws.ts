import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { ADAPTER_CONTRACT_VERSION } from '../../adapter.js';
import { recipientOf } from '../adapter-harness.js';
import { HAS_WEBHOOKS, IS_CLEAR } from '../applicability.js';
import { deliver, webhooksOf } from '../hand-over.js';
import type { Law } from '../law.js';

const MARKER = 'marker-4f1c9d20';

const printed = (value: unknown): string =>
  `${JSON.stringify(value)} ${inspect(value, { depth: 10, showHidden: true })}`;

/** What an adapter shows of itself and of people. */
export const DISCRETION_LAWS: readonly Law[] = [
  {
    id: 'outcomes-hold-no-plaintext',
    what: 'puts neither the text nor a number into any outcome that is printed',
    why: 'Outcomes are stored, logged and shown to operators; vendors like to quote both in their errors.',
    async check(harness) {
      const number = recipientOf(harness.outbound('x'))?.reveal().slice(1) ?? MARKER;
      const shown: unknown[] = [await deliver(harness, MARKER), await deliver(harness, MARKER, { expiresAtMs: 1 })];
      for (const kind of harness.faults?.kinds ?? []) {
        await harness.faults?.failNext({ kind });
        shown.push(await deliver(harness, MARKER));
      }
      for (const value of shown) {
        assert.ok(!printed(value).includes(MARKER), 'the text is in a printed outcome');
        assert.ok(!printed(value).includes(number), 'the number is in a printed outcome');
      }
    },
  },
  {
    id: 'events-print-no-plaintext',
    what: 'wraps the words and the number of an event so that printing it shows neither',
    why: 'Sooner or later somebody logs an event.',
    when: [HAS_WEBHOOKS],
    async check(harness) {
      const number = recipientOf(harness.outbound('x'))?.reveal().slice(1) ?? MARKER;
      for (const request of await webhooksOf(harness).sendFrom(MARKER)) {
        const outcome = await harness.adapter.receive(request);
        assert.ok(!printed(outcome).includes(MARKER), 'the text is in a printed event');
        assert.ok(!printed(outcome).includes(number), 'the number is in a printed event');
      }
    },
  },
  {
    id: 'shows-no-secret',
    what: 'prints no words or numbers of messages it has handed over when it is itself printed',
    why: 'What an adapter remembers ends in a heap dump or an error report.',
    when: [IS_CLEAR],
    async check(harness) {
      await deliver(harness, MARKER);
      assert.ok(!inspect(harness.adapter, { depth: 10, showHidden: true }).includes(MARKER));
    },
  },
  {
    id: 'says-whether-it-is-simulated',
    what: 'says whether a real network is behind it',
    why: 'A person must never believe that a message reached someone when it reached a pretend one.',
    async check(harness) {
      assert.equal(harness.adapter.isSimulated, harness.isSimulated);
    },
  },
  {
    id: 'names-its-contract',
    what: 'names its network in lower case and the version of the contract it was written for',
    why: 'Plans and statements name the network; start-up refuses an adapter of another contract.',
    async check({ adapter }) {
      assert.equal(adapter.contractVersion, ADAPTER_CONTRACT_VERSION);
      assert.match(adapter.network, /^[a-z][a-z0-9-]{0,31}$/);
    },
  },
  {
    id: 'declares-its-regions',
    what: 'names at least one region in which the network stores what passes through it',
    why: 'Routes outside permitted regions are refused, and unknown is outside.',
    async check({ adapter }) {
      assert.ok(adapter.regions.length > 0, 'no region is named');
      for (const region of adapter.regions) assert.match(region, /^[A-Za-z0-9][A-Za-z0-9-]*$/);
    },
  },
];
