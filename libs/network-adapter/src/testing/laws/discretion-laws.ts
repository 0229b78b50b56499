import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { ADAPTER_CONTRACT_VERSION } from '../../adapter.js';
import type { NetworkFault } from '../adapter-harness.js';
import { deliver } from '../attempts.js';
import type { Law } from '../law.js';

const MARKER = 'marker-4f1c9d20';
const FAULTS = [
  'refused',
  'unknown-code',
  'silent',
  'cut-off',
  'server-error',
  'throttled',
] as const satisfies readonly NetworkFault['kind'][];

const printed = (value: unknown): string =>
  `${JSON.stringify(value)} ${inspect(value, { depth: 10, showHidden: true })}`;

/** What an adapter shows of itself and of people. */
export const DISCRETION_LAWS: readonly Law[] = [
  {
    name: 'outcomes-hold-no-plaintext',
    what: 'puts neither the text nor a number into any outcome or event that is printed',
    why: 'Outcomes are stored, logged and shown to operators; vendors like to quote both in their errors.',
    async check(harness) {
      const number = harness.outbound('x').to.reveal();
      const shown = [await deliver(harness, MARKER)] as unknown[];
      for (const kind of FAULTS) {
        await harness.failNext({ kind });
        shown.push(await deliver(harness, MARKER));
      }
      shown.push(await harness.adapter.receive(await harness.writeToBridge(MARKER)));
      for (const value of shown) {
        assert.ok(!printed(value).includes(MARKER), 'the text is in a printed value');
        assert.ok(!printed(value).includes(number.slice(1)), 'the number is in a printed value');
      }
    },
  },
  {
    name: 'says-whether-it-is-simulated',
    what: 'says whether a real network is behind it',
    why: 'A person must never believe that a message reached someone when it reached a pretend one.',
    async check(harness) {
      assert.equal(harness.adapter.isSimulated, harness.isSimulated);
    },
  },
  {
    name: 'declares-itself',
    what: 'names its network, its regions and the version of the contract it was written for',
    why: 'Routes outside permitted regions are refused, and start-up refuses an adapter of another contract.',
    async check(harness) {
      const { contractVersion, network, regions, confidentiality } = harness.adapter;
      assert.equal(contractVersion, ADAPTER_CONTRACT_VERSION);
      assert.match(network, /^[a-z][a-z0-9-]*$/);
      assert.ok(regions.length > 0);
      assert.equal(confidentiality, 'clear');
    },
  },
];
