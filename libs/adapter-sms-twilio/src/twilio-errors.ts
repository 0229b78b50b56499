import type { Certainty } from '@causeway/network-adapter';
import type { FailureReason } from '@causeway/message-model';

/** What a Twilio code means to us. */
export interface TwilioErrorMeaning {
  /** Twilio's sense, in our words; safe to show. */
  readonly says: string;
  readonly reason: FailureReason | 'expired';
  readonly retry: 'never' | 'later';
  readonly certainty: Certainty;
}

const never = (reason: TwilioErrorMeaning['reason'], says: string): TwilioErrorMeaning => ({
  says,
  reason,
  retry: 'never',
  certainty: 'not-sent',
});
const later = (reason: FailureReason, says: string): TwilioErrorMeaning => ({
  ...never(reason, says),
  retry: 'later',
});

/**
 * Every code we act on, twilio.com/docs/api/errors. 2xxxx and 9xxxx refuse a request, 3xxxx end a delivery. A code that is
 * not here is `later` and `maybe-sent`: guessing `not-sent` could send twice, guessing `never` could lose.
 */
export const TWILIO_ERRORS: ReadonlyMap<number, TwilioErrorMeaning> = new Map([
  [14107, later('congested', 'Too many replies within 30 seconds between these two numbers: a loop of answers')],
  [20003, never('misconfigured', 'The account SID or the token is wrong')],
  [20404, never('misconfigured', 'The account or the resource does not exist')],
  [20429, later('congested', 'Too many requests at once; never processed')],
  [21211, never('recipient-unknown', 'The recipient is not a number')],
  [21212, never('misconfigured', 'The sender is not a number')],
  [21266, never('recipient-unknown', 'Recipient and sender are the same number')],
  [21408, never('sender-not-permitted', 'Sending to this region is switched off for the account')],
  [21602, never('content-rejected', 'The body is missing')],
  [21603, never('misconfigured', 'The sender is missing')],
  [21604, never('recipient-unknown', 'The recipient is missing')],
  [21606, never('misconfigured', 'The sender is not one of the account’s numbers or cannot send SMS')],
  [21608, never('misconfigured', 'A trial account may write to verified numbers only')],
  [21609, never('misconfigured', 'The status callback is not a URL Twilio can call')],
  [21610, never('recipient-opted-out', 'The recipient answered STOP to this number')],
  [21611, later('congested', 'The queue of the sender is full, more than 10 hours of messages')],
  [21612, never('recipient-unreachable', 'No route from this sender to this recipient')],
  [21614, never('recipient-unreachable', 'The recipient is not a mobile number')],
  [21617, never('too-large', 'The body is longer than 1,600 characters')],
  [21619, never('content-rejected', 'There is nothing to send')],
  [21620, never('content-rejected', 'A media address cannot be used')],
  [30001, later('congested', 'The queue of the sender is full')],
  [30002, never('misconfigured', 'The account is suspended')],
  [30003, later('recipient-unreachable', 'The handset is off or out of reach')],
  [30004, never('blocked', 'The carrier or the recipient blocks it')],
  [30005, never('recipient-unknown', 'The handset does not exist')],
  [30006, never('recipient-unreachable', 'A landline, or a carrier that cannot be reached')],
  [30007, never('blocked', 'Filtered as unwanted')],
  [30008, later('unknown', 'Not delivered, for a reason the carrier did not say')],
  [30010, never('misconfigured', 'More than the highest price allowed (no longer used)')],
  [30017, later('congested', 'The carrier is congested')],
  [30022, later('congested', 'The rate of the registered campaign is exceeded')],
  [30023, later('congested', 'The daily cap of the registered brand is reached')],
  [30032, never('misconfigured', 'The toll-free number is not verified')],
  [30034, never('misconfigured', 'The number is not registered for 10DLC')],
  [30035, never('misconfigured', 'The number is still being registered for 10DLC')],
  [30036, never('expired', 'The validity period ran out')],
  [30410, { ...later('no-answer', 'The carrier did not answer in time; it may have it'), certainty: 'maybe-sent' }],
  [63036, never('recipient-unreachable', 'Not reachable by RCS')],
  [90007, never('misconfigured', 'The validity period is out of range')],
]);
