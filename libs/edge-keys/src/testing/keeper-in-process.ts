import { CausewayError } from '@causeway/message-model';
import type { EdgeCustody } from '../edge-custody.js';
import type { KeeperDesk } from '../keeper-desk.js';
import type { KeeperLine, KeeperQuestion } from '../keeper-questions.js';

/** The door of a key folder without a socket: whoever serves it answers its lines, and everything crosses as JSON, as over a real one. */
export class InProcessDoor {
  #desk: KeeperDesk | undefined;
  /** Every question that came, by name. */
  readonly asked: KeeperQuestion[] = [];
  /** Everything that crossed, for a look at what does. */
  readonly crossed: string[] = [];

  readonly serve: Parameters<typeof EdgeCustody.open>[0]['serve'] = async (desk) => {
    this.#desk = desk;
    return { close: async () => this.shut() };
  };

  /** As when the process behind it dies: those that asked and those that will are told that nobody answers. */
  shut(): void {
    this.#desk = undefined;
  }

  line(): KeeperLine {
    return {
      ask: async (question, body) => {
        const desk = this.#desk;
        if (!desk) throw new CausewayError('unavailable');
        this.asked.push(question);
        const answer = await desk.answer(question, this.#cross(body));
        if (this.#desk !== desk) throw new CausewayError('unavailable');
        return this.#cross(answer);
      },
      close: () => undefined,
    };
  }

  #cross(value: unknown): unknown {
    const json = JSON.stringify(value);
    this.crossed.push(json);
    return JSON.parse(json);
  }
}
