import type { NetworkStatus, ReceiptStatus } from '@causeway/network-adapter';
import { TWILIO_ERRORS } from './twilio-errors.js';

/**
 * Every status of `message_enum_status` in ours; `queued` gives no callback but is what a fetch may find. The two of
 * inbound messages say nothing about one of ours.
 */
export const MESSAGE_STATUSES: Readonly<Record<string, ReceiptStatus | 'inbound'>> = {
  accepted: 'sending',
  scheduled: 'sending',
  queued: 'sending',
  sending: 'sending',
  sent: 'sent',
  // some parts arrived, not the whole: no word of delivery, so it stays open until the whole did or its time is over
  partially_delivered: 'sent',
  delivered: 'delivered',
  read: 'displayed',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'cancelled',
  receiving: 'inbound',
  received: 'inbound',
};

/** `undefined` for a status of inbound messages, and for one Twilio added since: neither says anything we may act on. */
export function readStatus(status: string, errorCode: number | undefined): NetworkStatus | undefined {
  const known = Object.hasOwn(MESSAGE_STATUSES, status) ? MESSAGE_STATUSES[status] : undefined;
  if (known === undefined || known === 'inbound') return undefined;
  if (known !== 'failed') return { status: known };
  const row = TWILIO_ERRORS.get(errorCode ?? 0);
  const vendorCode = errorCode === undefined ? {} : { vendorCode: String(errorCode) };
  // a failure after which the carrier may still have it is no end: it stays open and becomes unconfirmed in its time
  if (row?.certainty === 'maybe-sent') return { status: 'sent', ...vendorCode };
  const reason = row?.reason ?? 'unknown';
  return reason === 'expired' ? { status: 'expired', ...vendorCode } : { status: 'failed', reason, ...vendorCode };
}

const ON_THE_WAY: ReadonlySet<ReceiptStatus> = new Set(['sending', 'sent']);

/** Without word for longer than any validity period, Twilio has nothing more to say about it. Milliseconds. */
const SILENCE_IS_FINAL_MS = 36_000_000;

/** Whether Twilio is done with a message, so that deleting it takes no report away. `createdAtMs`: when it was made. */
export const isFinalStatus = (status: ReceiptStatus, { createdAtMs, nowMs }: { createdAtMs: number; nowMs: number }) =>
  !ON_THE_WAY.has(status) || (status === 'sent' && nowMs - createdAtMs > SILENCE_IS_FINAL_MS);
