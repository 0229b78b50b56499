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

/** Groups that say something only about somebody who writes to many new people now. */
const ONLY_WITH_VOLUME: readonly SignalGroup[] = ['answers', 'persistence', 'newness', 'conversations'];

/**
 * The sum over groups. Silence, insisting and being new are no offence by themselves: together they add at most as much as volume does, so
 * old silence does not condemn somebody who writes to few. Being answered takes away from volume only, never from complaints.
 */
export function scoreOf(signals: Signals, profile: TenantProfile): Score {
  const heaviest = heaviestRows(signals, profile);
  const volume = heaviest.get('volume')?.points ?? 0;
  if (volume === 0 && heaviest.get('pattern')?.signal === 'CVW') heaviest.delete('pattern');
  dropWeakerCredit(heaviest);
  let room = volume;
  const counted = [...heaviest]
    .map(([group, { signal, from, points }]) => ({ group, signal, from, points }))
    .toSorted((a, b) => b.points - a.points)
    .map((each) => {
      if (!ONLY_WITH_VOLUME.includes(each.group)) return each;
      const points = each.points < 0 ? Math.max(each.points, -volume) : Math.min(each.points, room);
      room -= Math.max(0, points);
      return { ...each, points };
    })
    .filter(({ points }) => points !== 0);
  return {
    points: counted.reduce((sum, { points }) => sum + points, 0),
    reasons: counted.map((each) => reasonOf({ ...each, value: signals[each.signal] ?? 0 })),
  };
}

/** Being answered now and having been answered before say nearly the same for somebody: only the one that says more counts. */
function dropWeakerCredit(heaviest: Map<SignalGroup, Weight>): void {
  const answers = heaviest.get('answers')?.points ?? 0;
  const known = heaviest.get('conversations')?.points ?? 0;
  if (answers < 0 && known < 0) heaviest.delete(answers < known ? 'conversations' : 'answers');
}

function heaviestRows(signals: Signals, profile: TenantProfile): Map<SignalGroup, Weight> {
  const heaviest = new Map<SignalGroup, Weight>();
  for (const weight of WEIGHTS[profile]) {
    const value = signals[weight.signal];
    if (value !== undefined && isReached(weight, value) && isHeavier(weight, heaviest.get(weight.group)))
      heaviest.set(weight.group, weight);
  }
  return heaviest;
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
