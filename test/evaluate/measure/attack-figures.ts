import type { Level } from '@causeway/abuse-control';
import type { SenderRecord } from '../replay/records.js';
import type { SenderKind, Wanted } from '../senders/sender-kind.js';
import { lowerBound, quantile } from './statistics.js';

/** How one level met the senders of a kind. */
export interface LevelFigures {
  readonly level: Level;
  /** Share of senders that met it at all. */
  readonly recall: number;
  /** New people reached before it, over the senders that met it; those that never did have no number. */
  readonly reachedMedian: number | undefined;
  readonly reachedP90: number | undefined;
  /** New people tried when it came, the last one included. */
  readonly triedMedian: number | undefined;
  readonly triedP90: number | undefined;
}

export interface WantedFigures extends Wanted {
  readonly kind: string;
  readonly measured: number;
  /** Exact one-sided 95 % lower bound of what was measured. */
  readonly atLeast: number;
  readonly isMet: boolean;
}

export interface KindFigures {
  readonly kind: string;
  readonly what: string;
  readonly profile: string;
  readonly senders: number;
  readonly levels: readonly LevelFigures[];
  readonly wanted: readonly WantedFigures[];
  /** New people reached by one account in all, mean. */
  readonly reachedMean: number;
  /** Accounts needed to reach 1,000 people. */
  readonly accountsPerThousand: number;
  readonly delayedMinutesMean: number;
  /** Of each account that met level 3: new people tried by then. */
  readonly caught: readonly number[];
  readonly interrupted: number;
}

const LEVELS: readonly Level[] = [1, 2, 3, 4];

export function figuresOfKind(kind: SenderKind, records: readonly SenderRecord[]): KindFigures {
  const own = records.filter((record) => record.kind === kind.name);
  const mean = (of: (record: SenderRecord) => number): number =>
    own.reduce((sum, each) => sum + of(each), 0) / own.length;
  const reachedMean = mean(({ reached }) => reached);
  return {
    kind: kind.name,
    what: kind.what,
    profile: kind.profile,
    senders: own.length,
    levels: LEVELS.map((level) => levelFigures(level, own)),
    wanted: (kind.wanted ?? []).map((wanted) => wantedFigures(kind.name, wanted, own)),
    reachedMean,
    accountsPerThousand: reachedMean === 0 ? Number.POSITIVE_INFINITY : 1_000 / reachedMean,
    delayedMinutesMean: mean(({ delayedMinutes }) => delayedMinutes),
    caught: own.flatMap((record) => record.met.get(3)?.tried ?? []),
    interrupted: own.reduce((sum, { interrupted }) => sum + interrupted, 0),
  };
}

function levelFigures(level: Level, records: readonly SenderRecord[]): LevelFigures {
  const met = records.flatMap((record) => record.met.get(level) ?? []);
  const reached = met.map((each) => each.reached);
  const tried = met.map((each) => each.tried);
  return {
    level,
    recall: met.length / records.length,
    reachedMedian: quantile(reached, 0.5),
    reachedP90: quantile(reached, 0.9),
    triedMedian: quantile(tried, 0.5),
    triedP90: quantile(tried, 0.9),
  };
}

/** Judged by people tried, the stricter count: who was held back before being reached counts as used up. */
function wantedFigures(kind: string, wanted: Wanted, records: readonly SenderRecord[]): WantedFigures {
  const caught = records.filter((record) => {
    const met = record.met.get(wanted.level);
    return met !== undefined && met.tried <= wanted.withinRecipients;
  }).length;
  const measured = caught / records.length;
  return { ...wanted, kind, measured, atLeast: lowerBound(caught, records.length), isMet: measured >= wanted.recall };
}
