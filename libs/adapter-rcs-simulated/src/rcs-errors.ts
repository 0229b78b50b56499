import type { FailureReason } from '@causeway/message-model';
import type { Certainty, NotDelivered, Unavailable } from '@causeway/network-adapter';
import type { RcsAnswer } from './rcs-call.js';

/** What a code of the network means to us. */
export interface RcsErrorMeaning {
  /** In our words; safe to show. */
  readonly says: string;
  readonly reason: FailureReason;
  readonly retry: 'never' | 'later';
  readonly certainty: Certainty;
}

const never = (reason: FailureReason, says: string): RcsErrorMeaning => ({
  says,
  reason,
  retry: 'never',
  certainty: 'not-sent',
});
const later = (reason: FailureReason, says: string, certainty: Certainty = 'not-sent'): RcsErrorMeaning => ({
  says,
  reason,
  retry: 'later',
  certainty,
});

/**
 * Every code we act on: the status word of Google's errors (cloud.google.com/apis/design/errors), behind a slash the reason in its
 * details. What is not here is `later` and `maybe-sent`, which costs nothing: the same id delivers once.
 */
export const RCS_ERRORS: ReadonlyMap<string, RcsErrorMeaning> = new Map([
  [
    'NOT_FOUND',
    never('recipient-unreachable', 'The phone is not reachable by RCS, or the agent is not launched there'),
  ],
  ['INVALID_ARGUMENT', never('content-rejected', 'The network or the phone does not take such a message')],
  ['FAILED_PRECONDITION', never('content-rejected', 'The state of the conversation forbids it')],
  ['FAILED_PRECONDITION/ENCRYPTION_UNAVAILABLE', never('encryption-unavailable', 'The conversation is not encrypted')],
  ['UNAUTHENTICATED', never('misconfigured', 'The access token is wrong')],
  ['PERMISSION_DENIED', never('sender-not-permitted', 'The agent may not write to this phone')],
  ['PERMISSION_DENIED/USER_UNSUBSCRIBED', never('recipient-opted-out', 'The person unsubscribed from this agent')],
  ['PERMISSION_DENIED/UNKNOWN_AGENT', never('misconfigured', 'The agent is not one of the account')],
  ['RESOURCE_EXHAUSTED', later('congested', 'Too many requests at once; not processed')],
  ['ABORTED', later('congested', 'Two requests met; not processed')],
  ['UNAVAILABLE', later('network-unavailable', 'The network is not available', 'maybe-sent')],
  ['INTERNAL', later('network-unavailable', 'The network failed', 'maybe-sent')],
  ['UNKNOWN', later('network-unavailable', 'The network failed', 'maybe-sent')],
  ['DEADLINE_EXCEEDED', later('no-answer', 'The network did not finish in time', 'maybe-sent')],
]);

/** What a call that did not end in success tells us of a message. */
export function explainFailure(answer: RcsAnswer): NotDelivered {
  if (answer.kind === 'no-answer') {
    return answer.wroteBytes
      ? { kind: 'failed', reason: 'no-answer', retry: 'later', certainty: 'maybe-sent' }
      : { kind: 'failed', reason: 'network-unavailable', retry: 'later', certainty: 'not-sent' };
  }
  const vendorCode = vendorCodeOf(answer);
  const wait = answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs };
  const meaning = answer.status === 429 ? RCS_ERRORS.get('RESOURCE_EXHAUSTED') : meaningOf(vendorCode);
  if (answer.status >= 500 || !meaning) {
    const reason = answer.status >= 500 ? 'network-unavailable' : 'unknown';
    return { kind: 'failed', reason, retry: 'later', certainty: 'maybe-sent', vendorCode, ...wait };
  }
  const { reason, retry, certainty } = meaning;
  return { kind: 'failed', reason, retry, certainty, vendorCode, ...(retry === 'later' ? wait : {}) };
}

/** For questions that change nothing: asking again is always safe. */
export const explainUnavailable = (answer: RcsAnswer): Unavailable =>
  answer.kind === 'no-answer'
    ? { kind: 'unavailable' }
    : {
        kind: 'unavailable',
        vendorCode: vendorCodeOf(answer),
        ...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
      };

const meaningOf = (vendorCode: string): RcsErrorMeaning | undefined =>
  RCS_ERRORS.get(vendorCode) ?? RCS_ERRORS.get(vendorCode.split('/')[0] ?? '');

/** Words in capitals only: the network's sentence quotes numbers and stays here. */
const WORD = /^[A-Z][A-Z_]{1,39}$/;

function vendorCodeOf({ status, json }: Extract<RcsAnswer, { readonly kind: 'answered' }>): string {
  const error = field(json, 'error');
  const word = field(error, 'status');
  if (typeof word !== 'string' || !WORD.test(word)) return `http-${status}`;
  const details = field(error, 'details');
  const reason = Array.isArray(details) ? field(details[0], 'reason') : undefined;
  return typeof reason === 'string' && WORD.test(reason) ? `${word}/${reason}` : word;
}

export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
