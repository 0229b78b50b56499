import type { Level } from '@causeway/abuse-control';
import type { Replayed } from '../replay/replay.js';
import type { SenderDay } from '../replay/records.js';
import { bootstrapUpper, upperBound } from './statistics.js';

/** How often honest people met a level, with what may be claimed from that. */
export interface FalsePositives {
  readonly level: Level;
  readonly days: {
    readonly hits: number;
    readonly units: number;
    readonly rate: number;
    readonly exactUpper: number;
    readonly bootstrapUpper: number;
  };
  readonly senders: {
    readonly hits: number;
    readonly units: number;
    readonly rate: number;
    readonly exactUpper: number;
  };
}

export interface HonestFigures {
  readonly falsePositives: readonly FalsePositives[];
  readonly messages: number;
  readonly established: Replayed['established'];
  /** Message-minutes: how long messages were kept back, added up; what is blocked counts as a day. */
  readonly delayedMinutes: number;
  readonly delayedMinutesPerThousandMessages: number;
  /** What counted on each day that met level 2 or more. */
  readonly cases: readonly SenderDay[];
}

const LEVELS: readonly Level[] = [1, 2, 3, 4];
const ROUNDS = 2_000;

export function honestFigures(
  { days, established }: Pick<Replayed, 'days' | 'established'>,
  seed: number,
): HonestFigures {
  const messages = days.reduce((sum, day) => sum + day.messages, 0);
  const delayedMinutes = days.reduce((sum, day) => sum + day.delayedMinutes, 0);
  return {
    falsePositives: LEVELS.map((level) => falsePositives(level, days, seed)),
    messages,
    established,
    delayedMinutes,
    delayedMinutesPerThousandMessages: messages === 0 ? 0 : (delayedMinutes / messages) * 1_000,
    cases: days.filter(({ highest }) => highest >= 2),
  };
}

function falsePositives(level: Level, days: readonly SenderDay[], seed: number): FalsePositives {
  const bySender = new Map<string, { hits: number; units: number }>();
  for (const { person, highest } of days) {
    const sender = bySender.get(person) ?? { hits: 0, units: 0 };
    sender.units += 1;
    if (highest >= level) sender.hits += 1;
    bySender.set(person, sender);
  }
  const senders = [...bySender.values()];
  const hits = senders.reduce((sum, sender) => sum + sender.hits, 0);
  const hitSenders = senders.filter((sender) => sender.hits > 0).length;
  return {
    level,
    days: {
      hits,
      units: days.length,
      rate: hits / Math.max(1, days.length),
      exactUpper: upperBound(hits, days.length),
      bootstrapUpper: bootstrapUpper(senders, { rounds: ROUNDS, seed }),
    },
    senders: {
      hits: hitSenders,
      units: senders.length,
      rate: hitSenders / Math.max(1, senders.length),
      exactUpper: upperBound(hitSenders, senders.length),
    },
  };
}
