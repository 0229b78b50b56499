import type { Level } from '@causeway/abuse-control';
import { hashOf } from '../chance.js';
import type { SenderDay } from '../replay/records.js';
import { quantile } from './statistics.js';

/** False positives of halves drawn at random, of the same replay: how much of a rate is luck with who was counted. */
export interface Folds {
  readonly level: Level;
  readonly median: number;
  readonly highest: number;
}

/** Each fold halves the people anew, by a hash of the name and its number; both halves are counted. */
export function foldsOf(days: readonly SenderDay[], level: Level, folds: number): Folds {
  const rates: number[] = [];
  for (let fold = 0; fold < folds; fold += 1) {
    const side = ({ person }: SenderDay): number => hashOf(`${String(fold)} ${person}`) % 2;
    for (const half of [0, 1]) {
      const counted = days.filter((day) => side(day) === half);
      const hits = counted.filter(({ highest }) => highest >= level).length;
      rates.push(hits / Math.max(1, counted.length));
    }
  }
  return { level, median: quantile(rates, 0.5) ?? 0, highest: Math.max(0, ...rates) };
}
