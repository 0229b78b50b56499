import type { NetworkStatus, ReceiptStatus } from '@causeway/network-adapter';
import { TWILIO_ERRORS } from './twilio-errors.js';

/** Twilio's statuses of an outbound message in ours; `queued` gives no callback but is what a fetch may find. */
const STATUSES: Readonly<Record<string, ReceiptStatus>> = {
  accepted: 'sending',
  scheduled: 'sending',
  queued: 'sending',
  sending: 'sending',
  sent: 'sent',
  // some parts arrived: a channel status, never seen for plain SMS; the person may have read it
  partially_delivered: 'delivered',
  delivered: 'delivered',
  read: 'displayed',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'cancelled',
};

/** `undefined` for a status Twilio added since: it says nothing we may act on. */
export function readStatus(status: string, errorCode: number | undefined): NetworkStatus | undefined {
  const known = Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
  if (known !== 'failed') return known && { status: known };
  const reason = TWILIO_ERRORS.get(errorCode ?? 0)?.reason ?? 'unknown';
  const vendorCode =
    errorCode === undefined
      ? {}
      : {
          vendorCode: String(errorCode),
          ...(TWILIO_ERRORS.has(errorCode) ? {} : ({ isCodeUnknown: true } as const)),
        };
  return reason === 'expired' ? { status: 'expired', ...vendorCode } : { status: 'failed', reason, ...vendorCode };
}

const ON_THE_WAY: ReadonlySet<ReceiptStatus> = new Set(['sending', 'sent']);

export const isFinalStatus = (status: ReceiptStatus): boolean => !ON_THE_WAY.has(status);
