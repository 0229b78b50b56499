import type { TenantProfile } from './tenant-profile.js';

/**
 * What happened between `sender` and `recipient`. Every kind is read as conduct of the sender: `request` and `message` are theirs, `reply`
 * says that the recipient wrote back, `delivered` and `delivery-failed` what became of a message (failed: permanently), `report` and `block`
 * what the recipient did about them.
 */
export const EVENT_KINDS = ['request', 'message', 'reply', 'delivered', 'delivery-failed', 'report', 'block'] as const;
export type GuardEventKind = (typeof EVENT_KINDS)[number];

/** Distance of a new number to the nearest of the account's last 20, as the edge tells it (PROTOCOL 3): 0, 1 to 10, more. */
export const GAP_CLASSES = ['same', 'near', 'far'] as const;
export type GapClass = (typeof GAP_CLASSES)[number];

/** Numeric and categorical facts the edge or the gateway adds. No number, no address, no words. */
export interface GuardFeatures {
  readonly gapClass?: GapClass;
  /** ISO 3166 alpha-2 of the recipient. */
  readonly country?: string;
  /** Time since the account was registered, milliseconds. */
  readonly accountAgeMs?: number;
  /** Conversations of this account in which both sides have written, from the consent record. */
  readonly establishedContacts?: number;
  /** Opaque names of what the account shares with others: registration network, device attestation, number prefix. */
  readonly clusters?: readonly string[];
}

/**
 * Everything the guard is ever told. There is no field for words, nor for bytes that could carry them: promise P7. Ids are pseudonymised
 * before anything is stored.
 */
export interface GuardEvent {
  readonly tenant: string;
  readonly profile: TenantProfile;
  /** Whose conduct this is about: an account, or for what comes in from a carrier the edge's digest of its source. */
  readonly sender: string;
  readonly recipient: string;
  /** Milliseconds since the epoch; the guard has no other clock. */
  readonly atMs: number;
  readonly kind: GuardEventKind;
  /** Granted, and each side has sent: read from the consent record, never from windows. */
  readonly isEstablished: boolean;
  readonly transport: 'native' | 'clear';
  /** How sure it is who the sender is: their own device, or a carrier's word. */
  readonly assurance: 'device' | 'carrier';
  /** It was judged before and is only tried again: it is judged anew and counts no second time. */
  readonly isRetry?: boolean;
  readonly features?: GuardFeatures;
}
