import type { AnsweredOf, Snapshot } from './guard-store.js';
import type { GuardEvent } from './guard-event.js';

/** Names of SAFETY 1.3; the documentation says what each one is. */
export const SIGNAL_NAMES = [
  'N1',
  'N10',
  'N60',
  'N24',
  'N7',
  'RR',
  'NRU',
  'SEQ',
  'CVW',
  'AGE',
  'REP',
  'BLK',
  'RECIP',
  'CTRY',
  'NEWC',
  'DLR',
  'CLU',
  'EST',
] as const;
export type SignalName = (typeof SIGNAL_NAMES)[number];

/** A signal that does not apply (too few cases to say) is absent. */
export type Signals = Readonly<Partial<Record<SignalName, number>>>;

/** What the guard knows of a tenant as a whole. */
export interface TenantFacts {
  /** Of first contacts that had their 72 hours, the share that was answered. */
  readonly answerRate: number;
  /** Countries from which somebody answered lately. */
  readonly knownCountries: ReadonlySet<string>;
  /** Clusters with accounts that were suspended in the last 7 days, and how many. */
  readonly suspendedIn: ReadonlyMap<string, number>;
}

/** Fewer cases than this say nothing about how somebody is answered. */
const LEAST_MATURED = 5;
export const ANSWER_EVIDENCE_LIMIT = 6;
/**
 * Of all answers that ever come, the share that has come when a first contact is so old: 1 to 10 minutes, to 1 hour, to 24 hours, to
 * 72 hours, older. Lower than measured among strangers (0.1, 0.3, 0.5, 0.75, 0.85), so that a slow evening is no evidence.
 */
const ANSWERED_BY_AGE = [0.1, 0.28, 0.5, 0.75, 0.85] as const;
/** Who is not wanted is answered this much more seldom than is usual in the tenant. */
const UNWANTED_SHARE = 0.15;

/** How many of the ages in {@link ANSWERED_BY_AGE} are of the last 24 hours. */
const FRESH_AGES = 3;
/** What other days speak for or against somebody at most: a few friends made beforehand excuse no day of strangers, old silence condemns none. */
const HISTORY_LIMIT = 2.5;

/**
 * The likelihood that these contacts are of somebody unwanted against that they are of an ordinary sender, as a logarithm: positive speaks
 * against the sender. A contact that may still be answered counts by how late it is. Undefined for fewer than 5 contacts older than a minute.
 */
export function answerEvidence(answers: readonly AnsweredOf[], answerRate: number): number | undefined {
  const contacted = answers.reduce((sum, each) => sum + each.contacted, 0);
  if (contacted < LEAST_MATURED) return undefined;
  const evidence = answers.map((of, age) => evidenceOf(of, { answerRate, come: ANSWERED_BY_AGE[age] ?? 1 }));
  const fresh = total(evidence.slice(0, FRESH_AGES));
  const history = Math.max(-HISTORY_LIMIT, Math.min(HISTORY_LIMIT, total(evidence.slice(FRESH_AGES))));
  return Math.max(-ANSWER_EVIDENCE_LIMIT, Math.min(ANSWER_EVIDENCE_LIMIT, fresh + history));
}

function evidenceOf(
  { contacted, answered }: AnsweredOf,
  { answerRate, come }: { readonly answerRate: number; readonly come: number },
): number {
  const silence = Math.log((1 - answerRate * UNWANTED_SHARE * come) / (1 - answerRate * come));
  return answered * Math.log(UNWANTED_SHARE) + (contacted - answered) * silence;
}

const total = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

const LEAST_NUMBERS = 5;
const LEAST_GAPS = 10;
const LEAST_OUTCOMES = 10;
const LEAST_PAIRS = 10;

/** Standard deviation over mean. People pause; programs keep time. */
export function unevenness(gaps: readonly number[]): number | undefined {
  if (gaps.length < LEAST_GAPS) return undefined;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  if (mean === 0) return 0;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  return Math.sqrt(variance) / mean;
}

const share = (part: number, whole: number, least: number): number | undefined =>
  whole < least ? undefined : part / whole;

/** Every signal of one event, from what the store says of its sender. Pure. */
export function signalsOf(snapshot: Snapshot, event: GuardEvent, tenant: TenantFacts): Signals {
  const [n1, n10, n60, n24, n7] = snapshot.newContacts;
  const { gapClasses, outcomes, answers } = snapshot;
  const contacted = answers.reduce((sum, each) => sum + each.contacted, 0);
  const answered = answers.reduce((sum, each) => sum + each.answered, 0);
  const strange = snapshot.countries.filter((country) => !tenant.knownCountries.has(country)).length;
  const clusters = event.features?.clusters ?? [];
  const ageMs = event.features?.accountAgeMs ?? event.atMs - snapshot.firstSeenAtMs;
  return defined({
    N1: n1,
    N10: n10,
    N60: n60,
    N24: n24,
    N7: n7,
    RR: answerEvidence(answers, tenant.answerRate),
    NRU: snapshot.unansweredMessages,
    SEQ: share(gapClasses.filter((each) => each === 'near').length, gapClasses.length, LEAST_NUMBERS),
    CVW: n60 >= LEAST_GAPS ? unevenness(snapshot.sendGapsDs) : undefined,
    AGE: ageMs / 86_400_000,
    REP: Math.max(snapshot.reporters[0], snapshot.reporters[1]),
    BLK: snapshot.blockers[1],
    RECIP: share(answered, contacted, LEAST_PAIRS),
    CTRY: snapshot.countries.length,
    NEWC: share(strange, snapshot.countries.length, 2),
    DLR: share(outcomes.failed, outcomes.known, LEAST_OUTCOMES),
    EST: event.features?.establishedContacts,
    CLU: Math.max(0, ...clusters.map((cluster) => tenant.suspendedIn.get(cluster) ?? 0)),
  });
}

function defined(values: { readonly [Name in SignalName]: number | undefined }): Signals {
  const known: Partial<Record<SignalName, number>> = {};
  for (const name of SIGNAL_NAMES) {
    const value = values[name];
    if (value !== undefined) known[name] = value;
  }
  return known;
}
