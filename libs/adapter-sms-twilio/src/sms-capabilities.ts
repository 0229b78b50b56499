import type { Capabilities } from '@causeway/message-model';

/**
 * What SMS through Twilio carries. 1,600 characters: Twilio's limit of a body. Expiry: `ValidityPeriod`, of which Twilio
 * recommends more than 5 s and takes at most 36,000 (twilio.com/docs/messaging/api/message-resource).
 */
export const SMS_CAPABILITIES: Capabilities = Object.freeze({
  features: Object.freeze({
    text: 'full',
    markdown: 'unsupported-with-fallback',
    reply: 'unsupported-with-fallback',
    reaction: 'unsupported-with-fallback',
    edit: 'unsupported-with-fallback',
    delete: 'rejected',
    attachment: 'unsupported-with-fallback',
    card: 'unsupported-with-fallback',
    carousel: 'unsupported-with-fallback',
    suggestion: 'unsupported-with-fallback',
    typing: 'dropped',
    'expiry-after-reading': 'unsupported-with-fallback',
    'expiry-at-time': 'partial',
    'delivery-report': 'full',
    'read-report': 'dropped',
  }),
  limits: Object.freeze({ textCharacters: 1_600, expirySecondsMin: 5, expirySecondsMax: 36_000 }),
} as const);
