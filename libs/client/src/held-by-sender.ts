import type { TransitId } from '@causeway/message-model';

/** Items that wait for a decision about who sent them, by sender and in the order in which they came: nothing of a sender overtakes them. */
export class HeldBySender {
  readonly #ids = new Map<string, Set<TransitId>>();

  /** Whether something of this sender came before and is still held; then this item stands behind it. */
  isBehind(sender: string, id: TransitId): boolean {
    const ids = this.#ids.get(sender)?.add(id);
    return ids !== undefined && ids.values().next().value !== id;
  }

  hold(sender: string, id: TransitId): void {
    this.#ids.set(sender, (this.#ids.get(sender) ?? new Set()).add(id));
  }

  letGo(sender: string, id: TransitId): void {
    const ids = this.#ids.get(sender);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(sender);
  }

  /** Those of the same sender that came before, oldest first. */
  before(id: TransitId): readonly TransitId[] {
    for (const ids of this.#ids.values()) if (ids.has(id)) return [...ids].slice(0, [...ids].indexOf(id));
    return [];
  }
}
