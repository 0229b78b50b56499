import {
  ANSWER_AGES_MS,
  NEW_CONTACT_WINDOWS_MS,
  REMEMBERED_COMPLAINTS,
  REMEMBERED_GAPS,
  REMEMBERED_OUTCOMES,
  SERIES_ENDS_DS,
  WEEK_MS,
  type AnsweredOf,
  type GuardStore,
  type Observation,
  type Pardon,
  type Snapshot,
  type Standing,
  type Tallies,
  type TenantNames,
  type Verdict,
  type WeekNames,
} from './guard-store.js';
import type { GapClass } from './guard-event.js';

interface Pair {
  readonly firstAtMs: number;
  hasAnswered: boolean;
  messages: number;
}

/** What is kept of one sender in one week; a new week takes over everything but the pairs. */
interface Conduct {
  firstSeenAtMs: number;
  lastSendAtMs: number | undefined;
  sendGapsDs: readonly number[];
  gapClasses: readonly GapClass[];
  outcomes: string;
  readonly countries: Map<string, number>;
  readonly reporters: Map<string, number>;
  readonly blockers: Map<string, number>;
  standing: Standing | undefined;
  pardon: Pardon | undefined;
  readonly pairs: Map<string, Pair>;
}

/** One process's memory, under the same contract as the others: for replays on a clock of their own, and for a gateway that is tried out. */
export class MemoryGuardStore implements GuardStore {
  private readonly conducts = new Map<number, Map<string, Conduct>>();
  private readonly counters = new Map<number, Map<string, Map<string, number>>>();

  async observe(batch: readonly Observation[]): Promise<readonly Snapshot[]> {
    return batch.map((observation) => this.one(observation));
  }

  async settle(verdicts: readonly Verdict[]): Promise<void> {
    for (const { week, sender, standing, pardon, atMs } of verdicts) {
      const conduct = this.week(this.conducts, week).get(sender);
      if (!conduct) continue;
      if (standing && outranks(standing, conduct.standing, atMs)) conduct.standing = standing;
      if (!pardon) continue;
      conduct.pardon = pardon;
      if (conduct.standing && conduct.standing.level <= pardon.reach) conduct.standing = undefined;
    }
  }

  async tally({ current, previous }: TenantNames, add: Tallies): Promise<Tallies> {
    const now = getOr(this.week(this.counters, current.week), current.tenant, () => new Map<string, number>());
    for (const [name, count] of add) now.set(name, (now.get(name) ?? 0) + count);
    const sums = new Map(this.counters.get(previous.week)?.get(previous.tenant));
    for (const [name, count] of now) sums.set(name, (sums.get(name) ?? 0) + count);
    return sums;
  }

  private one(observation: Observation): Snapshot {
    const { current, previous, atMs, kind } = observation;
    const before = this.conducts.get(previous.week)?.get(previous.sender);
    const known = this.conducts.get(current.week)?.get(current.sender);
    const conduct = known ?? continued(before, atMs);
    if (!known && kind !== 'look') this.week(this.conducts, current.week).set(current.sender, conduct);
    const all = [...(before?.pairs.values() ?? []), ...conduct.pairs.values()];
    const lastNewAtMs = all.reduce<number | undefined>(
      (last, { firstAtMs }) => Math.max(last ?? 0, firstAtMs),
      undefined,
    );
    const found = conduct.pairs.get(current.recipient) ?? before?.pairs.get(previous.recipient);
    const isSend = kind === 'request' || kind === 'message';
    const isNew = isSend && found === undefined;
    const pair = found ?? { firstAtMs: atMs, hasAnswered: false, messages: 0 };
    if (isNew) {
      conduct.pairs.set(current.recipient, pair);
      all.push(pair);
      noteNewContact(conduct, observation);
    }
    if (isSend) noteSend(conduct, pair, atMs);
    if (kind === 'reply' && found) found.hasAnswered = true;
    if (kind === 'delivered' || kind === 'delivery-failed')
      conduct.outcomes = (conduct.outcomes + (kind === 'delivered' ? 'd' : 'f')).slice(-REMEMBERED_OUTCOMES);
    if (kind === 'report') noteComplaint(conduct.reporters, { current, previous, atMs });
    if (kind === 'block') noteComplaint(conduct.blockers, { current, previous, atMs });
    return snapshotOf(conduct, { pair, isNew, all, lastNewAtMs, atMs });
  }

  /** What is older than the week before has no key any more, hence no name: it goes. */
  private week<Value>(weeks: Map<number, Map<string, Value>>, week: number): Map<string, Value> {
    const found = weeks.get(week);
    if (found) return found;
    for (const old of [...weeks.keys()].filter((each) => each < week - 1)) weeks.delete(old);
    return getOr(weeks, week, () => new Map<string, Value>());
  }
}

function getOr<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

const outranks = (standing: Standing, other: Standing | undefined, atMs: number): boolean =>
  !other ||
  other.untilMs <= atMs ||
  standing.level > other.level ||
  (standing.level === other.level && standing.untilMs > other.untilMs);

const continued = (before: Conduct | undefined, atMs: number): Conduct => ({
  firstSeenAtMs: before?.firstSeenAtMs ?? atMs,
  lastSendAtMs: before?.lastSendAtMs,
  sendGapsDs: before?.sendGapsDs ?? [],
  gapClasses: before?.gapClasses ?? [],
  outcomes: before?.outcomes ?? '',
  countries: new Map(before?.countries),
  reporters: new Map(before?.reporters),
  blockers: new Map(before?.blockers),
  standing: before?.standing,
  pardon: before?.pardon,
  pairs: new Map(),
});

function noteNewContact(conduct: Conduct, { gapClass, country, atMs }: Observation): void {
  if (gapClass) conduct.gapClasses = [...conduct.gapClasses, gapClass].slice(-REMEMBERED_GAPS);
  if (country) conduct.countries.set(country, atMs);
}

function noteSend(conduct: Conduct, pair: Pair, atMs: number): void {
  pair.messages += 1;
  if (conduct.lastSendAtMs !== undefined) {
    const gapDs = Math.max(0, Math.floor((atMs - conduct.lastSendAtMs) / 100));
    conduct.sendGapsDs = gapDs >= SERIES_ENDS_DS ? [] : [...conduct.sendGapsDs, gapDs].slice(-REMEMBERED_GAPS);
  }
  conduct.lastSendAtMs = atMs;
}

/** Whoever complained last week as well counts once. */
function noteComplaint(
  complaints: Map<string, number>,
  { current, previous, atMs }: { readonly current: WeekNames; readonly previous: WeekNames; readonly atMs: number },
): void {
  complaints.delete(previous.recipient);
  complaints.delete(current.recipient);
  complaints.set(current.recipient, atMs);
  for (const [oldest] of [...complaints].toSorted((a, b) => a[1] - b[1]).slice(0, -REMEMBERED_COMPLAINTS))
    complaints.delete(oldest);
}

function snapshotOf(
  conduct: Conduct,
  seen: {
    readonly pair: Pair;
    readonly isNew: boolean;
    readonly all: readonly Pair[];
    readonly lastNewAtMs: number | undefined;
    readonly atMs: number;
  },
): Snapshot {
  const { all, atMs } = seen;
  const within = (windowMs: number): number => all.filter(({ firstAtMs }) => firstAtMs > atMs - windowMs).length;
  const [minute, ten, hour, day, week, fortnight] = NEW_CONTACT_WINDOWS_MS;
  const aged = (fromMs: number, toMs: number): AnsweredOf => {
    const found = all.filter(({ firstAtMs }) => firstAtMs <= atMs - fromMs && firstAtMs > atMs - toMs);
    return { contacted: found.length, answered: found.filter(({ hasAnswered }) => hasAnswered).length };
  };
  const [oneMinute, tenMinutes, oneHour, oneDay, threeDays] = ANSWER_AGES_MS;
  const complaintsOf = (of: ReadonlyMap<string, number>): readonly [number, number] => [
    [...of.values()].filter((at) => at > atMs - day).length,
    [...of.values()].filter((at) => at > atMs - WEEK_MS).length,
  ];
  return {
    pair: { isNew: seen.isNew, hasAnswered: seen.pair.hasAnswered, firstAtMs: seen.pair.firstAtMs },
    firstSeenAtMs: conduct.firstSeenAtMs,
    newContacts: [within(minute), within(ten), within(hour), within(day), within(week), within(fortnight)],
    answers: [
      aged(oneMinute, tenMinutes),
      aged(tenMinutes, oneHour),
      aged(oneHour, oneDay),
      aged(oneDay, threeDays),
      aged(threeDays, fortnight),
    ],
    unansweredMessages: all.reduce((sum, { hasAnswered, messages }) => sum + (hasAnswered ? 0 : messages), 0),
    gapClasses: conduct.gapClasses,
    sendGapsDs: conduct.sendGapsDs,
    lastNewAtMs: seen.lastNewAtMs,
    reporters: complaintsOf(conduct.reporters),
    blockers: complaintsOf(conduct.blockers),
    countries: [...conduct.countries]
      .filter(([, at]) => at > atMs - day)
      .map(([country]) => country)
      .toSorted(),
    outcomes: { known: conduct.outcomes.length, failed: conduct.outcomes.split('f').length - 1 },
    standing: conduct.standing && conduct.standing.untilMs > atMs ? conduct.standing : undefined,
    pardon: conduct.pardon && conduct.pardon.untilMs > atMs ? conduct.pardon : undefined,
  };
}
