import type { Feature } from '@causeway/message-model';
import { hasAbility } from '../abilities.js';
import { carries } from '../carry.js';
import type { NetworkFault } from './adapter-harness.js';
import type { Applicability } from './law.js';

export const HAS_WEBHOOKS: Applicability = {
  words: 'the network sends webhooks',
  holds: ({ webhooks }) => webhooks !== undefined,
};

export const IS_CLEAR: Applicability = {
  words: 'the adapter is handed opened messages',
  holds: ({ adapter }) => adapter.confidentiality === 'clear',
};

export const HAS_PHONE: Applicability = {
  words: 'the phone of the person can be switched off',
  holds: ({ phone }) => phone !== undefined,
};

export const CAN_BE_UNREACHABLE: Applicability = {
  words: 'the network is elsewhere and can be out of reach',
  holds: ({ unreachable }) => unreachable !== undefined,
};

export const canFail = (...kinds: readonly NetworkFault['kind'][]): Applicability => ({
  words: `the network can be ${kinds.join(', ')}`,
  holds: ({ faults }) => kinds.every((kind) => faults?.kinds.includes(kind)),
});

export const HAS_FAULTS: Applicability = {
  words: 'the answers of the network can be disturbed',
  holds: ({ faults }) => faults !== undefined,
};

export const hasMethod = (ability: string, words: string): Applicability => ({
  words,
  holds: ({ adapter }) => hasAbility(adapter, ability),
});

export const declares = (feature: Feature): Applicability => ({
  words: `the adapter declares that it carries ${feature}`,
  holds: async ({ adapter }) => carries(await adapter.capabilities({}), feature),
});
