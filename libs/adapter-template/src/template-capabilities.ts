import type { Capabilities } from '@causeway/message-model';

/**
 * What the network carries. `full` and `partial` are promises that the laws probe with an example; everything below them is said in text
 * by the edge, or refused, before it gets here. Name the page of the vendor's documentation that each limit is from.
 */
export const TEMPLATE_CAPABILITIES: Capabilities = Object.freeze({
  features: Object.freeze({
    text: 'full',
    markdown: 'unsupported-with-fallback',
    reply: 'full',
    reaction: 'unsupported-with-fallback',
    edit: 'unsupported-with-fallback',
    delete: 'rejected',
    attachment: 'unsupported-with-fallback',
    card: 'unsupported-with-fallback',
    carousel: 'unsupported-with-fallback',
    suggestion: 'unsupported-with-fallback',
    typing: 'dropped',
    'expiry-after-reading': 'unsupported-with-fallback',
    'expiry-at-time': 'full',
    'delivery-report': 'full',
    'read-report': 'dropped',
  }),
  limits: Object.freeze({ textCharacters: 1_000 }),
} as const);
