import type { ActionDraft } from './actions.js';
import type { DeviceParts } from './device-parts.js';
import type { SentMessage } from './outgoing.js';
import { Serial } from './serial.js';

/** Drafts take their turn in the order of the calls, whatever each has to look up first. */
export class SendInTurn {
  readonly sending = new Set<Promise<SentMessage>>();
  readonly #calls = new Serial();

  constructor(private readonly parts: DeviceParts) {}

  async send(draft: ActionDraft | Promise<ActionDraft>): Promise<SentMessage> {
    if (this.parts.isClosing) {
      await Promise.allSettled([draft]);
      throw new Error('this device is closed');
    }
    const sending = this.#inTurn(draft).finally(() => this.sending.delete(sending));
    this.sending.add(sending);
    return sending;
  }

  async #inTurn(draft: ActionDraft | Promise<ActionDraft>): Promise<SentMessage> {
    const [ready] = await Promise.all([
      this.#calls.run(async () => {
        await this.parts.requireYoungKeys();
        return draft;
      }),
      draft, // a draft that fails before its turn has somebody who listens
    ]);
    return this.parts.outgoing.send(ready);
  }
}
