/** Two ways of answering count as alike below this, milliseconds. */
export const ALIKE_MS = 0.05;

/** How many standard errors the interval reaches to either side: wrong less than once in a thousand comparisons. */
const REACH = 3.3;

/** What the differences of pairs say, milliseconds. */
export interface MedianDifference {
  readonly pairs: number;
  readonly medianMs: number;
  /** An interval that has the true median in it, by the order of the differences alone: nothing is assumed of their distribution. */
  readonly fromMs: number;
  readonly toMs: number;
  /**
   * The whole interval lies outside of what counts as alike, and so does the median of each part of the run, on the same side: a busy
   * moment of the machine shifts one part, a difference shifts them all.
   */
  readonly isFound: boolean;
}

/** Parts of a run, one after the other. */
const PARTS = 4;

/** The median of `differences`, one for each pair of questions asked side by side, in the order in which they were asked. */
export function medianDifference(differences: readonly number[]): MedianDifference {
  const sorted = differences.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const reach = (REACH * Math.sqrt(sorted.length)) / 2;
  const [fromMs, medianMs, toMs] = [at(sorted, middle - reach), at(sorted, middle), at(sorted, middle + reach)];
  const partly = partsOf(differences).map((part) => at(part, (part.length - 1) / 2));
  const isMore = fromMs > ALIKE_MS && partly.every((ms) => ms > ALIKE_MS);
  const isLess = toMs < -ALIKE_MS && partly.every((ms) => ms < -ALIKE_MS);
  return { pairs: sorted.length, medianMs, fromMs, toMs, isFound: isMore || isLess };
}

const at = (sorted: readonly number[], rank: number): number =>
  sorted[Math.max(0, Math.min(sorted.length - 1, Math.round(rank)))] ?? Number.NaN;

/** Each sorted by itself. */
function partsOf(differences: readonly number[]): readonly (readonly number[])[] {
  const size = Math.ceil(differences.length / PARTS);
  return Array.from({ length: PARTS }, (_, part) =>
    differences.slice(part * size, (part + 1) * size).toSorted((a, b) => a - b),
  );
}
