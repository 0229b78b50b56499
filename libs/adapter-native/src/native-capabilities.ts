import type { Capabilities } from '@causeway/message-model';

/** Envelopes are moved as they are, so everything a device can say is carried; what it is, only the two ends know. */
export const NATIVE_CAPABILITIES: Capabilities = Object.freeze({
  features: Object.freeze({
    text: 'full',
    markdown: 'full',
    reply: 'full',
    reaction: 'full',
    edit: 'full',
    delete: 'full',
    attachment: 'full',
    card: 'full',
    carousel: 'full',
    suggestion: 'full',
    typing: 'full',
    'expiry-after-reading': 'full',
    'expiry-at-time': 'full',
    'delivery-report': 'full',
    'read-report': 'full',
  }),
  limits: Object.freeze({}),
} as const);
