import { PARDON_FOR_CHALLENGE_MS, type Guard } from '@causeway/abuse-control';
import type { AbuseDecisionJson, ChallengeAnswer, ChallengeOffer } from '@causeway/api-contract';
import { CausewayError, type TransitId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { AbuseDecision, AbuseDecisionStore, AuthenticatedDevice } from '@causeway/storage';
import { shownDecision } from '../review-decisions.js';
import type { Challenge, Held } from './challenge.js';

/** What level 2 holds may be challenged; what is above is for a person to look at, what is below passes by itself. */
const CHALLENGED_LEVEL = 2;

/** Lets go what a decision holds, for whoever passes a challenge: levels up to 2 count as 1 for a day. */
export class PassChallenge {
  constructor(
    private readonly challenges: readonly Challenge[],
    private readonly decisions: AbuseDecisionStore,
    private readonly guard: Guard,
    private readonly clock: Clock,
  ) {}

  /** None for a decision that holds nothing. Throws `not-found`, also for somebody else's. */
  async offers(owner: AuthenticatedDevice, id: TransitId): Promise<readonly ChallengeOffer[]> {
    const found = await this.decisions.find(owner, id);
    if (!found) throw new CausewayError('not-found');
    return this.isHolding(found) ? this.offersFor(heldBy(owner, id)) : [];
  }

  offersFor(held: Held): readonly ChallengeOffer[] {
    return this.challenges.map((challenge) => challenge.offer(held));
  }

  /**
   * Throws `not-found` for a decision that holds nothing, `token-refused` and `token-spent` for tokens that do not pass, `unavailable` while
   * the guard's store is away: the token is not spent then, and the same call helps later.
   */
  async execute(owner: AuthenticatedDevice, id: TransitId, answer: ChallengeAnswer): Promise<AbuseDecisionJson> {
    const found = await this.decisions.find(owner, id);
    const challenge = this.challenges.find(({ kind }) => kind === answer.kind);
    if (!found || !challenge) throw new CausewayError('not-found');
    // an answer that was taken before is told so rather than that there is nothing to answer
    if (found.state !== 'passed' && !this.isHolding(found)) throw new CausewayError('not-found');
    const verdict = await challenge.judge(heldBy(owner, id), answer);
    if (verdict.outcome === 'asked') return this.shown(owner, id);
    const { tenant, account: sender } = owner;
    const atMs = this.clock.nowMs();
    try {
      await this.guard.pardon(
        { tenant, sender, atMs },
        { reach: CHALLENGED_LEVEL, untilMs: atMs + PARDON_FOR_CHALLENGE_MS },
      );
    } catch (cause) {
      throw Object.assign(new CausewayError('unavailable'), { cause });
    }
    await verdict.settle();
    await this.decisions.pass(tenant, id, this.clock.now());
    return this.shown(owner, id);
  }

  private isHolding({ level, state, untilAt }: AbuseDecision): boolean {
    const isOpen = state === 'stands' || state === 'asked' || state === 'appealed';
    return level === CHALLENGED_LEVEL && isOpen && untilAt > this.clock.now();
  }

  private async shown(owner: AuthenticatedDevice, id: TransitId): Promise<AbuseDecisionJson> {
    const found = await this.decisions.find(owner, id);
    if (!found) throw new CausewayError('not-found');
    return shownDecision(found, this.clock.now());
  }
}

const heldBy = ({ tenant, account }: AuthenticatedDevice, decision: TransitId): Held => ({ tenant, account, decision });
