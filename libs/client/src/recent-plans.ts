import type { ClearPlan, NativePlan } from '@causeway/api-contract';
import type { ContactRecord, OutgoingRecord, Peer, Self } from './records.js';

/** How long a plan serves. */
const FRESH_MS = 5000;
/** Beyond it all are asked for again. */
const MOST = 1000;

interface Asked {
  readonly plan: NativePlan | ClearPlan;
  readonly atMs: number;
}

/**
 * One plan for what is written to an address within a few seconds. Nothing depends on its being the newest: gateway and edge refuse what was
 * sealed for a consent, a way or devices that are not those of now, and whatever is refused asks anew. In memory only.
 */
export class RecentPlans {
  readonly #asked = new Map<string, Asked>();

  constructor(private readonly nowMs: () => number) {}

  /** The plan for a message that asks for the first time, if it is young and speaks of the lists that are believed now. */
  native(record: OutgoingRecord, peer: Peer, self: Self): NativePlan | undefined {
    const plan = this.#young(record);
    if (plan?.leg !== 'native' || peer.change || peer.conversation !== record.conversation) return undefined;
    const isCurrent =
      plan.conversation === record.conversation &&
      plan.peer.account === peer.pin?.account &&
      plan.peer.deviceListVersion === peer.pin.version &&
      plan.self.deviceListVersion === self.list.version;
    return isCurrent ? plan : undefined;
  }

  /** The same, of a contact on other networks. */
  clear(record: OutgoingRecord, { contact, conversation }: ContactRecord): ClearPlan | undefined {
    const plan = this.#young(record);
    return plan?.leg === 'clear' && plan.contact === contact && plan.conversation === conversation ? plan : undefined;
  }

  keep(address: string, plan: NativePlan | ClearPlan): void {
    if (this.#asked.size >= MOST) this.#asked.clear();
    this.#asked.set(address, { plan, atMs: this.nowMs() });
  }

  drop(address: string): void {
    this.#asked.delete(address);
  }

  /** What they were made by has changed. */
  dropAll(): void {
    this.#asked.clear();
  }

  #young({ address, state }: OutgoingRecord): Asked['plan'] | undefined {
    const asked = this.#asked.get(address);
    if (!asked || state !== null) return undefined;
    const ageMs = this.nowMs() - asked.atMs;
    return ageMs >= 0 && ageMs < FRESH_MS ? asked.plan : undefined;
  }
}
