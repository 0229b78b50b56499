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
  /** How the network carried it, where that differs by conversation. `end-to-end`: this conversation has no fallback from now on. */
  readonly encryption?: LegEncryption;
}

/** Whether what runs between the edge's end of a network and the person's phone can be read on the way. */
export type LegEncryption = 'none' | 'end-to-end';

/** An expected failure. It never holds a body, a number or the vendor's words, so all of it may be logged. */
export interface NotDelivered {
  readonly kind: 'failed';
  /** `expired`: its time ran out before the call, so none was made. */
  readonly reason: FailureReason | 'expired';
  /** `later` says that the same message may succeed at another time; the adapter itself never retries. */
  readonly retry: 'never' | 'later';
  /** With `later`, when the network or the adapter's own pacing said how long to wait. The adapter never waits itself: it answers at once. */
  readonly retryAfterMs?: number;
  /**
   * `not-sent`: proven that the network did not take it, so another attempt cannot make a duplicate.
   * `maybe-sent`: reconcile by look-up or callback before anything else, PROTOCOL section 8.
   */
  readonly certainty: Certainty;
  /** The vendor's code as text, for metrics and support; a code, never a sentence. */
  readonly vendorCode?: string;
}

export type DeliverOutcome = Accepted | NotDelivered;
