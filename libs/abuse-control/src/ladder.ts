import type { Level } from './decision.js';

/** One step of the ladder: from how many points, for how long it stands at least, and what it means. */
export interface LadderStep {
  readonly level: Level;
  readonly fromPoints: number;
  readonly standsMs: number;
  readonly meaning: string;
  readonly because: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * What stands ends by itself, or when people answer: then it comes down to what the score says, from a suspension excepted.
 */
export const LADDER: readonly LadderStep[] = [
  {
    level: 4,
    fromPoints: 13,
    standsMs: 7 * DAY_MS,
    meaning: 'No new people on any network and nothing to networks that cost money; native conversations go on.',
    because: 'Volume and silence alone do not add up to this: somebody complained, or the numbers do not exist.',
  },
  {
    level: 3,
    fromPoints: 6,
    standsMs: DAY_MS,
    meaning: 'No new people for a day; a person looks at the metadata.',
    because: 'At most one honest sender-day in a thousand may come here.',
  },
  {
    level: 2,
    fromPoints: 4,
    standsMs: HOUR_MS,
    meaning: 'Messages to new people wait for a challenge, or for an hour to pass.',
    because: 'At most five honest sender-days in a thousand may come here.',
  },
  {
    level: 1,
    fromPoints: 2,
    standsMs: 10 * MINUTE_MS,
    meaning: 'First contacts become requests, one new person every 30 seconds.',
    because: 'Costs an honest person seconds and a program everything.',
  },
];

/** Between two new people at level 1. */
export const PACE_MS = 30_000;
/** How long a challenge that was passed, and an appeal that was granted, holds. */
export const PARDON_FOR_CHALLENGE_MS = DAY_MS;
export const PARDON_FOR_APPEAL_MS = 7 * DAY_MS;

export const levelOf = (points: number): Level => LADDER.find(({ fromPoints }) => points >= fromPoints)?.level ?? 0;

export const stepOf = (level: Level): LadderStep | undefined => LADDER.find((step) => step.level === level);
