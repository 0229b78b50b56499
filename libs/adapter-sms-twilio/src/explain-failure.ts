import type { NotDelivered, Unavailable } from '@causeway/network-adapter';
import twilio from 'twilio';
import { TWILIO_ERRORS } from './twilio-errors.js';

interface Refusal {
  readonly status: number;
  readonly code: number | undefined;
}

/** Twilio's two error shapes both have `status` and `code`; their sentences quote numbers and bodies and stay here. */
export function refusalOf(thrown: unknown): Refusal | undefined {
  const isRefusal =
    thrown instanceof twilio.RestException ||
    (thrown instanceof Error && thrown.constructor.name === 'TwilioServiceException');
  if (!isRefusal) return undefined;
  const status: unknown = Reflect.get(thrown, 'status');
  const code: unknown = Reflect.get(thrown, 'code');
  return { status: Number(status), code: typeof code === 'number' && code > 0 ? code : undefined };
}

/** What a call that did not return a message tells us. `wroteBytes`: could Twilio have it? */
export function explainFailure(thrown: unknown, wroteBytes: boolean): NotDelivered {
  const refusal = refusalOf(thrown);
  if (!refusal) {
    return wroteBytes
      ? { kind: 'failed', reason: 'no-answer', retry: 'later', certainty: 'maybe-sent' }
      : { kind: 'failed', reason: 'network-unavailable', retry: 'later', certainty: 'not-sent' };
  }
  const { status, code } = refusal;
  const vendorCode = String(code ?? `http-${status}`);
  const known = status < 500 ? meaningOf(refusal) : undefined;
  if (!known) return { kind: 'failed', reason: 'unknown', retry: 'later', certainty: 'maybe-sent', vendorCode };
  const { reason, retry, certainty } = known;
  return { kind: 'failed', reason, retry, certainty, vendorCode };
}

/** Twilio documents 429 as never processed, whatever the code beside it; 401 and 403 as answered before anything is read. */
function meaningOf({ status, code }: Refusal) {
  if (status === 429) return TWILIO_ERRORS.get(20429);
  return TWILIO_ERRORS.get(code ?? (status === 401 ? 20003 : 0));
}

/** For questions that change nothing: asking again is always safe. */
export function explainUnavailable(thrown: unknown): Unavailable {
  const refusal = refusalOf(thrown);
  return refusal
    ? { kind: 'unavailable', vendorCode: String(refusal.code ?? `http-${refusal.status}`) }
    : { kind: 'unavailable' };
}

export const isAbsent = (thrown: unknown): boolean => refusalOf(thrown)?.status === 404;
