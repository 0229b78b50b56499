import type { FailureReason } from '@causeway/message-model';

/** What is known of a request that failed: did the network possibly take it? */
export type Certainty = 'not-sent' | 'maybe-sent';

/** The network took the message; from here on receipts say what becomes of it. */
export interface Accepted {
  readonly kind: 'accepted';
  /** The network's own id; only the adapter that made it reads meaning into it. */
  readonly externalId: string;
  /** Parts the network bills or carries it as, where it says so. */
  readonly segments?: number;
}

/** An expected failure. It never holds a body, a number or the vendor's words, so all of it may be logged. */
export interface NotDelivered {
  readonly kind: 'failed';
  /** `expired`: its time ran out before the call, so none was made. */
  readonly reason: FailureReason | 'expired';
  /** `later` says that the same message may succeed at another time; the adapter itself never retries. */
  readonly retry: 'never' | 'later';
  /** The network's own wish, when it stated one. */
  readonly retryAfterMs?: number;
  /**
   * `not-sent`: proven that the network did not take it, so another attempt cannot make a duplicate.
   * `maybe-sent`: reconcile by look-up or callback before anything else, PROTOCOL section 8.
   */
  readonly certainty: Certainty;
  /** The vendor's code as text, for metrics and support; a code, never a sentence. */
  readonly vendorCode?: string;
  /** The adapter has no row for `vendorCode`: to be counted, so that somebody adds one. */
  readonly isCodeUnknown?: true;
}

export type DeliverOutcome = Accepted | NotDelivered;
