import { describe, expect, it } from '@jest/globals';
import type { ClearAdapter } from '@causeway/network-adapter';
import { chooseNetwork, fallbackOf, leftNetwork, type Choice } from './choose-network.js';

const NOW_MS = 1_000_000;
/** What the choice looks at of an adapter; one that can be left takes names of ours and takes messages back. */
const adapter = (network: string, canBeLeft: boolean): ClearAdapter => ({
  contractVersion: 2,
  network,
  confidentiality: 'clear',
  isSimulated: true,
  regions: [],
  capabilities: () => Promise.reject(new Error('nobody asks')),
  receive: () => Promise.reject(new Error('nobody asks')),
  deliver: () => Promise.reject(new Error('nobody asks')),
  dispose: () => Promise.resolve(),
  ...(canBeLeft
    ? { externalIdOf: (ref: string) => ref, withdraw: () => Promise.reject(new Error('nobody asks')) }
    : {}),
});
const adapters = new Map([
  ['rcs', adapter('rcs', true)],
  ['sms', adapter('sms', false)],
]);

type Input = Parameters<typeof chooseNetwork>[1];
const EVERYTHING_ON: Input['contact']['rules'] = {
  sender: { networksOn: ['sms', 'rcs', 'pigeon'], notOver: [], order: [], removed: [], floor: null },
  recipient: undefined,
};
const AT_REST = { fellBackFrom: null, fellBackUntil: null };
const fellBack = (from: string, leftMs: number) => ({ fellBackFrom: from, fellBackUntil: new Date(NOW_MS + leftMs) });
const given = (changes: Partial<Input> = {}): Input => ({
  adapters,
  lane: AT_REST,
  contact: { encryptedNetwork: null, rules: EVERYTHING_ON },
  nowMs: NOW_MS,
  ...changes,
});
const over = (...networks: readonly string[]) => ({ networks, floor: 'clear' }) as const;
const BOTH = over('rcs', 'sms');

/** In a word what was chosen: the network, `+` when another may follow, `!` when only encrypted. */
const inShort = (choice: Choice): string =>
  choice.kind === 'network'
    ? `${choice.adapter.network}${choice.hasFallback ? '+' : ''}${choice.isEncryptionRequired ? '!' : ''}`
    : choice.kind;

type Choose = typeof chooseNetwork;
type Rule = readonly [name: string, expected: string, message: Parameters<Choose>[0], input: Input];

/** Every guard of the choice, as what it decides. */
const RULES: readonly Rule[] = [
  ['takes the first that was signed', 'rcs+', BOTH, given()],
  ['keeps the signed order', 'sms', over('sms', 'rcs'), given()],
  ['takes no network that was not signed', 'sms', over('sms'), given()],
  ['falls back to no network that was not signed', 'rcs', over('rcs'), given()],
  ['knows only what is here', 'none', over('pigeon'), given()],
  ['stays away from the network its lane left', 'sms', BOTH, given({ lane: fellBack('rcs', 1) })],
  ['comes back when that time is over', 'rcs+', BOTH, given({ lane: fellBack('rcs', 0) })],
  ['takes the one it left when there is no other', 'rcs', over('rcs'), given({ lane: fellBack('rcs', 1) })],
  [
    'never falls back where it was encrypted',
    'rcs!',
    BOTH,
    given({ contact: { encryptedNetwork: 'rcs', rules: EVERYTHING_ON } }),
  ],
  [
    'leaves an encrypted conversation where it is, also when its lane left',
    'rcs!',
    BOTH,
    given({ contact: { encryptedNetwork: 'rcs', rules: EVERYTHING_ON }, lane: fellBack('rcs', 1) }),
  ],
  [
    'sends nothing of an encrypted conversation over another network',
    'encryption-unavailable',
    over('sms'),
    given({ contact: { encryptedNetwork: 'rcs', rules: EVERYTHING_ON } }),
  ],
];

const brokenRules = (choose: Choose): readonly string[] =>
  RULES.filter(([, expected, message, input]) => inShort(choose(message, input)) !== expected).map(([name]) => name);

/** The choice with one guard taken out. */
const PLANTED: readonly [guard: string, choose: Choose][] = [
  [
    'the encryption mark',
    (message, input) => chooseNetwork(message, { ...input, contact: { encryptedNetwork: null, rules: EVERYTHING_ON } }),
  ],
  ['the lane that left', (message, input) => chooseNetwork(message, { ...input, lane: AT_REST })],
  ['the end of that time', (message, input) => chooseNetwork(message, { ...input, nowMs: 0 })],
  ['the signed networks', (_message, input) => chooseNetwork(BOTH, input)],
  ['the signed order', (message, input) => chooseNetwork({ ...message, networks: message.networks.toSorted() }, input)],
  [
    'no fallback under encryption',
    (message, input) => {
      const choice = chooseNetwork(message, input);
      return choice.kind === 'network' ? { ...choice, hasFallback: message.networks.length > 1 } : choice;
    },
  ],
  [
    'only encrypted under encryption',
    (message, input) => {
      const choice = chooseNetwork(message, input);
      return choice.kind === 'network' ? { ...choice, isEncryptionRequired: false } : choice;
    },
  ],
  [
    'the network that must be able to take back',
    (message, input) => {
      const choice = chooseNetwork(message, input);
      return choice.kind === 'network' ? { ...choice, hasFallback: !choice.isEncryptionRequired } : choice;
    },
  ],
];

describe('the network a message goes over', () => {
  it.each(RULES)('%s: %s', (_name, expected, message, input) => {
    expect(inShort(chooseNetwork(message, input))).toBe(expected);
  });

  it.each(PLANTED)('is found wrong without a guard: %s', (_guard, choose) => {
    expect(brokenRules(chooseNetwork)).toEqual([]);
    expect(brokenRules(choose)).not.toEqual([]);
  });
});

describe('what may follow a network', () => {
  it.each([
    ['the next that was signed', ['rcs', 'sms'], 'rcs', 'sms'],
    ['nothing that stands before it', ['sms', 'rcs'], 'rcs', undefined],
    ['nothing after one that cannot take back', ['sms', 'rcs'], 'sms', undefined],
    ['nothing after a network of another message', ['sms'], 'rcs', undefined],
    ['nothing that is not here', ['rcs', 'pigeon'], 'rcs', undefined],
  ] as const)('is %s', (_what, networks, from, expected) => {
    const one = adapters.get(from);
    expect(one && fallbackOf({ networks }, one, adapters)).toBe(expected);
  });

  it('is stayed with until the very moment it is over', () => {
    expect(leftNetwork(fellBack('rcs', 1), NOW_MS)).toBe('rcs');
    expect(leftNetwork(fellBack('rcs', 0), NOW_MS)).toBeUndefined();
    expect(leftNetwork(AT_REST, NOW_MS)).toBeUndefined();
  });
});
