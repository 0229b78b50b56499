import type { Decision, GuardFeatures, TenantProfile } from '@causeway/abuse-control';
import type { Chance } from '../chance.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** One try to write to somebody. */
export interface Attempt {
  readonly atMs: number;
  readonly recipient: string;
  /** Both have written before: an old friend, or a customer who wrote first. */
  readonly isEstablished?: boolean;
  readonly features?: GuardFeatures;
  readonly transport?: 'native' | 'clear';
  /** How likely the recipient answers, if it is delivered; `afterMs` unless honest people's delays are meant. */
  readonly answer?: { readonly probability: number; readonly afterMs?: number };
  /** How likely the number does not exist. */
  readonly isDead?: boolean;
  readonly complaint?: { readonly probability: number; readonly afterMs: number };
}

/** What a sender is made of: chance, a beginning, and honest people's ways, to be copied. */
export interface Circumstances {
  readonly chance: Chance;
  readonly name: string;
  readonly startMs: number;
  /** A gap as honest people leave them, times its mean. */
  readonly gapMs: (meanMs: number) => number;
  /** New, or bought: how old the account is when it begins. */
  readonly accountAgeMs: number;
  /** Which of its kind this sender is, for those that act together. */
  readonly index: number;
}

/** Tries one after the other and is told what became of each. */
export type Sender = Generator<Attempt, void, Decision>;

/** What the guard is expected to do about a kind of sender; printed as met or missed. */
export interface Wanted {
  readonly level: 2 | 3;
  readonly withinRecipients: number;
  /** Share of senders, at least. */
  readonly recall: number;
}

/** One kind of attack or of honest strain. */
export interface SenderKind {
  readonly name: string;
  readonly what: string;
  readonly profile: TenantProfile;
  readonly isHonest: boolean;
  /** How many act in a run. */
  readonly count: number;
  /** How long one acts at most, milliseconds. */
  readonly lastsMs: number;
  readonly wanted?: readonly Wanted[];
  readonly send: (circumstances: Circumstances) => Sender;
}
