import type { Law } from './law.js';
import { CERTAINTY_LAWS } from './laws/certainty-laws.js';
import { DELIVERY_LAWS } from './laws/delivery-laws.js';
import { DISCRETION_LAWS } from './laws/discretion-laws.js';
import { LIMIT_LAWS } from './laws/limit-laws.js';
import { WEBHOOK_LAWS } from './laws/webhook-laws.js';

export type { Law } from './law.js';

/** All laws, in the order they are reported. */
export const LAWS: readonly Law[] = [
  ...DELIVERY_LAWS,
  ...CERTAINTY_LAWS,
  ...LIMIT_LAWS,
  ...WEBHOOK_LAWS,
  ...DISCRETION_LAWS,
];
