import type { AbuseDecisionJson, AppealGrounds } from '@causeway/api-contract';
import { z } from 'zod';
import type { DeviceContext } from './device-context.js';
import type { Limited } from './device-events.js';
import type { ProblemError } from './problem-error.js';

/** What a gateway decided about this account's conduct, and what can be said against it. */
export class Limits {
  constructor(private readonly context: DeviceContext) {}

  /** Decisions of the last 30 days, the latest first. */
  async list(): Promise<readonly AbuseDecisionJson[]> {
    return (await this.context.api.abuseDecisions()).decisions;
  }

  /** Asks for a person to look at it. Throws `ProblemError` (`not-found`) for what no longer stands. */
  appeal(decision: string, grounds: AppealGrounds = 'mistake'): Promise<AbuseDecisionJson> {
    return this.context.api.appeal(decision, grounds);
  }
}

const members = z.object({ decision: z.string().optional(), retryAfterSeconds: z.number().nonnegative() });

/** Of an `abnormal-usage-detected`. */
export function limitOf(problem: ProblemError, address: string): Limited {
  const { decision, retryAfterSeconds } = members.catch({ retryAfterSeconds: 0 }).parse(problem.document);
  return { address, sentence: problem.message, decision, retryAfterSeconds };
}
