import type { NativePlan } from '@causeway/api-contract';
import type { ConversationId } from '@causeway/message-model';
import type { OutgoingRecord, Peer, Self } from './records.js';

/** How long a plan is not asked for again. */
const FRESH_MS = 60_000;
/** Beyond it all are asked for again. */
const MOST = 1000;

/**
 * Plans of native conversations that were followed lately, in memory only. The gateway checks consent, device lists and
 * the digest of the plan at every accept and refuses what no longer holds; then the plan is dropped, and a new one asked for.
 */
export class RecentPlans {
  readonly #plans = new Map<ConversationId, { readonly plan: NativePlan; readonly atMs: number }>();

  constructor(private readonly nowMs: () => number) {}

  /** The plan for a message, if it speaks of the conversation and the device lists that are believed now. */
  of(record: OutgoingRecord, peer: Peer, self: Self): NativePlan | undefined {
    const kept = this.#plans.get(record.conversation);
    if (!kept || record.state !== null || peer.change || peer.conversation !== record.conversation) return undefined;
    const { plan, atMs } = kept;
    const ageMs = this.nowMs() - atMs;
    const isCurrent =
      ageMs >= 0 &&
      ageMs < FRESH_MS &&
      plan.peer.account === peer.pin?.account &&
      plan.peer.deviceListVersion === peer.pin.version &&
      plan.self.deviceListVersion === self.list.version;
    return isCurrent ? plan : undefined;
  }

  keep(plan: NativePlan): void {
    // followed again is not asked for again
    if (this.#plans.get(plan.conversation)?.plan === plan) return;
    if (this.#plans.size >= MOST) this.#plans.clear();
    this.#plans.set(plan.conversation, { plan, atMs: this.nowMs() });
  }

  drop(conversation: ConversationId): void {
    this.#plans.delete(conversation);
  }
}
