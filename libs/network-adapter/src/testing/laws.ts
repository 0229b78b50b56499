import type { Law } from './law.js';
import { ABILITY_LAWS } from './laws/ability-laws.js';
import { AUTHENTICITY_LAWS } from './laws/authenticity-laws.js';
import { CAPABILITY_LAWS } from './laws/capability-laws.js';
import { CERTAINTY_LAWS } from './laws/certainty-laws.js';
import { CONVERSATION_LAWS } from './laws/conversation-laws.js';
import { DELIVERY_LAWS } from './laws/delivery-laws.js';
import { DISCRETION_LAWS } from './laws/discretion-laws.js';
import { INBOUND_LAWS } from './laws/inbound-laws.js';
import { LIMIT_LAWS } from './laws/limit-laws.js';

/** The laws by what they are about, in the order they are reported. */
export const LAW_GROUPS = [
  ['delivery', DELIVERY_LAWS],
  ['certainty', CERTAINTY_LAWS],
  ['limits', LIMIT_LAWS],
  ['capabilities', CAPABILITY_LAWS],
  ['inbound', INBOUND_LAWS],
  ['authenticity', AUTHENTICITY_LAWS],
  ['discretion', DISCRETION_LAWS],
  ['abilities', ABILITY_LAWS],
  ['conversation', CONVERSATION_LAWS],
] as const satisfies readonly (readonly [group: string, laws: readonly Law[]])[];

/** All laws, in the order they are reported. */
export const LAWS: readonly Law[] = LAW_GROUPS.flatMap(([, laws]) => laws);
