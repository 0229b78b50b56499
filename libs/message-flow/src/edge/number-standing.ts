import type { SealedContact } from '@causeway/storage';

/**
 * How long a number that was given up stays with nobody: carriers of the United States wait 45 days at least before it goes to another
 * person (47 CFR 52.15(f)(1)(ii)). Milliseconds.
 */
export const NUMBER_AGING_MS = 45 * 86_400_000;

/**
 * Whose a number is that its carrier called unassigned at some time. Within the time of aging it can only be the same person, whose phone
 * was off the network; after it, whoever answers may be a stranger, and they are taken for one.
 */
export function numberStanding(
  { isEnded, unknownSince }: Pick<SealedContact, 'isEnded' | 'unknownSince'>,
  nowMs: number,
): 'theirs' | 'theirs-again' | 'recycled' | 'ended' {
  if (isEnded) return 'ended';
  if (unknownSince === null) return 'theirs';
  return nowMs - unknownSince.getTime() < NUMBER_AGING_MS ? 'theirs-again' : 'recycled';
}
