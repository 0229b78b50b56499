import type { FailureReason } from '@causeway/message-model';
import type { Plaintext } from '@causeway/platform';
import type { NotDelivered } from './deliver-outcome.js';
import type { ConsentWord, HelpWord, InboundMessage, ReceiptStatus } from './inbound.js';

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
}

/** A message the network accepted earlier, as its networks want it named. */
export interface SentMessage {
  readonly externalId: string;
  readonly from: string;
  readonly to: Plaintext;
}

/**
 * Can take a message back that the recipient's phone does not have yet. Idempotent: what was withdrawn is `withdrawn` again. After
 * `withdrawn` a receipt `delivered` may still come, when the two crossed; it wins.
 */
export interface Withdraws {
  withdraw(message: SentMessage): Promise<{ readonly kind: 'withdrawn' } | { readonly kind: 'too-late' } | Unavailable>;
}

/**
 * Takes an id of ours, so that a message of one `ref` is delivered once however often `deliver` is called with it, and its external id
 * is known before the call. An unknown outcome is then settled by delivering again under the same `ref`.
 */
export interface NamesMessages {
  /** Pure: the external id that a message with this `ref` has or will have. */
  externalIdOf(ref: string): string;
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
  ): Promise<
    { readonly kind: 'messages'; readonly messages: readonly (InboundMessage | ConsentWord | HelpWord)[] } | Unavailable
  >;
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

/** True when the adapter has a method of this name: what every guard of an ability asks. */
export const hasAbility = (adapter: object, ability: string): boolean =>
  typeof Reflect.get(adapter, ability) === 'function';

export const canWithdraw = <A extends object>(adapter: A): adapter is A & Withdraws => hasAbility(adapter, 'withdraw');
export const canNameMessages = <A extends object>(adapter: A): adapter is A & NamesMessages =>
  hasAbility(adapter, 'externalIdOf');
export const canLookUp = <A extends object>(adapter: A): adapter is A & LooksUp => hasAbility(adapter, 'lookUp');
export const canListReceived = <A extends object>(adapter: A): adapter is A & ListsReceived =>
  hasAbility(adapter, 'listReceived');
export const canFetchStatus = <A extends object>(adapter: A): adapter is A & FetchesStatus =>
  hasAbility(adapter, 'fetchStatus');
export const canForget = <A extends object>(adapter: A): adapter is A & Forgets => hasAbility(adapter, 'forget');

/** True of an outcome after which the attempt must be reconciled before anything is sent again. */
export const isUnknown = (outcome: { readonly kind: string } | NotDelivered): boolean =>
  'certainty' in outcome && outcome.certainty === 'maybe-sent';
