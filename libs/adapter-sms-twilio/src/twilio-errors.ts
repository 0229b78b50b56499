import { CHANNEL_ERRORS, DELIVERY_ERRORS } from './delivery-errors.js';
import type { TwilioErrorMeaning } from './error-meaning.js';
import { REQUEST_ERRORS } from './request-errors.js';

/**
 * Every code we act on, twilio.com/docs/api/errors. 2xxxx and 9xxxx refuse a request, 3xxxx end a delivery, 63xxx are of
 * channels. A code that is not here is `later` and `maybe-sent`: guessing `not-sent` could send twice, guessing `never`
 * could lose; it is counted, since a code without a row is work for us.
 */
export const TWILIO_ERRORS: ReadonlyMap<number, TwilioErrorMeaning> = new Map([
  ...REQUEST_ERRORS,
  ...DELIVERY_ERRORS,
  ...CHANNEL_ERRORS,
]);
