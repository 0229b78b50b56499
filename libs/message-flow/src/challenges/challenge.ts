import type { ChallengeAnswer, ChallengeKind, ChallengeOffer } from '@causeway/api-contract';
import type { AccountId, TenantId, TransitId } from '@causeway/message-model';

/** A decision that holds messages, and whose. */
export interface Held {
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly decision: TransitId;
}

/** `asked`: somebody else has to say. `passed` counts once `settle` has: it rejects for what was used meanwhile. */
export type ChallengeVerdict =
  { readonly outcome: 'asked' } | { readonly outcome: 'passed'; readonly settle: () => Promise<void> };

/**
 * One way in which a person who is held may go on. What is offered says how; what is answered is judged. Throws `token-refused` or
 * `token-spent` for what does not pass, and trying the same again does not help.
 */
export interface Challenge {
  readonly kind: ChallengeKind;
  offer(held: Held): ChallengeOffer;
  judge(held: Held, answer: ChallengeAnswer): Promise<ChallengeVerdict>;
}

/** Every way that is open to somebody. */
export type OffersFor = (held: Held) => readonly ChallengeOffer[];
