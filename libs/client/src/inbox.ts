import type { InboxItem } from '@causeway/api-contract';
import type { DeviceContext } from './device-context.js';
import type { Incoming } from './incoming.js';
import type { LedgerMemory } from './seen-ledger.js';
import { Serial } from './serial.js';
import type { ShowStored } from './show-stored.js';

type Acknowledge = (ids: readonly string[]) => void | Promise<void>;

const PAGE_SIZE = 100;
/** More than this waiting for a person's decision stays at the gateway until the next connection. */
const MOST_HELD = 1000;

/** One line for everything that arrives, whichever way it came. */
export class Inbox {
  readonly #line = new Serial();
  readonly #held = new Map<string, InboxItem>();

  constructor(
    private readonly context: DeviceContext,
    private readonly incoming: Incoming,
    private readonly show: ShowStored,
    private readonly ledger: LedgerMemory,
  ) {}

  /** Takes an item in, then acknowledges it. Throws when it has to come again. */
  take(item: InboxItem, acknowledge: Acknowledge): Promise<void> {
    return this.#line.run(async () => {
      const outcome = await this.incoming.take(item);
      if (outcome === 'hold') {
        if (this.#held.size < MOST_HELD) this.#held.set(item.id, item);
        return;
      }
      this.#held.delete(item.id);
      await acknowledge([item.id]);
      void this.show.run();
    });
  }

  /** After a grant, a review or a confirmation: what was held may be readable now. */
  async retryHeld(): Promise<void> {
    const held = Array.from(this.#held.values());
    for (const item of held) await this.take(item, (ids) => this.context.api.acknowledge(ids));
  }

  /** Reads the inbox over HTTP until it is empty or only held items are left. Returns how many items were taken. */
  async poll(): Promise<number> {
    let taken = 0;
    for (;;) {
      const { items, hasMore, ledger } = await this.context.api.inbox(PAGE_SIZE);
      await this.ledger.learn(ledger);
      const acknowledged: string[] = [];
      for (const item of items) await this.take(item, (ids) => void acknowledged.push(...ids));
      if (acknowledged.length > 0) await this.context.api.acknowledge(acknowledged);
      taken += acknowledged.length;
      if (!hasMore || acknowledged.length === 0) return taken;
    }
  }

  idle(): Promise<unknown> {
    return this.#line.idle();
  }
}
