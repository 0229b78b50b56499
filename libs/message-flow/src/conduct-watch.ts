import {
  clustersIn,
  type Decision,
  type Guard,
  type GuardEvent,
  type GuardFeatures,
  type TenantProfile,
} from '@causeway/abuse-control';
import {
  parseAccountId,
  parseTenantId,
  parseTransitId,
  purgeHourOf,
  type AccountId,
  type MessageId,
  type TenantId,
} from '@causeway/message-model';
import { beyondLimit, type Clock } from '@causeway/platform';
import type { Events } from '@causeway/platform/server';
import type { ConductListener, ProvenReport } from '@causeway/people';
import type { AbuseDecisionStore, PartitionStore, SenderFactsStore } from '@causeway/storage';
import type { OffersFor } from './challenges/challenge.js';
import { GroupCommit } from './group-commit.js';
import { JudgedBefore } from './judged-before.js';

/** One side of what happened, named as the guard names it: an account by its id, whom it writes to by their address or contact id. */
export interface Pair {
  readonly tenant: TenantId;
  readonly sender: string;
  readonly recipient: string;
}

/** A message on its way, without a word of it. */
export interface Send extends Pair {
  readonly kind: 'request' | 'message';
  readonly isEstablished: boolean;
  readonly transport: 'native' | 'clear';
  readonly messageId: MessageId;
  /** When the account was registered. */
  readonly since: Date;
  readonly features?: GuardFeatures;
}

/** Under load one question to the guard is for what arrives in this time. */
const GATHER_MS = 5;
/** Nobody waits for what became of a message to be known: one question a second is for all of them. */
const OUTCOMES_GATHER_MS = 1000;
const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

export interface ConductWatchOptions {
  readonly guard: Guard;
  /** Weekly keys, to be turned before they are asked for. */
  readonly keys: { turn(nowMs: number): Promise<void> };
  readonly decisions: AbuseDecisionStore;
  readonly partitions: PartitionStore;
  readonly senderFacts: SenderFactsStore;
  readonly profile: TenantProfile;
  readonly clock: Clock;
  readonly events: Events;
}

/**
 * Tells the guard what happens, and lets or does not let a message on. Established conversations are not asked about, everything else is,
 * in one round trip for all that arrive together.
 */
export class ConductWatch implements ConductListener {
  private readonly judgements: GroupCommit<GuardEvent, Decision>;
  private readonly outcomes: GroupCommit<GuardEvent, Decision>;
  private readonly before = new JudgedBefore();

  constructor(private readonly options: ConductWatchOptions) {
    this.judgements = new GroupCommit((events) => this.judgeAll(events), {
      maxItems: 200,
      maxUnderWay: 4,
      gatherMs: GATHER_MS,
      ownerOf: ({ tenant }) => tenant,
    });
    this.outcomes = new GroupCommit((events) => this.judgeAll(events), {
      maxItems: 500,
      maxUnderWay: 1,
      gatherMs: OUTCOMES_GATHER_MS,
      busyItems: 1,
    });
  }

  /**
   * Throws `abnormal-usage-detected` for what may not go now, with how long, why, the name of the decision, and what `offersFor` offers
   * where it is held. A message that is tried again is judged again, and counts once.
   */
  async allow(send: Send, offersFor: OffersFor): Promise<void> {
    const { since, messageId, ...event } = send;
    const nowMs = this.options.clock.nowMs();
    const accountAgeMs = Math.max(0, nowMs - since.getTime());
    const features = { ...event.features, accountAgeMs };
    const isRetry = !event.isEstablished && this.before.knows(send, nowMs);
    const decision = await this.judge({ ...event, features, isRetry, assurance: 'device' });
    if (!isRetry && !decision.isBlind && !event.isEstablished) this.before.note({ ...event, messageId }, nowMs);
    if (decision.isRaised) await this.record(send, decision);
    if (decision.action === 'deliver' || decision.action === 'request') return;
    this.options.events.sendLimited({ action: decision.action, isBlind: decision.isBlind });
    throw beyondLimit(rateLimitOf(decision), {
      pointer: '/to',
      detail: decision.sentence,
      extensions: extensionsOf(send, decision, offersFor),
    });
  }

  /** What comes in from a carrier, about which only the carrier's word is known. False: it is to be withheld. */
  async allowInbound(send: Omit<Send, 'transport' | 'kind' | 'since' | 'messageId'>): Promise<boolean> {
    const decision = await this.judge({ ...send, kind: 'message', transport: 'clear', assurance: 'carrier' });
    // a carrier delivers when it delivers: what would only have to wait comes through
    const isWithheld = decision.action === 'block' || decision.action === 'suspend' || decision.action === 'hold';
    if (isWithheld) this.options.events.sendLimited({ action: decision.action, isBlind: decision.isBlind });
    return !isWithheld;
  }

  /** `recipient` answered: they wrote back, or granted a request. From which country, where it is known: one that answers is no place of pumping. */
  answered({ country, ...pair }: Pair & { readonly country?: string }): Promise<void> {
    return this.hear('reply', pair, country === undefined ? {} : { features: { country } });
  }

  blocked(pair: Pair): Promise<void> {
    return this.hear('block', pair);
  }

  /** What became of a message on a network of telephones. Nobody waits for it; what is lost with this process is lost. */
  outcome(pair: Pair, kind: 'delivered' | 'delivery-failed'): void {
    const { profile, clock, events } = this.options;
    const told = { ...pair, kind, profile, atMs: clock.nowMs(), ...OF_A_TELEPHONE };
    this.outcomes
      .add(told)
      .then((decision) => (decision.isRaised ? this.record(pair, decision) : undefined))
      .catch((thrown: unknown) => events.bugCaught({ component: 'conduct-watch', thrown }));
  }

  /** A block in the same call was told by itself. A reporter who had reported this sender before counts no second time. */
  async reported({ reporter, sender, weight }: ProvenReport): Promise<void> {
    if (weight > 0) await this.hear('report', { tenant: reporter.tenant, sender, recipient: reporter.address });
  }

  /** What is only told changes nothing for whoever tells it: a guard that is away is no reason to refuse them. */
  private async hear(
    kind: 'reply' | 'block' | 'report',
    { tenant, sender, recipient }: Pair,
    known: Pick<GuardEvent, 'features'> = {},
  ): Promise<void> {
    const told = {
      ...known,
      tenant,
      sender,
      recipient,
      kind,
      isEstablished: false,
      transport: 'native',
      assurance: 'device',
    } as const;
    try {
      const decision = await this.judge(told);
      if (decision.isRaised) await this.record(told, decision);
    } catch (thrown) {
      this.options.events.bugCaught({ component: 'conduct-watch', thrown });
    }
  }

  private async judge(event: Omit<GuardEvent, 'profile' | 'atMs'>): Promise<Decision> {
    const { profile, clock, guard, keys } = this.options;
    const judged = { ...event, profile, atMs: clock.nowMs() };
    // before the first question: whether somebody is suspended is asked under this week's key too
    await keys.turn(judged.atMs);
    // what needs no store waits for no batch
    return guard.asksAbout(judged) ? this.judgements.add(judged) : guard.judge(judged);
  }

  private async judgeAll(events: readonly GuardEvent[]): Promise<readonly Decision[]> {
    const known = await this.withFacts(events);
    await this.options.keys.turn(this.options.clock.nowMs());
    return this.options.guard.judgeAll(known);
  }

  /** What is known of whoever an event is about: nothing of a telephone. One question for the batch. */
  private async withFacts(events: readonly GuardEvent[]): Promise<readonly GuardEvent[]> {
    const accounts = new Map<string, { readonly tenant: TenantId; readonly account: AccountId }>();
    for (const { tenant, sender } of events) {
      const [ofTenant, account] = [parseTenantId(tenant), parseAccountId(sender)];
      if (ofTenant && account) accounts.set(`${tenant} ${sender}`, { tenant: ofTenant, account });
    }
    if (accounts.size === 0) return events;
    const hour = Math.floor(this.options.clock.nowMs() / HOUR_MS);
    const facts = await this.options.senderFacts.read([...accounts.values()], hour);
    const of = new Map([...accounts.keys()].map((name, index) => [name, facts[index]]));
    return events.map((event) => {
      const found = of.get(`${event.tenant} ${event.sender}`);
      if (!found) return event;
      const { establishedContacts, network } = found;
      const shared = network ? { clusters: clustersIn(network) } : {};
      return { ...event, features: { ...event.features, establishedContacts, ...shared } };
    });
  }

  /** A decision stands whether or not it could be written down for reading. */
  private async record({ tenant, sender }: Pick<Pair, 'tenant' | 'sender'>, decision: Decision): Promise<void> {
    const id = parseTransitId(decision.id ?? '');
    const account = parseAccountId(sender);
    // of a telephone there is nobody here who could read it
    if (!id || !account || decision.untilMs === undefined) return;
    const { events, partitions, decisions, clock } = this.options;
    events.senderLimited({ level: decision.level });
    try {
      await partitions.ensure('d', purgeHourOf(id));
      await decisions.add(
        { tenant, account },
        {
          id,
          level: decision.level,
          score: decision.score,
          reasons: decision.reasons,
          decidedAt: clock.now(),
          untilAt: new Date(decision.untilMs),
        },
      );
    } catch (thrown) {
      events.bugCaught({ component: 'abuse-decision', thrown });
    }
  }
}

function extensionsOf({ tenant, sender }: Send, { id, action }: Decision, offersFor: OffersFor) {
  const decision = parseTransitId(id ?? '');
  const account = parseAccountId(sender);
  if (!decision) return {};
  if (action !== 'hold' || !account) return { decision };
  return { decision, challenges: offersFor({ tenant, account, decision }) };
}

const OF_A_TELEPHONE = { isEstablished: false, transport: 'clear', assurance: 'carrier' } as const;

/** One new person per pause at level 1; none until it ends above. */
function rateLimitOf({ level, retryAfterMs }: Decision) {
  const resetSeconds = Math.max(1, Math.ceil((retryAfterMs ?? 0) / SECOND_MS));
  return {
    policy: 'new-people',
    quota: level <= 1 ? 1 : 0,
    windowSeconds: level <= 1 ? 30 : resetSeconds,
    resetSeconds,
  };
}
