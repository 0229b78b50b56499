import type { NativePlan } from '@causeway/api-contract';
import type { ConversationId } from '@causeway/message-model';
import type { OutgoingRecord, Peer, Self } from './records.js';

/** How long a plan serves the messages that waited when it was asked for. */
const FRESH_MS = 5000;
/** Beyond it all are asked for again. */
const MOST = 1000;

interface Asked {
  readonly plan: NativePlan;
  readonly atMs: number;
  /** Place of the newest message that was written before the plan was asked for. */
  readonly upTo: number;
}

/**
 * One plan for all messages of a conversation that were written before it was asked for. A message written later asks for a
 * plan of its own: only so does it learn of lists and keys that changed before it was written. In memory only.
 */
export class RecentPlans {
  readonly #asked = new Map<ConversationId, Asked>();

  constructor(private readonly nowMs: () => number) {}

  /** The plan for a message, if it was asked for after that was written and speaks of the lists that are believed now. */
  of(record: OutgoingRecord, peer: Peer, self: Self): NativePlan | undefined {
    const asked = this.#asked.get(record.conversation);
    if (!asked || record.state !== null || peer.change || peer.conversation !== record.conversation) return undefined;
    const { plan } = asked;
    const ageMs = this.nowMs() - asked.atMs;
    const isCurrent =
      record.order <= asked.upTo &&
      ageMs >= 0 &&
      ageMs < FRESH_MS &&
      plan.peer.account === peer.pin?.account &&
      plan.peer.deviceListVersion === peer.pin.version &&
      plan.self.deviceListVersion === self.list.version;
    return isCurrent ? plan : undefined;
  }

  /** `upTo`: read before the plan was asked for. */
  keep(plan: NativePlan, upTo: number): void {
    if (this.#asked.size >= MOST) this.#asked.clear();
    this.#asked.set(plan.conversation, { plan, atMs: this.nowMs(), upTo });
  }

  drop(conversation: ConversationId): void {
    this.#asked.delete(conversation);
  }
}
