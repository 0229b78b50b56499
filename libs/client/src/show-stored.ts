import type { DeviceContext } from './device-context.js';
import { shownMessage } from './history.js';
import { RECORDS } from './records.js';
import { Serial } from './serial.js';

/**
 * Hands out what was stored and not yet handled, in the order it came, one at a time. It stays unhandled until every
 * handler has returned, so a crash shows it again and a handler that fails sees it again after the next start.
 */
export class ShowStored {
  readonly #serial = new Serial();
  readonly #failed = new Set<string>();
  #isClosed = false;

  constructor(private readonly context: DeviceContext) {}

  /** Resolves when what was due before the call has been handed out. */
  run(): Promise<void> {
    return this.#serial.run(() => this.#showAll());
  }

  close(): void {
    this.#isClosed = true;
  }

  async #showAll(): Promise<void> {
    if (this.#isClosed) return;
    const due = await this.context.store.list(RECORDS.unhandled);
    for (const { name, record } of due.toSorted((a, b) => a.record.order - b.record.order)) {
      if (this.#isClosed) return;
      if (this.#failed.has(name) || !this.context.events.hasHandler(record.event)) continue;
      const isHandled = record.event === 'message' ? await this.#message(record.id) : await this.#request(record.id);
      if (!isHandled) this.#failed.add(name);
      else if (!this.#isClosed) await this.context.store.unit(async (unit) => unit.delete(RECORDS.unhandled, name));
    }
  }

  async #message(id: string): Promise<boolean> {
    const record = await this.context.store.get(RECORDS.history, id);
    const message = record && shownMessage(record);
    return message ? this.context.events.deliver('message', message) : true;
  }

  async #request(id: string): Promise<boolean> {
    const request = await this.context.store.get(RECORDS.request, id);
    return request ? this.context.events.deliver('request', request) : true;
  }
}
