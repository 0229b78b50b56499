import type { Decision, Level } from '@causeway/abuse-control';

/** How far a sender of a kind came: when each level was first met, and how many people had been reached, and tried, by then. */
export interface SenderRecord {
  readonly kind: string;
  readonly sender: string;
  tried: number;
  reached: number;
  /** Conversations in which both have written by now. */
  established: number;
  /** By level: people tried and reached when it was first decided, that try included in the former. */
  readonly met: Map<Level, { readonly tried: number; readonly reached: number }>;
  delayedMinutes: number;
  interrupted: number;
  score: number;
}

/** One honest person on one day. */
export interface SenderDay {
  readonly person: string;
  readonly day: number;
  readonly messages: number;
  readonly highest: Level;
  readonly delayedMinutes: number;
  /** What counted when the day's highest level was decided; for tuning, and to be argued about. */
  readonly signals: readonly string[];
}

export const isDelivered = ({ action }: Decision): boolean => action === 'deliver' || action === 'request';

/** How long this decision keeps a message: what is blocked for a day is a day late, since nobody can say when it is written again. */
export const delayMinutes = (decision: Decision): number =>
  isDelivered(decision) ? 0 : Math.min(decision.retryAfterMs ?? 0, 86_400_000) / 60_000;

export function newRecord(kind: string, sender: string): SenderRecord {
  return {
    kind,
    sender,
    tried: 0,
    reached: 0,
    established: 0,
    met: new Map(),
    delayedMinutes: 0,
    interrupted: 0,
    score: 0,
  };
}

const LEVELS: readonly Level[] = [1, 2, 3, 4];

/** Writes down what became of one try. `isNew`: nobody this sender had tried before. */
export function note(record: SenderRecord, decision: Decision, isNew: boolean): void {
  if (isNew) record.tried += 1;
  for (const level of LEVELS)
    if (decision.level >= level && !record.met.has(level))
      record.met.set(level, { tried: record.tried, reached: record.reached });
  if (isNew && isDelivered(decision)) record.reached += 1;
  record.delayedMinutes += delayMinutes(decision);
  record.score = Math.max(record.score, decision.score);
}
