/**
 * How far a network carries a feature, worst first.
 * `rejected`: a message that uses it is refused. `dropped`: it is left out. `unsupported-with-fallback`: it is said in text instead.
 * `partial`: carried with losses. `full`: carried as meant.
 */
export const SUPPORT = ['rejected', 'dropped', 'unsupported-with-fallback', 'partial', 'full'] as const;
/** One grade. */
export type Support = (typeof SUPPORT)[number];

/** What a message can make use of. `expiry-after-reading` is the draft's relative expiry, `expiry-at-time` the absolute one. */
export const FEATURES = [
  'text',
  'markdown',
  'reply',
  'reaction',
  'edit',
  'delete',
  'attachment',
  'expiry-after-reading',
  'expiry-at-time',
  'card',
  'carousel',
  'suggestion',
  'typing',
  'delivery-report',
  'read-report',
] as const;
/** One thing a message can make use of. */
export type Feature = (typeof FEATURES)[number];

/**
 * What can be said of a network that carries plain text and nothing else: all that a text can say is said in one. Adapters begin with it and
 * name what they carry beside, so that a feature that is added later is said in words everywhere until somebody carries it.
 */
export const TEXT_ONLY: Readonly<Record<Feature, Support>> = Object.freeze({
  text: 'full',
  markdown: 'unsupported-with-fallback',
  reply: 'unsupported-with-fallback',
  reaction: 'unsupported-with-fallback',
  edit: 'unsupported-with-fallback',
  delete: 'rejected',
  attachment: 'unsupported-with-fallback',
  'expiry-after-reading': 'unsupported-with-fallback',
  'expiry-at-time': 'unsupported-with-fallback',
  card: 'unsupported-with-fallback',
  carousel: 'unsupported-with-fallback',
  suggestion: 'unsupported-with-fallback',
  typing: 'dropped',
  'delivery-report': 'dropped',
  'read-report': 'dropped',
});

/** What a network can carry to one recipient. An adapter declares it and the laws of its contract probe it. */
export interface Capabilities {
  readonly features: Readonly<Record<Feature, Support>>;
  readonly limits: CapabilityLimits;
}

/** An absent limit is no limit. */
export interface CapabilityLimits {
  /** UTF-16 units, the largest of the counts a vendor may mean by a character. */
  readonly textCharacters?: number;
  /** The words beside a file, UTF-16 units; within the other limits of a text too. */
  readonly captionCharacters?: number;
  /** Bytes of UTF-8. */
  readonly textBytes?: number;
  /** SMS parts, as `countSegments` counts them. */
  readonly segments?: number;
  readonly attachmentBytes?: number;
  readonly expirySecondsMin?: number;
  readonly expirySecondsMax?: number;
}

/** The weaker of two grades: what a route over both can promise. */
export const weakerSupport = (a: Support, b: Support): Support => (SUPPORT.indexOf(a) <= SUPPORT.indexOf(b) ? a : b);
