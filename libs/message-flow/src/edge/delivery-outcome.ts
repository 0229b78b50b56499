import type { AttemptOutcome } from '@causeway/storage';

/**
 * What the end of an attempt says of its sender: whoever writes to numbers that nobody has took them from nowhere. Every other failure is the
 * network's, or the recipient's.
 */
export function deliveryOutcomeOf({
  state,
  reason,
}: Pick<AttemptOutcome, 'state' | 'reason'>): 'delivered' | 'delivery-failed' | undefined {
  if (state === 'delivered') return 'delivered';
  return state === 'failed' && reason === 'recipient-unknown' ? 'delivery-failed' : undefined;
}
