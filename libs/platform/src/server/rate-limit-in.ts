import type { RateLimit } from '../rate-limit.js';
import type { ProblemDocument } from './problem-document.js';

/** The quota that a problem document names, if it names one. */
export function rateLimitIn({ rateLimit }: ProblemDocument): RateLimit | undefined {
  if (typeof rateLimit !== 'object' || rateLimit === null) return undefined;
  const { policy, quota, windowSeconds, resetSeconds } = rateLimit as Partial<RateLimit>;
  if (policy === undefined || quota === undefined || windowSeconds === undefined || resetSeconds === undefined)
    return undefined;
  return { policy, quota, windowSeconds, resetSeconds };
}
