import type { Device, ReceivedMessage, SendOptions } from '@causeway/client';

/** One stream of messages, in the order in which its sender submitted them. */
export interface Conversation {
  readonly name: string;
  readonly sender: Device;
  /** `mimi://` or `tel:` */
  readonly to: string;
  /** Devices on which each message must appear, once: the recipient's, and the sender's other ones. */
  readonly receivers: readonly Recorder[];
  readonly options: SendOptions;
}

/** Everything one device showed its person, in the order in which it did. */
export class Recorder {
  readonly shown: ReceivedMessage[] = [];

  constructor(
    readonly name: string,
    readonly device: Device,
  ) {
    device.on('message', (message) => void this.shown.push(message));
  }
}

/** The text of a message says what it is, so that what arrives can be held against what was sent. */
export const textOf = (conversation: string, number: number): string => `${conversation} #${number}`;

/** Texts a device was given an acknowledgement for: what nobody may lose from then on. */
export class Acknowledgements {
  readonly texts = new Set<string>();
  /** Sends that nobody answered for at first; the device goes on with them by itself. */
  unanswered = 0;

  /** Submits the messages with these numbers in order, each after the answer to the one before. */
  async submit(conversation: Conversation, numbers: { readonly from: number; readonly to: number }): Promise<void> {
    for (let number = numbers.from; number <= numbers.to; number += 1) {
      const text = textOf(conversation.name, number);
      const { state } = await conversation.sender.send(conversation.to, text, conversation.options);
      if (state.kind === 'unsubmitted') this.unanswered += 1;
      else this.texts.add(text);
    }
  }
}
