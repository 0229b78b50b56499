import { Plaintext } from '@causeway/platform';
import type { ConsentWord, InboundEvent, InboundMessage } from '@causeway/network-adapter';
import type { ContactId } from '@causeway/message-model';
import { BRIDGE, type ClearBridge } from './clear-bridge.js';
import { must, TENANT, type Person } from './in-process.js';

let phones = 0;
let texts = 0;

/** Texts that come from telephones, as the adapter reads them, and what of them waits for a person. */
export class Incoming {
  constructor(private readonly edge: ClearBridge) {}

  /** Somebody with a contact, of a telephone that nobody else has. */
  async writingTo() {
    phones += 1;
    const person = await this.edge.bridge.person('ada');
    const e164 = `+1415555${String(2_000 + phones)}`;
    return { person, e164, to: await this.edge.contact(person, e164) };
  }

  textFrom(e164: string, text: string): InboundMessage {
    texts += 1;
    const externalId = `SM${String(texts).padStart(32, '0')}`;
    const receivedAtMs = this.edge.bridge.clock.nowMs();
    return {
      kind: 'message',
      externalId,
      from: new Plaintext(e164),
      to: BRIDGE,
      text: new Plaintext(text),
      media: [],
      receivedAtMs,
    };
  }

  /** A consent word as the adapter reads it: the message, and what it says. */
  wordFrom(e164: string, text: string, word: Pick<ConsentWord, 'kind' | 'scope'>): readonly InboundEvent[] {
    const message = this.textFrom(e164, text);
    const { externalId, from, to } = message;
    return [message, { externalId, from, to, ...word }];
  }

  async boxesOf(person: Person) {
    return (await this.edge.bridge.inbox(person)).filter(({ kind }) => kind === 'box');
  }

  async isOptedOut({ contact }: { readonly contact: ContactId }): Promise<boolean> {
    return must(await this.edge.context.contacts.sealed(TENANT, contact)).isOptedOut;
  }
}
