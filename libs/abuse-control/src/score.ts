import type { Reason } from './decision.js';
import { sentenceOf } from './sentences.js';
import type { Signals } from './signals.js';
import { WEIGHTS, type SignalGroup, type Weight } from './weights.js';
import type { TenantProfile } from './tenant-profile.js';

export interface Score {
  readonly points: number;
  readonly reasons: readonly Reason[];
}

const isReached = ({ side, from }: Weight, value: number): boolean =>
  side === 'atLeast' ? value >= from : value <= from;

/** Of a group the heaviest row against the sender; where none speaks against, the one that speaks most for. */
const isHeavier = (weight: Weight, than: Weight | undefined): boolean =>
  than === undefined ||
  (weight.points > 0 ? weight.points > than.points : than.points < 0 && weight.points < than.points);

/**
 * The sum over groups. Being new and keeping time are no offence by themselves: `newness` and `pattern` of CVW count only with volume, and
 * being answered takes away from volume only, never from complaints.
 */
export function scoreOf(signals: Signals, profile: TenantProfile): Score {
  const heaviest = new Map<SignalGroup, Weight>();
  for (const weight of WEIGHTS[profile]) {
    const value = signals[weight.signal];
    if (value !== undefined && isReached(weight, value) && isHeavier(weight, heaviest.get(weight.group)))
      heaviest.set(weight.group, weight);
  }
  const volume = heaviest.get('volume')?.points ?? 0;
  if (volume === 0) {
    heaviest.delete('newness');
    if (heaviest.get('pattern')?.signal === 'CVW') heaviest.delete('pattern');
  }
  const answers = heaviest.get('answers');
  if (answers && answers.points < 0) heaviest.delete('answers');
  const against = [...heaviest.values()];
  const excuse = answers && answers.points < 0 ? Math.max(answers.points, -volume) : 0;
  const points = against.reduce((sum, weight) => sum + weight.points, 0) + excuse;
  const counted = excuse < 0 && answers ? [...against, { ...answers, points: excuse }] : against;
  return {
    points: Math.max(0, points),
    reasons: counted
      .toSorted((a, b) => b.points - a.points)
      .map(({ signal, from, points: each }) => reasonOf({ signal, from, points: each, value: signals[signal] ?? 0 })),
  };
}

function reasonOf({
  signal,
  from,
  points,
  value,
}: Pick<Weight, 'signal' | 'from' | 'points'> & { value: number }): Reason {
  return { signal, value: round(value), threshold: from, points, sentence: sentenceOf(signal, value) };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
