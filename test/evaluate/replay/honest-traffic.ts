import type { GuardEvent, TenantProfile } from '@causeway/abuse-control';
import { pairName, type Edge } from '../metadata/edges.js';

/** A message of an honest person, and the word that it answers one. */
export interface HonestStep {
  readonly edge: Edge;
  readonly events: readonly GuardEvent[];
  readonly isEstablished: boolean;
}

/** Turns edges into what the gateway would tell the guard: who answers whom, and which conversations are established. */
export function* honestTraffic(
  edges: readonly Edge[],
  tenant: { readonly name: string; readonly profile: TenantProfile },
): Generator<HonestStep> {
  const sent = new Set<string>();
  const joinedMs = new Map<string, number>();
  const established = new Map<string, number>();
  for (const edge of edges) {
    const { from, to, atMs } = edge;
    const [there, back] = [pairName(from, to), pairName(to, from)];
    const wasWrittenTo = sent.has(back);
    const isAnswer = wasWrittenTo && !sent.has(there);
    sent.add(there);
    if (isAnswer) for (const side of [from, to]) established.set(side, (established.get(side) ?? 0) + 1);
    const joined = joinedMs.get(from) ?? atMs;
    joinedMs.set(from, joined);
    const common = {
      tenant: tenant.name,
      profile: tenant.profile,
      atMs,
      transport: 'native',
      assurance: 'device',
    } as const;
    const message: GuardEvent = {
      ...common,
      sender: from,
      recipient: to,
      kind: 'message',
      isEstablished: wasWrittenTo,
      features: { accountAgeMs: atMs - joined, establishedContacts: established.get(from) ?? 0 },
    };
    const answer: GuardEvent = {
      ...common,
      sender: to,
      recipient: from,
      kind: 'reply',
      isEstablished: false,
      features: { establishedContacts: established.get(to) ?? 0 },
    };
    yield { edge, events: isAnswer ? [answer, message] : [message], isEstablished: wasWrittenTo };
  }
}
