import type { Level } from './decision.js';
import type { GuardEvent } from './guard-event.js';
import type { Pardon, Standing } from './guard-store.js';
import { stepOf } from './ladder.js';
import type { Signals } from './signals.js';

/** Evidence that lifts what stands: three to one that these people wanted to be written to. */
const ANSWERED_FOR = -1;
/** Whom so many people talk with is limited for as long as the windows say so, and not for a time besides. */
const KNOWN_TO = 5;

/**
 * What was decided before anybody could answer comes down, when they do, to what the score says now. A suspension does not: somebody complained.
 */
export const isAnsweredFor = (signals: Signals, now: { readonly standing: Standing; readonly score: Level }): boolean =>
  now.score < now.standing.level &&
  now.standing.level <= 3 &&
  ((signals.RR !== undefined && signals.RR <= ANSWERED_FOR) || (signals.EST ?? 0) >= KNOWN_TO);

/** Ends what stands at once. Where a pardon holds it reaches so far from now on, and no longer than it did. */
export const lifting = ({ level }: Standing, pardon: Pardon | undefined, { atMs }: GuardEvent): Pardon =>
  pardon && pardon.reach > level ? pardon : { reach: level, untilMs: pardon?.untilMs ?? atMs };

/** As long as it was to stand, or as the lower level does, whichever ends first. */
export const eased = (standing: Standing, level: Level, { atMs }: GuardEvent): Standing =>
  level === standing.level
    ? standing
    : { ...standing, level, untilMs: Math.min(standing.untilMs, atMs + (stepOf(level)?.standsMs ?? 0)) };
