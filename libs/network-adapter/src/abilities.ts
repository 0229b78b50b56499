import type { Plaintext } from '@causeway/platform';
import type { ConsentWord, InboundMessage, ReceiptStatus } from './inbound.js';
import type { NotDelivered } from './deliver-outcome.js';
import type { FailureReason } from '@causeway/message-model';

/** A question that could not be asked now; asking again later is always safe. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly retryAfterMs?: number;
  readonly vendorCode?: string;
}

/** Where a message stands at the network. */
export interface NetworkStatus {
  readonly status: ReceiptStatus;
  readonly reason?: FailureReason;
  readonly vendorCode?: string;
  /** The adapter has no row for `vendorCode`. */
  readonly isCodeUnknown?: true;
}

/** Can take a message back that the recipient's phone does not have yet. Idempotent. */
export interface Withdraws {
  withdraw(externalId: string): Promise<{ readonly kind: 'withdrawn' } | { readonly kind: 'too-late' } | Unavailable>;
}

/** A message the network has, found without its id. */
export interface LookUpCandidate extends NetworkStatus {
  readonly externalId: string;
  /** Milliseconds since the epoch. */
  readonly createdAtMs: number;
}

export interface LookUpQuestion {
  readonly from: string;
  readonly to: Plaintext;
  /** When the attempt whose outcome is unknown began, milliseconds since the epoch. */
  readonly startedAtMs: number;
}

export type LookUpAnswer =
  { readonly kind: 'candidates'; readonly candidates: readonly LookUpCandidate[] } | Unavailable;

/**
 * Can search for messages whose outcome is unknown, so that nothing is sent blindly twice (PROTOCOL section 8).
 * Candidates already bound to another attempt are the caller's to exclude; the network's list may lag.
 */
export interface LooksUp {
  lookUp(question: LookUpQuestion): Promise<LookUpAnswer>;
}

/**
 * Can list what a bridge number received, oldest first: the sweep for webhooks that never came. The events equal those
 * of the webhooks, external id included: a message that is a consent word comes as both.
 */
export interface ListsReceived {
  listReceived(
    bridgeNumber: string,
    sinceMs: number,
  ): Promise<{ readonly kind: 'messages'; readonly messages: readonly (InboundMessage | ConsentWord)[] } | Unavailable>;
}

/** Can say where a message stands, for receipts that never came. */
export interface FetchesStatus {
  fetchStatus(
    externalId: string,
  ): Promise<({ readonly kind: 'status' } & NetworkStatus) | { readonly kind: 'absent' } | Unavailable>;
}

/** Can delete the network's own copy once a message is final. Idempotent: what is already gone is `forgotten`. */
export interface Forgets {
  forget(externalId: string): Promise<{ readonly kind: 'forgotten' } | { readonly kind: 'not-final' } | Unavailable>;
}

const has = (adapter: object, ability: string): boolean => typeof Reflect.get(adapter, ability) === 'function';

export const canWithdraw = <A extends object>(adapter: A): adapter is A & Withdraws => has(adapter, 'withdraw');
export const canLookUp = <A extends object>(adapter: A): adapter is A & LooksUp => has(adapter, 'lookUp');
export const canListReceived = <A extends object>(adapter: A): adapter is A & ListsReceived =>
  has(adapter, 'listReceived');
export const canFetchStatus = <A extends object>(adapter: A): adapter is A & FetchesStatus =>
  has(adapter, 'fetchStatus');
export const canForget = <A extends object>(adapter: A): adapter is A & Forgets => has(adapter, 'forget');

/** True of an outcome after which the attempt must be reconciled before anything is sent again. */
export const isUnknown = (outcome: { readonly kind: string } | NotDelivered): boolean =>
  'certainty' in outcome && outcome.certainty === 'maybe-sent';
