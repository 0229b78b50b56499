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
