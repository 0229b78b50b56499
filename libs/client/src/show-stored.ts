import type { DeviceContext } from './device-context.js';
import { shownMessage } from './history.js';
import { RECORDS } from './records.js';
import { Serial } from './serial.js';

/**
 * Hands out what was stored and not yet handled, in the order it came, one at a time. It stays unhandled until every
 * handler has returned, so a crash shows it again and a handler that fails sees it again after the next start. Closing
 * does not wait for handlers, since a handler may be what closes the device: hence every look at the store is a unit,
 * begun before the close or not at all.
 */
export class ShowStored {
  readonly #serial = new Serial();
  readonly #failed = new Set<string>();
  #next: Promise<void> | undefined;
  #isClosed = false;

  constructor(private readonly context: DeviceContext) {}

  /** Never rejects: a failure is told as `problem`. A call while another is waiting for its turn joins that one. */
  run(): Promise<void> {
    this.#next ??= this.#serial.run(async () => {
      this.#next = undefined;
      await this.#showAll().catch((error: unknown) => this.context.events.emit('problem', { error }));
    });
    return this.#next;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #showAll(): Promise<void> {
    if (this.#isClosed) return;
    const due = await this.context.store.unit((unit) => unit.list(RECORDS.unhandled));
    for (const { name, record } of due.toSorted((a, b) => a.record.order - b.record.order)) {
      if (this.#isClosed) return;
      if (this.#failed.has(name) || !this.context.events.hasHandler(record.event)) continue;
      const isHandled = record.event === 'message' ? await this.#message(record.id) : await this.#request(record.id);
      if (!isHandled) this.#failed.add(name);
      else if (!this.#isClosed)
        await this.context.store.unsettledUnit(async (unit) => unit.delete(RECORDS.unhandled, name));
    }
    // at once: after a crash before it everything of this round is shown again
    if (!this.#isClosed) await this.context.store.settle(this.context.store.position);
  }

  async #message(id: string): Promise<boolean> {
    const record = await this.context.store.unit((unit) => unit.get(RECORDS.history, id));
    const message = record && shownMessage(record);
    return message ? this.context.events.deliver('message', message) : true;
  }

  async #request(id: string): Promise<boolean> {
    const request = await this.context.store.unit((unit) => unit.get(RECORDS.request, id));
    return request ? this.context.events.deliver('request', request) : true;
  }
}
