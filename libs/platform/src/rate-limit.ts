import { CausewayError, type ProblemCode, type ProblemDetails } from '@causeway/message-model';
import type { ProblemDocument } from './problem-document.js';

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

/** The quota that a problem document names, if it names one. */
export function rateLimitIn({ rateLimit }: ProblemDocument): RateLimit | undefined {
  if (typeof rateLimit !== 'object' || rateLimit === null) return undefined;
  const { policy, quota, windowSeconds, resetSeconds } = rateLimit as Partial<RateLimit>;
  if (policy === undefined || quota === undefined || windowSeconds === undefined || resetSeconds === undefined)
    return undefined;
  return { policy, quota, windowSeconds, resetSeconds };
}
