/**
 * What one message does to those behind it in its lane: it is out of their way, or holds them back. `lookAtMs` is when to look at it again,
 * milliseconds since the epoch; null when whatever changes it wakes the lane.
 */
export type Passage =
  /** `isLaneEmpty`: it was the last one, as was written with its outcome. */
  | { readonly kind: 'passed'; readonly isLaneEmpty?: boolean }
  | { readonly kind: 'blocks'; readonly lookAtMs: number | null };

export const PASSED: Passage = { kind: 'passed' };

/** Of a message that was to be ended: one that somebody else has in hand meanwhile still comes before those behind it. */
export const endedOr = (hasEnded: boolean): Passage => (hasEnded ? PASSED : { kind: 'blocks', lookAtMs: null });
