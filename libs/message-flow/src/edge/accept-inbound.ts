import {
  conversationUri,
  mintBoxId,
  mintTransitId,
  messageIdOf,
  encodeContent,
  type BoxId,
  type ConversationId,
  type TenantId,
} from '@causeway/message-model';
import type { ConsentWord, InboundEvent, InboundMessage } from '@causeway/network-adapter';
import { sealToDevice, signClearInbound, type DeviceList } from '@causeway/signal-protocol';
import type { BoxRow, SealedContact } from '@causeway/storage';
import { bridgeNumberId } from './bridge-numbers.js';
import { contentOfArrival, fetchFiles, type Arrival, type FetchedFiles } from './inbound-content.js';
import { consentingPerson } from './consenting-person.js';
import type { EdgeContext } from './edge-context.js';
import { RECEIVED_HOURS } from './record-outcome.js';
import type { RecordReceipt } from './record-receipt.js';
import type { FindVerifiedDevices } from './verified-devices.js';

/** How long an inbound message waits for a device, hours. SAFETY 3, proposed default: 7 days. */
const INBOUND_HOURS = 7 * 24;

export type InboundResult =
  | 'accepted'
  | 'repeated'
  | 'no-conversation'
  | 'no-devices'
  | 'recorded'
  | 'not-ours'
  | 'consent-changed'
  | 'not-carried';

/**
 * Takes what a clear network brings. Words are sealed to every device of the account they are for before anything is stored, and the
 * network gets its answer only after the commit. The same event twice is one event.
 */
export class AcceptInbound {
  constructor(
    private readonly edge: EdgeContext,
    private readonly devices: FindVerifiedDevices,
    private readonly receipt: RecordReceipt,
    private readonly tenant: TenantId,
  ) {}

  /**
   * The events of one webhook or list, one after the other. A message that is a consent word is no message: what a person says to our number
   * about being written to is never shown to the one they say it about (P8). One that says HELP is a message all the same: whoever is in
   * need writes that to a friend.
   */
  async execute(network: string, events: readonly InboundEvent[]): Promise<readonly InboundResult[]> {
    const consentWords = new Set(events.filter(isConsentWord).map(({ externalId }) => externalId));
    const results: InboundResult[] = [];
    for (const event of events) {
      if (event.kind === 'message' && consentWords.has(event.externalId)) continue;
      const result = await this.handle(network, event);
      this.edge.events.inboundHandled({ network, kind: event.kind, outcome: result });
      results.push(result);
    }
    return results;
  }

  private async handle(network: string, event: InboundEvent): Promise<InboundResult> {
    switch (event.kind) {
      case 'receipt':
        return this.receipt.execute(network, event);
      case 'message':
      case 'reaction':
        return this.message(network, event);
      case 'opt-out':
      case 'opt-in':
        return this.consentWord(network, event);
      case 'typing':
      case 'help':
      case 'capability-change':
        return 'not-carried';
    }
  }

  /** Heard whether or not anyone has this number as a contact: who said STOP before the first message is not written to either. */
  private async consentWord(network: string, word: ConsentWord): Promise<InboundResult> {
    const result = await this.edge.contacts.hearConsentWord({
      ...this.received(network, word.externalId),
      person: consentingPerson(this.edge, this.tenant, { e164: word.from.reveal(), bridgeNumber: word.to }),
      word: word.kind,
      scope: word.scope,
      isByWord: word.isWord ?? true,
    });
    return result === 'changed' ? 'consent-changed' : 'repeated';
  }

  /** By what a repetition is recognised: signatures carry no time, so a recorded webhook stays good (PROTOCOL 7). */
  private received(network: string, externalId: string) {
    const { digest } = this.edge.digests.of(['received', network, externalId], new Date(0));
    return { digest, digestPurgeHour: Math.ceil(this.edge.clock.nowMs() / 3_600_000) + RECEIVED_HOURS };
  }

  /** Replies find their conversation by (bridge number, sender): looked up under every version of the key. */
  private async binding(event: Pick<InboundMessage, 'from' | 'to'>): Promise<SealedContact | undefined> {
    for (const { digest } of this.edge.keys.numberDigests('binding', this.tenant, event.from.reveal())) {
      const contact = await this.edge.contacts.byBinding(this.tenant, bridgeNumberId(event.to), digest);
      if (contact) return contact;
    }
    return undefined;
  }

  private async message(network: string, event: Arrival): Promise<InboundResult> {
    const contact = await this.binding(event);
    if (!contact) return 'no-conversation';
    const found = await this.devices.execute(contact.tenant, contact.account);
    if (found.kind === 'refused') return 'no-devices';
    const received = this.received(network, event.externalId);
    // a repetition is told before a carrier is asked for its files again
    if (event.kind === 'message' && event.media.length > 0 && (await this.edge.inbox.wasReceived(received.digest)))
      return 'repeated';
    const fetched = await fetchFiles(this.edge.adapters.get(network), event);
    const expiresAtMs = this.edge.clock.nowMs() + INBOUND_HOURS * 3_600_000;
    const boxes = this.seal({ network, event, fetched, contact, list: found.list, expiresAtMs });
    await this.edge.partitions.ensure('i', Math.ceil(expiresAtMs / 3_600_000));
    const result = await this.edge.inbox.acceptInbound({ ...received, boxes });
    if (result === 'accepted') this.edge.devices.wake(boxes);
    return result;
  }

  private seal(input: {
    network: string;
    event: Arrival;
    fetched: FetchedFiles;
    contact: SealedContact;
    list: DeviceList;
    expiresAtMs: number;
  }): readonly BoxRow[] {
    const { network, event, contact, list } = input;
    const senderUri = `tel:${event.from.reveal()}`;
    const roomUri = conversationUri(new URL(list.address).host, contact.conversation);
    const content = encodeContent(contentOfArrival(event, input.fetched, { senderUri, roomUri }));
    const messageId = messageIdOf({ content, senderUri, roomUri });
    return list.devices.map((device) => {
      const boxId = mintBoxId();
      const context = {
        tenant: contact.tenant,
        account: contact.account,
        device: device.deviceId,
        sealKeyId: device.sealKeyId,
        boxId,
      };
      const body = signClearInbound({
        context,
        edge: this.edge.keys,
        body: {
          leg: 'clear',
          messageId,
          network,
          contactId: contact.contact,
          conversationId: contact.conversation satisfies ConversationId,
          bridgeNumber: event.to,
          senderUri,
          receivedAt: event.receivedAtMs,
          content,
        },
      });
      return {
        id: mintTransitId('i', input.expiresAtMs, boxId satisfies BoxId),
        tenant: contact.tenant,
        account: contact.account,
        device: device.deviceId,
        sealKeyId: device.sealKeyId,
        body: sealToDevice({ context, sealPublicKey: device.sealKey, body }),
        isSync: false,
        expiresAt: new Date(input.expiresAtMs),
      };
    });
  }
}

const isConsentWord = (event: InboundEvent): event is ConsentWord =>
  event.kind === 'opt-out' || event.kind === 'opt-in';
