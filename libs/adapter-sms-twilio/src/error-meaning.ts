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

/** A code beside its meaning, as the tables list them. */
export type ErrorRow = readonly [code: number, meaning: TwilioErrorMeaning];

/** Nothing but a change by its sender or by the operator makes it succeed. */
export const never = (reason: TwilioErrorMeaning['reason'], says: string): TwilioErrorMeaning => ({
  says,
  reason,
  retry: 'never',
  certainty: 'not-sent',
});

/** The same message may succeed at another time. */
export const later = (reason: FailureReason, says: string): TwilioErrorMeaning => ({
  ...never(reason, says),
  retry: 'later',
});

/** Twilio itself does not know whether the carrier took it. */
export const unclear = (says: string): TwilioErrorMeaning => ({ ...later('no-answer', says), certainty: 'maybe-sent' });
