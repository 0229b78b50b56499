import {
  Guard,
  MemoryGuardStore,
  replayKeys,
  type Decision,
  type GuardEvent,
  type Level,
  type TenantProfile,
} from '@causeway/abuse-control';
import { Chance, hashOf } from '../chance.js';
import type { Population } from '../metadata/population.js';
import {
  DAY_MS,
  HOUR_MS,
  type Attempt,
  type Circumstances,
  type Sender,
  type SenderKind,
} from '../senders/sender-kind.js';
import { Agenda } from './agenda.js';
import { honestTraffic, type HonestStep } from './honest-traffic.js';
import { delayMinutes, isDelivered, newRecord, note, type SenderDay, type SenderRecord } from './records.js';

export interface ReplayOptions {
  readonly population: Population;
  /** The profile of the tenant the metadata is of. */
  readonly profile: TenantProfile;
  readonly kinds: readonly SenderKind[];
  readonly seed: number;
  /** Honest traffic is left out: for tenants of whom there is none. */
  readonly isAlone?: boolean;
}

export interface Replayed {
  readonly senders: readonly SenderRecord[];
  readonly days: readonly SenderDay[];
  /** Messages in established conversations, and how many of them were not delivered at once. */
  readonly established: { readonly messages: number; readonly interrupted: number };
  readonly judged: number;
}

interface Acting {
  readonly kind: SenderKind;
  readonly record: SenderRecord;
  readonly sender: Sender;
  readonly attempt: Attempt;
  readonly chance: Chance;
}

type Due = { readonly act: Acting } | { readonly event: GuardEvent; readonly of: SenderRecord };

/** Everything in order of time through the production guard with its store in memory; its only clock is that of the events. */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const run = new Run(options);
  await run.toTheEnd();
  return run.result();
}

class Run {
  private readonly guard = new Guard({
    store: new MemoryGuardStore(),
    keys: replayKeys(new Uint8Array(32)),
    patienceMs: 60_000,
    mintDecisionId: (atMs) => `d_${String(atMs)}`,
  });
  private readonly agenda = new Agenda<Due>();
  private readonly records: SenderRecord[] = [];
  private readonly days = new Map<string, SenderDay>();
  private readonly tried = new Set<string>();
  private readonly answered = new Set<string>();
  private messages = 0;
  private interrupted = 0;
  private judged = 0;

  constructor(private readonly options: ReplayOptions) {
    for (const kind of options.kinds) for (let index = 0; index < kind.count; index += 1) this.enter(kind, index);
  }

  async toTheEnd(): Promise<void> {
    const { population, profile, isAlone } = this.options;
    const edges = isAlone ? [] : population.edges;
    for (const step of honestTraffic(edges, { name: 'tenant', profile })) {
      await this.agendaUntil(step.edge.atMs);
      await this.honest(step);
    }
    await this.agendaUntil(Number.POSITIVE_INFINITY);
  }

  result(): Replayed {
    return {
      senders: this.records,
      days: [...this.days.values()],
      established: { messages: this.messages, interrupted: this.interrupted },
      judged: this.judged,
    };
  }

  private enter(kind: SenderKind, index: number): void {
    const { population, seed } = this.options;
    const chance = new Chance(seed ^ hashOf(`${kind.name} ${String(index)}`));
    const latest = Math.max(population.fromMs, population.toMs - kind.lastsMs);
    const startMs = Math.floor(population.fromMs + chance.share() * (latest - population.fromMs));
    const name = `${kind.name} ${String(index)}`;
    const circumstances: Circumstances = {
      chance,
      name,
      index,
      startMs,
      // every second account was bought: it is a month old and has never written
      accountAgeMs: kind.isHonest || index % 2 === 1 ? 30 * DAY_MS : 0,
      gapMs: (meanMs) => Math.max(1, meanMs * chance.pick(population.unevenness)),
    };
    const record = newRecord(kind.name, name);
    this.records.push(record);
    const sender = kind.send(circumstances);
    const first = sender.next();
    if (!first.done) this.agenda.add(first.value.atMs, { act: { kind, record, sender, attempt: first.value, chance } });
  }

  private async agendaUntil(atMs: number): Promise<void> {
    while (this.agenda.nextAtMs <= atMs) {
      const due = this.agenda.take();
      if (!due) return;
      if ('event' in due.item) {
        if (due.item.event.kind === 'reply') due.item.of.established += 1;
        await this.judge(due.item.event);
      } else await this.act(due.item.act, due.atMs);
      if (!Number.isFinite(this.agenda.nextAtMs)) return;
    }
  }

  private async judge(...events: readonly GuardEvent[]): Promise<Decision> {
    this.judged += events.length;
    const decision = (await this.guard.judgeAll(events)).at(-1);
    if (!decision) throw new Error('the guard gave no decision');
    return decision;
  }

  private async act(acting: Acting, atMs: number): Promise<void> {
    const { attempt, record, sender } = acting;
    const pair = `${record.sender} ${attempt.recipient}`;
    const isNew = !this.tried.has(pair);
    this.tried.add(pair);
    const isEstablished = attempt.isEstablished === true || this.answered.has(pair);
    if (isNew && attempt.isEstablished === true) record.established += 1;
    const event = eventOf(acting, { atMs, isEstablished, kind: 'message' });
    const decision = await this.judge(event);
    note(record, decision, isNew);
    if (isEstablished && !isDelivered(decision)) record.interrupted += 1;
    if (isDelivered(decision)) this.consequences(acting, atMs, pair);
    const next = sender.next(decision);
    if (!next.done) this.agenda.add(Math.max(atMs, next.value.atMs), { act: { ...acting, attempt: next.value } });
  }

  /** What recipients and carriers do about what reached them. */
  private consequences(acting: Acting, atMs: number, pair: string): void {
    const { attempt, chance } = acting;
    const later = (kind: GuardEvent['kind'], afterMs: number): void =>
      this.agenda.add(atMs + afterMs, {
        event: eventOf(acting, { atMs: atMs + afterMs, isEstablished: false, kind }),
        of: acting.record,
      });
    if (attempt.transport === 'clear') later(attempt.isDead ? 'delivery-failed' : 'delivered', 5_000);
    const { answer, complaint } = attempt;
    if (answer && !attempt.isDead && chance.happens(answer.probability)) {
      this.answered.add(pair);
      later('reply', answer.afterMs ?? Math.min(chance.pick(this.options.population.answerDelaysMs), 7 * DAY_MS));
    }
    if (complaint && chance.happens(complaint.probability)) later('report', Math.min(complaint.afterMs, 6 * HOUR_MS));
  }

  private async honest({ edge, events, isEstablished }: HonestStep): Promise<void> {
    const decision = await this.judge(...events);
    const { population } = this.options;
    if (edge.atMs < population.fromMs || !population.isCounted(edge.from)) return;
    if (isEstablished) {
      this.messages += 1;
      if (!isDelivered(decision)) this.interrupted += 1;
    }
    this.countDay(edge.from, Math.floor(edge.atMs / DAY_MS), decision);
  }

  private countDay(person: string, day: number, decision: Decision): void {
    const key = `${person} ${String(day)}`;
    const before = this.days.get(key);
    const isHigher = decision.level > (before?.highest ?? 0);
    const highest: Level = isHigher ? decision.level : (before?.highest ?? 0);
    const signals = isHigher
      ? decision.reasons.map(({ signal, value, points }) => `${signal} ${String(value)} (${String(points)})`)
      : (before?.signals ?? []);
    this.days.set(key, {
      person,
      day,
      messages: (before?.messages ?? 0) + 1,
      highest,
      delayedMinutes: (before?.delayedMinutes ?? 0) + delayMinutes(decision),
      signals,
    });
  }
}

function eventOf(
  { kind, record, attempt }: Acting,
  at: { readonly atMs: number; readonly isEstablished: boolean; readonly kind: GuardEvent['kind'] },
): GuardEvent {
  return {
    tenant: kind.profile === 'registered-bulk' ? 'registered' : 'tenant',
    profile: kind.profile,
    sender: record.sender,
    recipient: attempt.recipient,
    transport: attempt.transport ?? 'native',
    assurance: 'device',
    ...at,
    features: { establishedContacts: record.established, ...attempt.features },
  };
}
