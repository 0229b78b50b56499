import type { LegTrack } from '@causeway/signal-protocol';

/** Life of one track's keys. All in seconds, counted from `sealFrom`, which is a multiple of the period. */
export interface TrackRule {
  readonly periodSeconds: number;
  readonly sealSeconds: number;
  readonly destroySeconds: number;
  readonly maxDeadlineSeconds: number;
}

const MINUTE = 60;
const HOUR = 3600;
export const DAY = 86_400;

/**
 * PROTOCOL 6. The last moment to seal with the longest deadline, so that it still ends a minute before destruction, is
 * `destroy - maxDeadline - 60`; a key is sealed to until exactly then. That is longer than the period, so at every
 * instant at least one key of the track takes the longest deadline, and for the overlap two do.
 *
 * | track | made | sealed to | overlap | destroyed | reason |
 * | --- | --- | --- | --- | --- | --- |
 * | short | every 5 min, one period ahead | 9 min = 15 - 5 - 1 | 4 min | 15 min after `sealFrom` | messages that vanish in minutes: so do their keys. Counted from the making it would leave 4 min to seal in, less than the period: a gap of a minute |
 * | day | hourly, one period ahead | 119 min = 26 h - 24 h - 1 min | 59 min | 26 h after `sealFrom` | the longest leg deadline is a day; an hour of period is what the day's forward secrecy is coarser by |
 *
 * Made one period ahead, because a bundle lists current and next: a device that fetched it at any time can seal for at
 * least one period more, and one whose clock is fast by less than a period names a key that exists.
 */
export const TRACK_RULES: Readonly<Record<LegTrack, TrackRule>> = {
  short: {
    periodSeconds: 5 * MINUTE,
    sealSeconds: 9 * MINUTE,
    destroySeconds: 15 * MINUTE,
    maxDeadlineSeconds: 5 * MINUTE,
  },
  day: {
    periodSeconds: HOUR,
    sealSeconds: 119 * MINUTE,
    destroySeconds: 26 * HOUR,
    maxDeadlineSeconds: 24 * HOUR,
  },
};

/**
 * Address keys: a new one every 30 days; the old one is to be gone 35 days after it was made. Rows still under it would
 * be lost with it, so it goes when the re-seal job says that none is left, never by the clock alone.
 */
export const ADDRESS_KEY_RULE = { periodSeconds: 30 * DAY, destroySeconds: 35 * DAY } as const;

/**
 * Keys of look-up digests: new versions of all purposes every year, or when the operator asks. Both are looked up until every row that can be
 * is under the new one; then the old one goes. What nobody could open again (opt-outs of phones that are nobody's contact) keeps its own.
 */
export const NUMBER_KEY_RULE = { periodSeconds: 365 * DAY } as const;

/**
 * The longest that an edge works with keys lent to it without hearing from the keeper again, and with a key that the keeper has destroyed
 * before its time. A leg key it drops at `destroyAt` itself (PROTOCOL 6).
 */
export const LOAN_SECONDS = 5 * MINUTE;

/**
 * The longest that keys are used from memory without their provider unwrapping them again, and how often it is asked to. Whoever takes the
 * provider away takes the keys away, five minutes later at most; with the time they are lent on, no borrower has them longer either.
 */
export const CACHE_SECONDS = 5 * MINUTE;
export const CONFIRM_SECONDS = MINUTE;

/** What a digest of a number is for; equal numbers under two purposes cannot be matched. */
export const NUMBER_PURPOSES = ['contact', 'binding', 'opt-out', 'link'] as const;
/** One of `NUMBER_PURPOSES`. */
export type NumberPurpose = (typeof NUMBER_PURPOSES)[number];
