import type { Device, ReceivedMessage } from '@causeway/client';
import { eventually } from './step.js';

/** A device in somebody's hand: it remembers what it showed. */
export class HeldDevice {
  readonly #shown: ReceivedMessage[] = [];

  constructor(
    /** `Ada's phone` */
    readonly name: string,
    readonly device: Device,
  ) {
    device.on('message', (message) => void this.#shown.push(message));
  }

  /** Waits until this device shows these words. */
  reads(text: string): Promise<ReceivedMessage> {
    return eventually(`${this.name} shows ${JSON.stringify(text)}`, () =>
      this.#shown.find((message) => message.text === text),
    );
  }
}
