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

/** Distinct reporters, and the same with each counted by their weight. */
export function weighReporters(reporters: readonly Reporter[]): {
  readonly distinct: number;
  readonly weighted: number;
} {
  return { distinct: reporters.length, weighted: reporters.reduce((sum, reporter) => sum + weightOf(reporter), 0) };
}
