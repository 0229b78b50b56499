import { CausewayError, type ProblemCode, type ProblemDetails } from '@causeway/message-model';

/** A quota as the RateLimit header fields name it (draft-ietf-httpapi-ratelimit-headers): so many in so many seconds. */
export interface RateLimit {
  readonly policy: string;
  readonly quota: number;
  readonly windowSeconds: number;
  /** When there will be something left. */
  readonly resetSeconds: number;
}

/** A request beyond a quota. The problem filter puts the quota into `RateLimit`, `RateLimit-Policy` and `Retry-After`. */
export function beyondLimit(
  limit: RateLimit,
  details: ProblemDetails = {},
  code: ProblemCode = 'abnormal-usage-detected',
): CausewayError {
  return new CausewayError(code, {
    ...details,
    extensions: { ...details.extensions, rateLimit: limit, retryAfterSeconds: limit.resetSeconds },
  });
}
