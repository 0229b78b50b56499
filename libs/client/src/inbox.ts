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
/** Word of a message's state may wait for the next, so that both go to the disk and to the gateway at once, milliseconds. */
const GATHER_MS = 100;
/** After a disk that would not write. */
const AGAIN_MS = 1000;

/**
 * One line for everything that arrives, whichever way it came. What came together goes to the disk together, and only then is it acknowledged,
 * together.
 */
export class Inbox {
  readonly #line = new Serial();
  readonly #settling = new Serial();
  readonly #held = new Map<string, InboxItem>();
  /** On this device, but perhaps not on its disk. */
  #taken: { readonly id: string; readonly acknowledge: Acknowledge }[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** What was held may be of a connection that is gone. */
  readonly #byRequest: Acknowledge = (ids) => this.context.api.acknowledge(ids);

  constructor(
    private readonly context: DeviceContext,
    private readonly incoming: Incoming,
    private readonly show: ShowStored,
    private readonly ledger: LedgerMemory,
  ) {}

  /** Takes an item in; acknowledges it once it is on the disk. Throws when it has to come again. */
  take(item: InboxItem, acknowledge: Acknowledge): Promise<void> {
    return this.#line.run(async () => {
      const isTaken = await this.#takeNow(item, acknowledge);
      const before = isTaken ? [] : this.incoming.heldBefore(item.id);
      if (before.length === 0) return;
      // what its sender wrote before may be readable by now, and then so is this
      for (const id of [...before, item.id]) {
        const next = id === item.id ? item : this.#held.get(id);
        const way = id === item.id ? acknowledge : this.#byRequest;
        if (!next || !(await this.#takeNow(next, way))) return;
      }
    });
  }

  /** False: it stays at the gateway for now. */
  async #takeNow(item: InboxItem, acknowledge: Acknowledge): Promise<boolean> {
    if ((await this.incoming.take(item)) !== 'acknowledge') {
      if (this.#held.size < MOST_HELD) this.#held.set(item.id, item);
      return false;
    }
    this.#held.delete(item.id);
    this.#taken.push({ id: item.id, acknowledge });
    this.#settleWithin(isWordOfState(item) ? GATHER_MS : 0);
    return true;
  }

  #settleWithin(delayMs: number): void {
    if (delayMs > 0) {
      this.#timer ??= setTimeout(() => void this.#settle(), delayMs).unref();
      return;
    }
    // what is waiting in the line already goes along
    if (this.#taken.length === 1 || this.#timer) setImmediate(() => void this.#settle());
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Never rejects: what could not be written or acknowledged is told as `problem`, and tried again or sent again. */
  #settle(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#settling.run(async () => {
      const { store, events } = this.context;
      const taken = this.#taken;
      this.#taken = [];
      if (taken.length === 0) return;
      try {
        await store.settle(store.position);
      } catch (error) {
        this.#taken = [...taken, ...this.#taken];
        this.#settleWithin(AGAIN_MS);
        events.emit('problem', { error });
        return;
      }
      void this.show.run();
      for (const acknowledge of new Set(taken.map((each) => each.acknowledge))) {
        const ids = taken.filter((each) => each.acknowledge === acknowledge).map(({ id }) => id);
        try {
          await acknowledge(ids);
        } catch (error) {
          events.emit('problem', { error });
        }
      }
    });
  }

  /** After a grant, a review or a confirmation: what was held may be readable now. */
  async retryHeld(): Promise<void> {
    for (const item of Array.from(this.#held.values())) await this.take(item, this.#byRequest);
  }

  /** Reads the inbox over HTTP until it is empty or only held items are left. Returns how many items were taken. */
  async poll(): Promise<number> {
    let taken = 0;
    for (;;) {
      const { items, hasMore, ledger } = await this.context.api.inbox(PAGE_SIZE);
      await this.ledger.learn(ledger);
      const settled: string[] = [];
      const note: Acknowledge = (ids) => void settled.push(...ids);
      for (const item of items) await this.take(item, note);
      await this.#settle();
      if (settled.length > 0) await this.context.api.acknowledge(settled);
      taken += settled.length;
      if (!hasMore || settled.length === 0) return taken;
    }
  }

  /** Resolves when everything that was taken so far is on the disk and acknowledged, as far as both can be. */
  async idle(): Promise<void> {
    await this.#line.idle();
    await this.#settle();
  }
}

const isWordOfState = (item: InboxItem): boolean => item.kind === 'event' && item.event.type === 'message-state';
