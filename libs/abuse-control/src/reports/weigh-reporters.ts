/** One who reported somebody, and what came of all their reports of these days. */
export interface Reporter {
  /** Accounts this reporter reported. */
  readonly reported: number;
  /** How many of these were reported by somebody else too. */
  readonly confirmed: number;
}

/**
 * How much one report counts, 0 to 1. Who is new counts fully; who reports many whom nobody else reports counts ever less, so that one angry
 * person is not a crowd: `(confirmed + 2) / (reported + 2)`, two being the reports everybody has on trust.
 */
export const weightOf = ({ reported, confirmed }: Reporter): number =>
  (Math.min(confirmed, reported) + TRUSTED_REPORTS) / (reported + TRUSTED_REPORTS);

const TRUSTED_REPORTS = 2;

/** Distinct reporters of one account, and the same with each counted by what came of their other reports. */
export function weighReporters(reporters: readonly Reporter[]): {
  readonly distinct: number;
  readonly weighted: number;
} {
  const distinct = reporters.length;
  const isConfirmedHere = distinct > 1 ? 1 : 0;
  const weighted = reporters
    .map(({ reported, confirmed }) => weightOf({ reported: reported - 1, confirmed: confirmed - isConfirmedHere }))
    .reduce((sum, weight) => sum + weight, 0);
  return { distinct, weighted };
}
