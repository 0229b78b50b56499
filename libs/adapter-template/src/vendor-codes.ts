import type { NotDelivered } from '@causeway/network-adapter';

/** What a code of the vendor means for the message. */
export type CodeMeaning = Pick<NotDelivered, 'reason' | 'retry' | 'certainty'>;

/**
 * Every code the vendor documents, with what it means for us. A code that is not here is `later` and `maybe-sent`: nobody knows what the
 * network did.
 */
export const VENDOR_CODES: ReadonlyMap<string, CodeMeaning> = new Map([
  // the number is not on the network
  ['unknown-recipient', { reason: 'recipient-unknown', retry: 'never', certainty: 'not-sent' }],
  // the person blocked our number
  ['opted-out', { reason: 'recipient-opted-out', retry: 'never', certainty: 'not-sent' }],
  // the key is wrong or was withdrawn
  ['unauthorized', { reason: 'misconfigured', retry: 'never', certainty: 'not-sent' }],
]);
