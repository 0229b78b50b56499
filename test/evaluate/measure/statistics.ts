import { Chance } from '../chance.js';

/** Probability of at most `hits` in `units` independent trials. */
export function binomialAtMost(hits: number, units: number, probability: number): number {
  if (probability <= 0 || hits >= units) return 1;
  if (probability >= 1) return 0;
  // each term from the one before, as logarithms: the first may be far below the smallest number there is
  let logTerm = units * Math.log1p(-probability);
  let sum = Math.exp(logTerm);
  const logOdds = Math.log(probability) - Math.log1p(-probability);
  for (let k = 0; k < hits; k += 1) {
    logTerm += Math.log((units - k) / (k + 1)) + logOdds;
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

/**
 * The exact one-sided upper bound of Clopper and Pearson: the largest rate under which so few hits still happen with probability 1 -
 * `confidence`. 1 when there are no units.
 */
export function upperBound(hits: number, units: number, confidence = 0.95): number {
  if (units === 0 || hits >= units) return 1;
  return bisected((rate) => binomialAtMost(hits, units, rate) > 1 - confidence);
}

/** Likewise from below. 0 when there are no hits. */
export function lowerBound(hits: number, units: number, confidence = 0.95): number {
  if (hits === 0) return 0;
  return bisected((rate) => 1 - binomialAtMost(hits - 1, units, rate) < 1 - confidence);
}

/** Where a statement about a rate that holds for small ones stops to hold. */
function bisected(holds: (rate: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The smallest value that at least `share` of the values do not exceed; undefined of nothing. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** What one sender contributes: how many of its days were hit, of how many. */
export interface SenderUnits {
  readonly hits: number;
  readonly units: number;
}

/**
 * The rate's upper 95 % limit when whole senders are drawn again, since the days of one sender are not independent. A percentile bootstrap: with
 * no hit at all it says 0, which is no proof of anything; the exact bound is to be read beside it.
 */
export function bootstrapUpper(
  senders: readonly SenderUnits[],
  options: { readonly rounds: number; readonly seed: number; readonly confidence?: number },
): number {
  if (senders.length === 0) return 1;
  const chance = new Chance(options.seed);
  const rates = Array.from({ length: options.rounds }, () => {
    let [hits, units] = [0, 0];
    for (let drawn = 0; drawn < senders.length; drawn += 1) {
      const sender = chance.pick(senders);
      hits += sender.hits;
      units += sender.units;
    }
    return units === 0 ? 0 : hits / units;
  });
  return quantile(rates, options.confidence ?? 0.95) ?? 1;
}

/** Of what is flagged, the share that is abuse, where `prevalence` of all are abusive. */
export const precision = (of: {
  readonly prevalence: number;
  readonly recall: number;
  readonly falsePositiveRate: number;
}): number => {
  const found = of.prevalence * of.recall;
  const wrong = (1 - of.prevalence) * of.falsePositiveRate;
  return found + wrong === 0 ? Number.NaN : found / (found + wrong);
};
