import { decisionSentence, PARDON_FOR_APPEAL_MS, type Guard } from '@causeway/abuse-control';
import { APPEAL_GROUNDS, type AbuseDecisionJson, type AppealGrounds } from '@causeway/api-contract';
import { CausewayError, type TenantId, type TransitId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { AbuseDecision, AbuseDecisionStore, AuthenticatedDevice } from '@causeway/storage';

type Verdict = 'lifted' | 'upheld';

/** Decisions of the guard as the person they are about sees them, and as the operator does who answers an appeal. */
export class ReviewDecisions {
  constructor(
    private readonly decisions: AbuseDecisionStore,
    private readonly guard: Guard,
    private readonly clock: Clock,
  ) {}

  async list(owner: AuthenticatedDevice): Promise<readonly AbuseDecisionJson[]> {
    return (await this.decisions.of(owner)).map((decision) => this.shown(decision));
  }

  /** Throws `not-found`, also for somebody else's. */
  async find(owner: AuthenticatedDevice, id: TransitId): Promise<AbuseDecisionJson> {
    const found = await this.decisions.find(owner, id);
    if (!found) throw new CausewayError('not-found');
    return this.shown(found);
  }

  /** Once, while it stands; said again it is the same appeal. Throws `not-found` for what there is nothing to say about. */
  async appeal(owner: AuthenticatedDevice, id: TransitId, grounds: AppealGrounds): Promise<AbuseDecisionJson> {
    const appealed =
      (await this.decisions.appeal(owner, id, { grounds, now: this.clock.now() })) ??
      (await this.decisions.find(owner, id));
    if (appealed?.state !== 'appealed') throw new CausewayError('not-found');
    return this.shown(appealed);
  }

  /** What an operator has to look at, with whose it is. */
  async queue(tenant: TenantId) {
    const waiting = await this.decisions.queue(tenant, this.clock.now());
    return waiting.map((decision) => ({ ...this.shown(decision), account: decision.account }));
  }

  /** Lifted: it ends at once, and levels up to it count as 1 for a week. Throws `not-found`. */
  async review(tenant: TenantId, id: TransitId, verdict: Verdict) {
    const reviewed = await this.decisions.review(tenant, id, { verdict, now: this.clock.now() });
    if (!reviewed) throw new CausewayError('not-found');
    const atMs = this.clock.nowMs();
    if (verdict === 'lifted')
      await this.guard.pardon(
        { tenant, sender: reviewed.account, atMs },
        { reach: reviewed.level, untilMs: atMs + PARDON_FOR_APPEAL_MS },
      );
    return { ...this.shown(reviewed), account: reviewed.account };
  }

  private shown({ id, level, score, reasons, decidedAt, untilAt, state, grounds }: AbuseDecision): AbuseDecisionJson {
    const against = reasons.filter(({ points }) => points > 0).map(({ sentence }) => sentence);
    const isOver = state === 'stands' && untilAt <= this.clock.now();
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
}

const groundsIn = (text: string | null): AppealGrounds | null =>
  APPEAL_GROUNDS.find((grounds) => grounds === text) ?? null;
