import type { FailureReason, TransitId } from '@causeway/message-model';
import type { DeliverOutcome, NotDelivered } from '@causeway/network-adapter';
import type { AttemptOutcome } from '@causeway/storage';
import { FALLBACK_LASTS_MS } from './fall-back.js';

/** Waits between attempts when the network names none, milliseconds: doubling from two seconds to five minutes. */
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 300_000;
const retryDelayMs = (attempt: number): number => Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS);

/** First look at an attempt whose outcome is open, milliseconds after it. */
const FIRST_LOOK_MS = { accepted: 60_000, unknown: 2_000 };

/** What the network may take to say that a message expired, milliseconds; then it is taken back. */
const EXPIRY_GRACE_MS = 10_000;

/** Refusals by a network that mean another one may do better. Those about consent or the sender are not of that kind. */
const CANNOT_REACH: ReadonlySet<FailureReason | 'expired'> = new Set([
  'recipient-unreachable',
  'recipient-unknown',
  'content-rejected',
  'too-large',
]);

/**
 * Whether a refusal proves that a network which knows our ids never had the message: it knows an id before it looks at anything else. That
 * it was not reached this time says nothing of the time before.
 */
export const provesAbsence = ({ reason, certainty, vendorCode }: NotDelivered): boolean =>
  certainty === 'not-sent' &&
  vendorCode !== undefined &&
  (CANNOT_REACH.has(reason) || reason === 'encryption-unavailable');

/** When it is, and how long the message has. All milliseconds since the epoch. */
export interface Moment {
  readonly nowMs: number;
  readonly deadlineMs: number;
  /** Another network of the plan may follow when `from` has not delivered it by then. */
  readonly fallback?: { readonly from: string; readonly expiresAtMs: number } | undefined;
}

/** The rule of PROTOCOL 8: what an adapter's answer makes of attempt and message. */
export function toRecord(
  key: { readonly ref: TransitId; readonly attempt: number },
  outcome: DeliverOutcome,
  moment: Moment,
): AttemptOutcome {
  const { nowMs, deadlineMs, fallback } = moment;
  if (outcome.kind === 'accepted') {
    if (fallback && outcome.encryption !== 'end-to-end') {
      const lookAgainAt = new Date(fallback.expiresAtMs + EXPIRY_GRACE_MS);
      const held = { state: 'sending', leavesLane: false, isHeld: true, lookAgainAt } as const;
      return { ...key, outcome: 'accepted', ...held, segments: outcome.segments };
    }
    const lookAgainAt = new Date(nowMs + FIRST_LOOK_MS.accepted);
    return { ...key, outcome: 'accepted', state: 'sent', leavesLane: true, lookAgainAt, segments: outcome.segments };
  }
  const vendorCode = outcome.vendorCode;
  if (outcome.reason === 'expired') {
    return { ...key, outcome: 'not-sent', state: 'expired', vendorCode, leavesLane: true, lookAgainAt: null };
  }
  const { reason } = outcome;
  if (outcome.certainty === 'maybe-sent') {
    const lookAgainAt = new Date(nowMs + FIRST_LOOK_MS.unknown);
    return { ...key, outcome: 'unknown', state: null, reason, vendorCode, leavesLane: false, lookAgainAt };
  }
  if (fallback && (CANNOT_REACH.has(reason) || (outcome.retry === 'later' && nowMs >= fallback.expiresAtMs))) {
    const fallsBack = { from: fallback.from, until: new Date(nowMs + FALLBACK_LASTS_MS) };
    const ended = { leavesLane: false, lookAgainAt: null } as const;
    return { ...key, outcome: 'not-sent', state: 'ready', reason, vendorCode, ...ended, fallsBack };
  }
  if (outcome.retry === 'later') {
    // past the deadline the lane ends it, as expired
    const retryAt = new Date(Math.min(nowMs + (outcome.retryAfterMs ?? retryDelayMs(key.attempt)), deadlineMs));
    return {
      ...key,
      outcome: 'not-sent',
      state: 'ready',
      reason,
      vendorCode,
      leavesLane: false,
      lookAgainAt: null,
      retryAt,
    };
  }
  return { ...key, outcome: 'failed', state: 'failed', reason, vendorCode, leavesLane: true, lookAgainAt: null };
}
