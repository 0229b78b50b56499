import { TEXT_ONLY, type Capabilities } from '@causeway/message-model';

/**
 * What business messaging over RCS carries (developers.google.com/business-communications/rcs-business-messaging, guides). `attachment`
 * is partial: words go with pictures, films and PDF only. `typing` is partial: nothing says that someone stopped. A TTL is at most 15 days,
 * and under 10 s no network keeps it.
 */
export const RCS_CAPABILITIES: Capabilities = Object.freeze({
  features: Object.freeze({
    ...TEXT_ONLY,
    attachment: 'partial',
    card: 'full',
    carousel: 'full',
    suggestion: 'full',
    typing: 'partial',
    'expiry-at-time': 'partial',
    'delivery-report': 'full',
    'read-report': 'full',
  }),
  limits: Object.freeze({
    textCharacters: 3_072,
    // words beside a file stand on a card, as its description
    captionCharacters: 2_000,
    attachmentBytes: 100 * 2 ** 20,
    expirySecondsMin: 10,
    expirySecondsMax: 15 * 86_400,
  }),
} as const);

/** Words of the network for what a phone can do, and the features of ours that need them. */
const NEEDS = { card: 'RICHCARD_STANDALONE', carousel: 'RICHCARD_CAROUSEL' } as const;

/** What one phone can do: what the adapter declares, less what the phone does not say of itself. */
export function capabilitiesOf(features: readonly string[]): Capabilities {
  const lacks = (feature: keyof typeof NEEDS): boolean => !features.includes(NEEDS[feature]);
  const lost = lacks('card')
    ? ({ card: 'unsupported-with-fallback', attachment: 'unsupported-with-fallback' } as const)
    : {};
  const lostToo = lacks('carousel') ? ({ carousel: 'unsupported-with-fallback' } as const) : {};
  return { features: { ...RCS_CAPABILITIES.features, ...lost, ...lostToo }, limits: RCS_CAPABILITIES.limits };
}
