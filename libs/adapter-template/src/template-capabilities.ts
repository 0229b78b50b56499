import { TEXT_ONLY, type Capabilities } from '@causeway/message-model';

/**
 * What the network carries. `full` and `partial` are promises that the laws probe with an example; everything below them is said in text
 * by the edge, or refused, before it gets here. Name the page of the vendor's documentation that each limit is from.
 */
export const TEMPLATE_CAPABILITIES: Capabilities = Object.freeze({
  features: Object.freeze({
    ...TEXT_ONLY,
    reply: 'full',
    'expiry-at-time': 'full',
    'delivery-report': 'full',
  }),
  limits: Object.freeze({ textCharacters: 1_000 }),
} as const);
