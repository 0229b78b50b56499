import { policyOf, type PolicyLevel, type RetentionClass } from '@causeway/message-model';

/** What somebody asked for; `undefined` where they asked for nothing. Seconds. */
export type Wishes = Readonly<Partial<Record<PolicyLevel, readonly (number | undefined)[]>>>;

/** What holds, and who asked for it. */
export interface HoldingPolicy {
  readonly keepSeconds: number;
  readonly decidedBy: PolicyLevel | 'default';
}

const FROM_THE_OUTSIDE = ['tenant', 'account', 'conversation', 'message'] as const;

/**
 * The strictest wish wins, whoever asked: a conversation cannot keep what its tenant forgets, nor one person for both. Only a tenant may
 * ask for more than the default, up to the maximum. Wishes at levels that cannot change the class count for nothing.
 */
export function strictest(name: RetentionClass, wishes: Wishes): HoldingPolicy {
  const { defaultSeconds, levels } = policyOf(name);
  let holding: HoldingPolicy = { keepSeconds: defaultSeconds, decidedBy: 'default' };
  for (const level of FROM_THE_OUTSIDE) {
    if (!levels.includes(level)) continue;
    for (const wish of wishes[level] ?? []) {
      if (wish === undefined) continue;
      const seconds = withinBounds(name, wish);
      const mayRaise = level === 'tenant' && holding.decidedBy === 'default';
      if (seconds < holding.keepSeconds || mayRaise) holding = { keepSeconds: seconds, decidedBy: level };
    }
  }
  return holding;
}

/** The nearest that the class can be set to. */
export function withinBounds(name: RetentionClass, seconds: number): number {
  const { minSeconds, maxSeconds } = policyOf(name);
  return Math.min(maxSeconds, Math.max(minSeconds, Math.floor(seconds)));
}
