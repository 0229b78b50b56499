import type { GapClass, GuardEventKind } from './guard-event.js';
import type { Level } from './decision.js';

/** One week's names. All are keyed digests: a store never sees an id. */
export interface WeekNames {
  /** Weeks since the epoch. */
  readonly week: number;
  readonly sender: string;
  readonly recipient: string;
}

/** An event as a store sees it. */
export interface Observation {
  /** Spreads senders over the nodes of a store; the same in every week, too coarse to tell senders apart. */
  readonly shard: string;
  readonly current: WeekNames;
  /** The same pair under the key of the week before: what was recorded then is still found. */
  readonly previous: WeekNames;
  readonly atMs: number;
  /** `look` records nothing. */
  readonly kind: GuardEventKind | 'look';
  readonly gapClass?: GapClass;
  readonly country?: string;
}

/** New contacts of a sender whose first contact lies so long ago, and how many of them answered; one that answered after 72 hours errs for the sender. */
export interface AnsweredOf {
  readonly contacted: number;
  readonly answered: number;
}

/** What the ladder once decided, while it stands. */
export interface Standing {
  readonly level: Level;
  readonly untilMs: number;
  readonly decision: string;
}

/** A challenge passed or a person's verdict: levels up to `reach` count as 1 until then. */
export interface Pardon {
  readonly reach: Level;
  readonly untilMs: number;
}

/**
 * A sender's recent conduct, this observation included. Windows reach back over two weekly keys, so never further than 14 days. Counts above
 * {@link COUNTED_CONTACTS} contacts may be lower than they are.
 */
export interface Snapshot {
  readonly pair: {
    /** No contact either way before, within the window. */
    readonly isNew: boolean;
    readonly hasAnswered: boolean;
    readonly firstAtMs: number;
  };
  readonly firstSeenAtMs: number;
  /** Distinct new recipients in the last minute, 10 minutes, hour, day, 7 days and 14 days. */
  readonly newContacts: readonly [number, number, number, number, number, number];
  /** By age of the first contact: 1 to 10 minutes, to 1 hour, to 24 hours, to 72 hours, older. */
  readonly answers: readonly [AnsweredOf, AnsweredOf, AnsweredOf, AnsweredOf, AnsweredOf];
  /** Messages to new contacts that never answered. */
  readonly unansweredMessages: number;
  /** Of the last 20 new numbers. */
  readonly gapClasses: readonly GapClass[];
  /** Up to 20 last gaps between sends, tenths of a second; a gap of an hour or more begins anew. */
  readonly sendGapsDs: readonly number[];
  /** Before this observation, the youngest first contact with somebody else. */
  readonly lastNewAtMs: number | undefined;
  /** Distinct, of the last 24 hours and 7 days; each at most {@link REMEMBERED_COMPLAINTS}. */
  readonly reporters: readonly [number, number];
  readonly blockers: readonly [number, number];
  /** Distinct countries of new recipients in 24 hours. */
  readonly countries: readonly string[];
  /** Of the last 50 known outcomes. */
  readonly outcomes: { readonly known: number; readonly failed: number };
  readonly standing: Standing | undefined;
  readonly pardon: Pardon | undefined;
}

/** A change of what stands: decided after a snapshot was judged, which is rare. */
export interface Verdict {
  readonly shard: string;
  readonly week: number;
  readonly sender: string;
  readonly atMs: number;
  /** Kept unless a higher one stands still; `undefined` leaves it. */
  readonly standing?: Standing;
  /** A pardon ends what stands up to its reach. */
  readonly pardon?: Pardon;
}

/** Counters of a tenant by name, summed over two weeks; for facts that are read now and then, not per message. */
export type Tallies = ReadonlyMap<string, number>;

export interface TenantNames {
  readonly shard: string;
  readonly current: { readonly week: number; readonly tenant: string };
  readonly previous: { readonly week: number; readonly tenant: string };
}

/** Beyond so many contacts of one sender a store may stop counting. */
export const COUNTED_CONTACTS = 1_000;
export const REMEMBERED_COMPLAINTS = 20;
export const REMEMBERED_GAPS = 20;
export const REMEMBERED_OUTCOMES = 50;
/** A gap between sends that begins a new series, tenths of a second. */
export const SERIES_ENDS_DS = 36_000;
export const ANSWER_WITHIN_MS = 72 * 3_600_000;
export const WEEK_MS = 7 * 86_400_000;
/** Ages that divide {@link Snapshot.answers}, milliseconds. */
export const ANSWER_AGES_MS = [60_000, 600_000, 3_600_000, 86_400_000, ANSWER_WITHIN_MS] as const;
/** Lengths of {@link Snapshot.newContacts}, milliseconds. */
export const NEW_CONTACT_WINDOWS_MS = [
  60_000,
  600_000,
  3_600_000,
  86_400_000,
  7 * 86_400_000,
  14 * 86_400_000,
] as const;

/**
 * Where conduct is kept: in memory, Redis or PostgreSQL, alike under one contract suite. A failure rejects; a retry may count an observation
 * twice, which errs against the sender by one message.
 */
export interface GuardStore {
  /** One atomic round trip for the whole batch, in its order; answers in the same order. */
  observe(batch: readonly Observation[]): Promise<readonly Snapshot[]>;
  settle(verdicts: readonly Verdict[]): Promise<void>;
  /** Adds, then answers with the sums over both weeks. */
  tally(names: TenantNames, add: Tallies): Promise<Tallies>;
}
