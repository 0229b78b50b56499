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

/** What the transport knows of a call beside its answer. */
interface CallTrace {
  /** Could Twilio have it? */
  readonly wroteBytes: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** What a call that did not return a message tells us. */
export function explainFailure(thrown: unknown, { wroteBytes, retryAfterMs }: CallTrace): NotDelivered {
  const refusal = refusalOf(thrown);
  if (!refusal) {
    return wroteBytes
      ? { kind: 'failed', reason: 'no-answer', retry: 'later', certainty: 'maybe-sent' }
      : { kind: 'failed', reason: 'network-unavailable', retry: 'later', certainty: 'not-sent' };
  }
  const { status, code } = refusal;
  const vendorCode = String(code ?? `http-${status}`);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status >= 500)
    return {
      kind: 'failed',
      reason: 'network-unavailable',
      retry: 'later',
      certainty: 'maybe-sent',
      vendorCode,
      ...wait,
    };
  const known = meaningOf(refusal);
  if (!known) {
    const unknown = { reason: 'unknown', retry: 'later', certainty: 'maybe-sent' } as const;
    return { kind: 'failed', ...unknown, vendorCode };
  }
  const { reason, retry, certainty } = known;
  return { kind: 'failed', reason, retry, certainty, vendorCode, ...(retry === 'later' ? wait : {}) };
}

/** Twilio documents 429 as never processed, whatever the code beside it. */
function meaningOf({ status, code }: Refusal) {
  if (status === 429) return TWILIO_ERRORS.get(20429);
  return TWILIO_ERRORS.get(code ?? (status === 401 ? 20003 : 0));
}

/** For questions that change nothing: asking again is always safe. */
export function explainUnavailable(thrown: unknown, retryAfterMs?: number): Unavailable {
  const refusal = refusalOf(thrown);
  return {
    kind: 'unavailable',
    ...(refusal ? { vendorCode: String(refusal.code ?? `http-${refusal.status}`) } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

export const isAbsent = (thrown: unknown): boolean => refusalOf(thrown)?.status === 404;

/** The code of an answer we have no row for. Worth counting: each is a failure we could treat better. */
export const unknownCodeOf = (thrown: unknown): string | undefined => {
  const refusal = refusalOf(thrown);
  if (!refusal || refusal.status >= 500 || meaningOf(refusal)) return undefined;
  return String(refusal.code ?? `http-${refusal.status}`);
};
