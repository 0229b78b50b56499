import type { ChallengeOffer } from '@causeway/api-contract';
import { CausewayError } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { AbuseDecisionStore } from '@causeway/storage';
import type { Challenge, ChallengeVerdict, Held } from './challenge.js';

/** A person asks, an operator looks at the metadata and approves or not (`ReviewDecisions.review`). */
export class OperatorApproval implements Challenge {
  readonly kind = 'operator-approval';

  constructor(
    private readonly decisions: AbuseDecisionStore,
    private readonly clock: Clock,
  ) {}

  offer(): ChallengeOffer {
    return { kind: this.kind };
  }

  /** Throws `not-found` for a decision that was answered already. */
  async judge({ decision, ...owner }: Held): Promise<ChallengeVerdict> {
    if (!(await this.decisions.ask(owner, decision, this.clock.now()))) throw new CausewayError('not-found');
    return { outcome: 'asked' };
  }
}
