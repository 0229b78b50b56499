import type { SignalName } from './signals.js';

/** 0 deliver, 1 slow down, 2 hold and challenge, 3 block new recipients, 4 suspend new contacts and clear networks. */
export type Level = 0 | 1 | 2 | 3 | 4;

/**
 * What is to be done with the message at hand. `deliver` it; `request`: it may only become a request; `wait`: later, after `retryAfterMs`;
 * `hold` until a challenge is passed or the level decays; `block` and `suspend`: not while the decision stands.
 */
export type Action = 'deliver' | 'request' | 'wait' | 'hold' | 'block' | 'suspend';

/** One thing that counted, as numbers; `sentence` is for the person it is about. */
export interface Reason {
  readonly signal: SignalName | 'STORE';
  readonly value: number;
  /** The threshold that was reached. */
  readonly threshold: number;
  readonly points: number;
  readonly sentence: string;
}

export interface Decision {
  /** Names the decision towards the sender; empty while nothing was ever decided about them. */
  readonly id: string | undefined;
  readonly level: Level;
  readonly action: Action;
  readonly score: number;
  readonly reasons: readonly Reason[];
  /** The whole decision in words. */
  readonly sentence: string;
  /** When it ends by itself, milliseconds since the epoch; undefined at level 0. */
  readonly untilMs: number | undefined;
  /** After how long trying again makes sense. */
  readonly retryAfterMs: number | undefined;
  /** This event raised the level: the decision is to be recorded under its id. */
  readonly isRaised: boolean;
  /** The store did not answer: decided as the limit declares for that case. */
  readonly isBlind: boolean;
}
