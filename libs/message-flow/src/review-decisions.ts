import { decisionSentence, PARDON_FOR_APPEAL_MS, PARDON_FOR_CHALLENGE_MS, type Guard } from '@causeway/abuse-control';
import { APPEAL_GROUNDS, type AbuseDecisionJson, type AppealGrounds } from '@causeway/api-contract';
import { CausewayError, type TenantId, type TransitId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { AbuseDecision, AbuseDecisionStore, AuthenticatedDevice } from '@causeway/storage';

type Verdict = 'approved' | 'lifted' | 'upheld';

/** Decisions of the guard as the person they are about sees them, and as the operator does who answers an appeal. */
export class ReviewDecisions {
  constructor(
    private readonly decisions: AbuseDecisionStore,
    private readonly guard: Guard,
    /** Whose operator answers. */
    private readonly tenant: TenantId,
    private readonly clock: Clock,
  ) {}

  async list(owner: AuthenticatedDevice): Promise<readonly AbuseDecisionJson[]> {
    return (await this.decisions.of(owner)).map((decision) => shownDecision(decision, this.clock.now()));
  }

  /** Throws `not-found`, also for somebody else's. */
  async find(owner: AuthenticatedDevice, id: TransitId): Promise<AbuseDecisionJson> {
    const found = await this.decisions.find(owner, id);
    if (!found) throw new CausewayError('not-found');
    return shownDecision(found, this.clock.now());
  }

  /** Once, while it stands; said again it is the same appeal. Throws `not-found` for what there is nothing to say about. */
  async appeal(owner: AuthenticatedDevice, id: TransitId, grounds: AppealGrounds): Promise<AbuseDecisionJson> {
    const appealed =
      (await this.decisions.appeal(owner, id, { grounds, now: this.clock.now() })) ??
      (await this.decisions.find(owner, id));
    if (appealed?.state !== 'appealed') throw new CausewayError('not-found');
    return shownDecision(appealed, this.clock.now());
  }

  /** What an operator has to look at, with whose it is. */
  async queue() {
    const waiting = await this.decisions.queue(this.tenant, this.clock.now());
    return waiting.map((decision) => ({
      ...shownDecision(decision, this.clock.now()),
      account: decision.account,
    }));
  }

  /**
   * Lifted: it ends at once, and levels up to it count as 1 for a week. Approved, which is for level 2: the same for a day. Said again it
   * is the same verdict, so that one that did not reach the guard can be repeated. Throws `not-found`.
   */
  async review(id: TransitId, verdict: Verdict) {
    const { tenant } = this;
    const state = verdict === 'approved' ? 'passed' : verdict;
    const reviewed = await this.decisions.review(tenant, id, { verdict: state, now: this.clock.now() });
    if (!reviewed) throw new CausewayError('not-found');
    const atMs = this.clock.nowMs();
    if (verdict !== 'upheld')
      await this.guard.pardon(
        { tenant, sender: reviewed.account, atMs },
        { reach: reviewed.level, untilMs: atMs + PARDONED_FOR_MS[verdict] },
      );
    return { ...shownDecision(reviewed, this.clock.now()), account: reviewed.account };
  }
}

const PARDONED_FOR_MS = { approved: PARDON_FOR_CHALLENGE_MS, lifted: PARDON_FOR_APPEAL_MS } as const;

/** A decision as it is told, to whoever may know of it. */
export function shownDecision(
  { id, level, score, reasons, decidedAt, untilAt, state, grounds }: AbuseDecision,
  now: Date,
): AbuseDecisionJson {
  const against = reasons.filter(({ points }) => points > 0).map(({ sentence }) => sentence);
  const isOver = (state === 'stands' || state === 'asked') && untilAt <= now;
  return {
    id,
    level: Math.max(1, level),
    sentence: decisionSentence({ level, action: 'deliver', sentences: against, isBlind: false }),
    score,
    reasons: [...reasons],
    decidedAt: decidedAt.toISOString(),
    until: untilAt.toISOString(),
    state: isOver ? 'ended' : state,
    grounds: groundsIn(grounds),
  };
}

const groundsIn = (text: string | null): AppealGrounds | null =>
  APPEAL_GROUNDS.find((grounds) => grounds === text) ?? null;
