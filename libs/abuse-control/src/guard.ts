import { randomBytes } from 'node:crypto';
import type { Action, Decision, Level, Reason } from './decision.js';
import { PACE_MS, levelOf, stepOf } from './ladder.js';
import type { GuardEvent } from './guard-event.js';
import type { GuardStore, Observation, Snapshot, Standing, Verdict } from './guard-store.js';
import { Pseudonyms, type GuardKeys, type PairNames } from './pseudonyms.js';
import { scoreOf, type Score } from './score.js';
import { decisionSentence } from './sentences.js';
import { eased, isAnsweredFor, lifting } from './ease-standing.js';
import { limitOf } from './limits.js';
import { signalsOf } from './signals.js';
import { StorePatience } from './store-patience.js';
import { TenantLedger } from './tenant-ledger.js';

export interface GuardOptions {
  readonly store: GuardStore;
  readonly keys: GuardKeys;
  /** How long a store that answers is waited for before a limit acts as it declares, milliseconds; less while it fails. */
  readonly patienceMs?: number;
  /** Names a decision; random unless a test wants it otherwise. */
  readonly mintDecisionId?: (atMs: number) => string;
  /** Told of a store that failed, by the name of what was tried. */
  readonly onStoreFailure?: (operation: string, thrown: unknown) => void;
}

const BLIND_RETRY_MS = 10_000;

const PASS: Decision = {
  id: undefined,
  level: 0,
  action: 'deliver',
  score: 0,
  reasons: [],
  sentence: decisionSentence({ level: 0, action: 'deliver', sentences: [], isBlind: false }),
  untilMs: undefined,
  retryAfterMs: undefined,
  isRaised: false,
  isBlind: false,
};

/**
 * Judges conduct on metadata alone. An established conversation passes without asking the store, so nothing that happens to the guard can
 * interrupt it; everything else is one round trip per batch. Replays and live traffic take the same path: time comes with the events.
 */
export class Guard {
  private readonly names: Pseudonyms;
  private readonly tenants: TenantLedger;
  private readonly mint: (atMs: number) => string;
  private readonly patience: StorePatience;

  constructor(private readonly options: GuardOptions) {
    this.names = new Pseudonyms(options.keys);
    this.patience = new StorePatience(options.patienceMs);
    this.tenants = new TenantLedger(
      { tally: (names, add) => this.patience.run(() => options.store.tally(names, add)) },
      this.names,
      (thrown) => this.failed('tally', thrown),
    );
    this.mint = options.mintDecisionId ?? (() => `d_${randomBytes(16).toString('base64url')}`);
  }

  async judge(event: GuardEvent): Promise<Decision> {
    const [decision] = await this.judgeAll([event]);
    return decision ?? PASS;
  }

  /** In the order of the batch: an event sees those before it. Never rejects for a store that is away. */
  async judgeAll(events: readonly GuardEvent[]): Promise<readonly Decision[]> {
    const wanted = events
      .filter((event) => this.asksAbout(event))
      .map((event) => ({ event, names: this.names.pair(event) }));
    const snapshots = wanted.length === 0 ? [] : await this.observe(wanted);
    const seen = new Map(wanted.map(({ event, names }, index) => [event, { names, snapshot: snapshots?.[index] }]));
    const verdicts: Verdict[] = [];
    const decisions: Decision[] = [];
    for (const event of events) {
      const found = seen.get(event);
      if (!found) decisions.push(PASS);
      else if (!found.snapshot) decisions.push(blind(event));
      else {
        await this.tenants.note(event, found.snapshot);
        decisions.push(this.decide(event, { names: found.names, snapshot: found.snapshot, verdicts }));
      }
    }
    if (verdicts.length > 0) await this.settle(verdicts);
    return decisions;
  }

  /** Whether somebody in this country answered this tenant lately, as far as this process knows: it asks the store every half minute. */
  isProvenCountry(tenant: string, country: string): boolean {
    return this.tenants.knowsCountry(tenant, country);
  }

  /** How somebody stands, without recording anything. Rejects when the store is away. */
  async standing(who: Pick<GuardEvent, 'tenant' | 'sender' | 'atMs'>): Promise<Standing | undefined> {
    const names = this.names.pair({ ...who, recipient: '' });
    const [snapshot] = await this.options.store.observe([{ ...names, atMs: who.atMs, kind: 'look' }]);
    return snapshot?.standing;
  }

  /** After a challenge or an appeal: levels up to `reach` count as 1 until then. Rejects when the store is away. */
  async pardon(
    who: Pick<GuardEvent, 'tenant' | 'sender' | 'atMs'>,
    pardon: { readonly reach: Level; readonly untilMs: number },
  ): Promise<void> {
    const { shard, current } = this.names.pair({ ...who, recipient: '' });
    await this.options.store.settle([{ shard, week: current.week, sender: current.sender, atMs: who.atMs, pardon }]);
  }

  /**
   * Whether the store has to be asked about it. Level 4 reaches conversations on networks that cost money; only who is known to be suspended
   * is looked up for that.
   */
  asksAbout(event: GuardEvent): boolean {
    if (!event.isEstablished) return true;
    if (event.kind === 'report' || event.kind === 'block') return true;
    return event.transport === 'clear' && this.tenants.isSuspended(event);
  }

  private async observe(
    wanted: readonly { readonly event: GuardEvent; readonly names: PairNames }[],
  ): Promise<readonly (Snapshot | undefined)[] | undefined> {
    const { store } = this.options;
    try {
      const batch = wanted.map(({ event, names }) => observationOf(event, names));
      const seen = await this.patience.run(() => store.observe(batch));
      const unknown = wanted.filter(({ event }, at) => event.isRetry && seen[at]?.pair.firstAtMs === event.atMs);
      if (unknown.length === 0) return seen;
      // a store that lost what it knew, or has forgotten it: whoever tries again is new to it
      const first = unknown.map(({ event, names }) => observationOf({ ...event, isRetry: false }, names));
      const counted = await this.patience.run(() => store.observe(first));
      const of = new Map(unknown.map((each, at) => [each, counted[at]]));
      return wanted.map((each, at) => of.get(each) ?? seen[at]);
    } catch (thrown) {
      this.failed('observe', thrown);
      return undefined;
    }
  }

  private decide(
    event: GuardEvent,
    seen: { readonly names: PairNames; readonly snapshot: Snapshot; readonly verdicts: Verdict[] },
  ): Decision {
    const { snapshot, names } = seen;
    const signals = signalsOf(snapshot, event, this.tenants.facts(event));
    const score = scoreOf(signals, event.profile);
    const raw = levelOf(score.points);
    const excused = snapshot.pardon && raw <= snapshot.pardon.reach && raw > 1 ? 1 : raw;
    const { standing } = snapshot;
    const isLifted = standing !== undefined && isAnsweredFor(signals, { standing, score: raw });
    const stands = standing && (isLifted || standing.level >= excused) ? standing : undefined;
    const level = isLifted ? excused : (stands?.level ?? excused);
    if (isLifted) seen.verdicts.push({ ...whose(names, event), pardon: lifting(standing, snapshot.pardon, event) });
    if (level === 0) return { ...PASS, score: score.points };
    const raised = stands ? undefined : this.raise(level, event);
    if (raised) {
      seen.verdicts.push({ ...whose(names, event), standing: raised });
      if (level === 4) this.tenants.suspend(event);
    }
    const decided = stands ? eased(stands, level, event) : raised;
    return decisionOf(event, { snapshot, score, standing: decided, isRaised: raised !== undefined });
  }

  private raise(level: Level, { atMs }: GuardEvent): Standing {
    return { level, untilMs: atMs + (stepOf(level)?.standsMs ?? 0), decision: this.mint(atMs) };
  }

  private async settle(verdicts: readonly Verdict[]): Promise<void> {
    try {
      await this.patience.run(() => this.options.store.settle(verdicts));
    } catch (thrown) {
      // the next message raises it again
      this.failed('settle', thrown);
    }
  }

  private failed(operation: string, thrown: unknown): void {
    this.options.onStoreFailure?.(operation, thrown);
  }
}

const whose = ({ shard, current }: PairNames, { atMs }: GuardEvent) => ({
  shard,
  week: current.week,
  sender: current.sender,
  atMs,
});

function observationOf(event: GuardEvent, names: PairNames): Observation {
  const { gapClass, country } = event.features ?? {};
  return {
    ...names,
    atMs: event.atMs,
    kind: event.isRetry || (event.isEstablished && event.kind === 'message') ? 'look' : event.kind,
    ...(gapClass !== undefined && { gapClass }),
    ...(country !== undefined && { country }),
  };
}

function decisionOf(
  event: GuardEvent,
  found: {
    readonly snapshot: Snapshot;
    readonly score: Score;
    readonly standing: Standing | undefined;
    readonly isRaised: boolean;
  },
): Decision {
  const { score, standing, snapshot } = found;
  const level = standing?.level ?? 0;
  const { action, retryAfterMs } = actionOf(event, { level, snapshot, untilMs: standing?.untilMs ?? event.atMs });
  const against: readonly Reason[] = score.reasons.filter(({ points }) => points > 0);
  return {
    id: standing?.decision,
    level,
    action,
    score: score.points,
    reasons: score.reasons,
    sentence: decisionSentence({ level, action, sentences: against.map(({ sentence }) => sentence), isBlind: false }),
    untilMs: standing?.untilMs,
    retryAfterMs,
    isRaised: found.isRaised,
    isBlind: false,
  };
}

const isSend = ({ kind }: GuardEvent): boolean => kind === 'request' || kind === 'message';

/** What a level means for this very message. A conversation in which both wrote goes on at every level, unless it costs money at level 4. */
function actionOf(
  event: GuardEvent,
  at: { readonly level: Level; readonly snapshot: Snapshot; readonly untilMs: number },
): { readonly action: Action; readonly retryAfterMs: number | undefined } {
  const { level, snapshot } = at;
  const deliver = { action: 'deliver', retryAfterMs: undefined } as const;
  if (!isSend(event)) return deliver;
  const isMutual = event.isEstablished || snapshot.pair.hasAnswered;
  if (isMutual && !(level === 4 && event.transport === 'clear')) return deliver;
  const retryAfterMs = Math.max(0, at.untilMs - event.atMs);
  switch (level) {
    case 0:
      return deliver;
    case 1:
      return paced(event, snapshot);
    case 2:
      return { action: 'hold', retryAfterMs };
    case 3:
      return { action: 'block', retryAfterMs };
    case 4:
      return { action: 'suspend', retryAfterMs };
  }
}

/** A new person every 30 seconds; who waited that long since the first try for this one may write. */
function paced(
  event: GuardEvent,
  { pair, lastNewAtMs }: Snapshot,
): { action: Action; retryAfterMs: number | undefined } {
  const freeAtMs = pair.isNew ? (lastNewAtMs ?? -Infinity) + PACE_MS : pair.firstAtMs + PACE_MS;
  return freeAtMs <= event.atMs
    ? { action: 'request', retryAfterMs: undefined }
    : { action: 'wait', retryAfterMs: freeAtMs - event.atMs };
}

/** New people wait while nobody can tell who is writing; everything else goes on. */
function blind(event: GuardEvent): Decision {
  if (limitOf(event)?.whenBlind !== 'closed') return { ...PASS, isBlind: true };
  return {
    ...PASS,
    action: 'wait',
    sentence: decisionSentence({ level: 0, action: 'wait', sentences: [], isBlind: true }),
    retryAfterMs: BLIND_RETRY_MS,
    isBlind: true,
  };
}
