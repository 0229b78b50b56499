import {
  contactUri,
  conversationUri,
  discloses,
  mintBoxId,
  mintTransitId,
  NO_CONSENT,
  permitsDelivery,
  reduceConsent,
  messageIdOf,
  encodeContent,
  POLICIES,
  type BoxId,
  type ConsentOperation,
  type ConversationId,
  type Disclosure,
  type TenantId,
} from '@causeway/message-model';
import { canReportRead, type ConsentWord, type InboundEvent, type InboundMessage } from '@causeway/network-adapter';
import { sealToDevice, signClearInbound, type DeviceList } from '@causeway/signal-protocol';
import type { BoxRow, SealedContact } from '@causeway/storage';
import { parseAttemptRef } from './attempt-ref.js';
import { bridgeNumberId } from './bridge-numbers.js';
import { contentOfArrival, fetchFiles, type About, type Arrival, type FetchedFiles } from './inbound-content.js';
import { consentingPerson } from './consenting-person.js';
import type { EdgeContext } from './edge-context.js';
import { numberStanding } from './number-standing.js';
import { openAlias } from './open-alias.js';
import { RECEIVED_HOURS, type RecordOutcome } from './record-outcome.js';
import { stampBox } from '../stamped-box.js';
import type { RecordReceipt } from './record-receipt.js';
import type { FindVerifiedDevices } from './verified-devices.js';

/** That someone writes is no news later; the partition of an inbox is an hour, its rows are not handed out past their time. */
const TYPING_MS = 10_000;

export type InboundResult =
  | 'accepted'
  | 'repeated'
  | 'no-conversation'
  | 'no-devices'
  | 'recorded'
  | 'not-ours'
  | 'consent-changed'
  | 'not-carried'
  /** From one of our own numbers. */
  | 'loop'
  /** Somebody else has the number now. */
  | 'number-recycled'
  | 'withheld'
  /** Nothing new is stored until the purge has caught up; the network has it until then. */
  | 'purge-behind';

/**
 * Takes what a clear network brings. Words are sealed to every device of the account they are for before anything is stored, and the
 * network gets its answer only after the commit. The same event twice is one event.
 */
export class AcceptInbound {
  constructor(
    private readonly edge: EdgeContext,
    private readonly devices: FindVerifiedDevices,
    private readonly receipt: RecordReceipt,
    private readonly outcome: RecordOutcome,
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
        return (await this.edge.retention.brake.isOn()) ? 'purge-behind' : this.message(network, event);
      case 'opt-out':
      case 'opt-in':
        return this.consentWord(network, event);
      case 'typing':
        return (await this.edge.retention.brake.isOn()) ? 'not-carried' : this.message(network, event);
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
      isStopped: reduceConsent(NO_CONSENT, OPERATION_OF[word.kind]).isStopped,
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

  private async message(network: string, arrived: Arrival): Promise<InboundResult> {
    const through = arrived.kind === 'message' ? await openAlias(this.edge, this.tenant, arrived) : undefined;
    if (through === 'no-room') return 'no-conversation';
    const event = through?.event ?? arrived;
    const contact = through?.contact ?? (await this.binding(event));
    if (!contact) return 'no-conversation';
    // of two bridges that write to each other neither would ever stop
    if (this.isOurs(event.from.reveal())) return 'loop';
    // the network and the person behind it are answered as ever
    if (
      !permitsDelivery({ standing: 'none', isStopped: contact.isBlocked }, 'clear') ||
      !(await this.isLetIn(event, contact))
    )
      return 'withheld';
    if (!(await this.isStillTheirs(contact))) return 'number-recycled';
    if (event.kind === 'typing' && !(await this.shows(contact, 'typing'))) return 'not-carried';
    const found = await this.devices.execute(contact.tenant, contact.account);
    if (found.kind === 'refused') return 'no-devices';
    const received = this.received(network, event.externalId);
    // a repetition is told before a carrier is asked for its files again
    if (event.kind === 'message' && event.media.length > 0 && (await this.edge.inbox.wasReceived(received.digest)))
      return 'repeated';
    const fetched = await fetchFiles(this.edge.adapters.get(network), event);
    const about = await this.about(event, contact);
    const waitsMs = event.kind === 'typing' ? TYPING_MS : await this.waitsMs(contact);
    const expiresAtMs = this.edge.clock.nowMs() + waitsMs;
    const boxes = this.seal({ network, event, fetched, about, contact, list: found.list, expiresAtMs });
    await this.edge.partitions.ensure('i', Math.ceil(expiresAtMs / 3_600_000));
    const result = await this.edge.inbox.acceptInbound({ ...received, boxes });
    if (result !== 'accepted') return result;
    this.edge.devices.wake(boxes);
    await this.noteAnswer(contact);
    return result;
  }

  /** How long it waits for a device: as the person and either side of the conversation want it. */
  private async waitsMs({ tenant, account, conversation }: SealedContact): Promise<number> {
    const { book } = this.edge.retention;
    const ofAll = await book.lifetimesOfAll();
    const [lifetimes] = ofAll ? [ofAll] : await book.lifetimes([{ tenant, account, conversation }]);
    return (
      1000 * (lifetimes ?? { undeliveredSeconds: POLICIES['undelivered-envelope'].defaultSeconds }).undeliveredSeconds
    );
  }

  private isOurs(e164: string): boolean {
    return [...this.edge.bridgeNumbers.values()].includes(e164);
  }

  /** Whether the number is the contact's still; what the person behind it has said of it is written down. */
  private async isStillTheirs(contact: SealedContact): Promise<boolean> {
    const standing = numberStanding(contact, this.edge.clock.nowMs());
    if (standing === 'theirs-again') await this.edge.standings.markKnown(contact.tenant, contact.contact);
    if (standing === 'recycled') await this.edge.standings.end(contact.tenant, contact.contact, this.edge.clock.now());
    return standing === 'theirs' || standing === 'theirs-again';
  }

  /** Whether the person wants to know it, and tells it themselves. */
  private async shows(contact: SealedContact, disclosure: Disclosure): Promise<boolean> {
    return discloses(await this.edge.privacy.of(contact, contact.conversation), disclosure, 'clear');
  }

  /**
   * The message of this contact's owner that an arrival names: by the network's id, or by what we put under a suggestion. What names another
   * person's message names none.
   */
  private async about(event: Arrival, contact: SealedContact): Promise<About> {
    const externalId = event.kind === 'reaction' ? event.target : event.kind === 'message' ? event.replyTo : undefined;
    const postback = event.kind === 'message' ? event.suggestion?.postback.reveal() : undefined;
    const ref = postback ?? (externalId === undefined ? undefined : await this.outcome.boundTo(externalId));
    const key = ref === undefined ? undefined : parseAttemptRef(ref);
    const message = key && (await this.edge.attempts.message(key.ref));
    const isTheirs = message?.contact === contact.contact && message.tenant === contact.tenant;
    return { isAbout: externalId !== undefined, messageId: isTheirs ? message.messageId : undefined };
  }

  /** Who was written to first is answering. Anybody else is a stranger whom a carrier alone vouches for, known by a digest of their number. */
  private isLetIn(event: Arrival, contact: SealedContact): Promise<boolean> {
    if (contact.accountHasSent) return Promise.resolve(true);
    const { digest } = this.edge.keys.numberDigest('contact', contact.tenant, event.from.reveal());
    const sender = Buffer.from(digest).toString('base64url');
    const { tenant, account, country } = contact;
    return this.edge.conduct.allowInbound({
      tenant,
      sender,
      recipient: account,
      isEstablished: false,
      features: { country },
    });
  }

  private async noteAnswer({ tenant, account, contact, contactHasSent, country }: SealedContact): Promise<void> {
    if (contactHasSent) return;
    await this.edge.standings.noteSent(tenant, contact);
    await this.edge.conduct.answered({ tenant, sender: account, recipient: contact, country });
  }

  private seal(input: {
    network: string;
    event: Arrival;
    fetched: FetchedFiles;
    about: About;
    contact: SealedContact;
    list: DeviceList;
    expiresAtMs: number;
  }): readonly BoxRow[] {
    const { network, event, contact, list } = input;
    const senderUri = contact.isThroughAlias ? contactUri(contact.contact) : `tel:${event.from.reveal()}`;
    const roomUri = conversationUri(new URL(list.address).host, contact.conversation);
    const adapter = this.edge.adapters.get(network);
    // who may tell the network that it was read has to name it
    const externalId = event.kind === 'message' && adapter && canReportRead(adapter) ? event.externalId : undefined;
    const header = { senderUri, roomUri, externalId };
    const content = encodeContent(contentOfArrival(event, input.fetched, header, input.about));
    const messageId = messageIdOf({ content, senderUri, roomUri });
    const stamp = {
      messageId,
      token: this.edge.reports.mint({
        tenant: contact.tenant,
        messageId,
        sender: contact.contact,
        recipient: contact.account,
        assurance: 'carrier',
      }),
    };
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
          receivedAt: event.kind === 'typing' ? this.edge.clock.nowMs() : event.receivedAtMs,
          content,
        },
      });
      return {
        id: mintTransitId('i', input.expiresAtMs, boxId satisfies BoxId),
        tenant: contact.tenant,
        account: contact.account,
        device: device.deviceId,
        sealKeyId: device.sealKeyId,
        body: stampBox(stamp, sealToDevice({ context, sealPublicKey: device.sealKey, body })),
        isSync: false,
        isWithheld: false,
        expiresAt: new Date(input.expiresAtMs),
      };
    });
  }
}

/** STOP is what a block or a refusal is, START what a grant is. */
const OPERATION_OF = { 'opt-out': 'revoke', 'opt-in': 'grant' } as const satisfies Readonly<
  Record<ConsentWord['kind'], ConsentOperation>
>;

const isConsentWord = (event: InboundEvent): event is ConsentWord =>
  event.kind === 'opt-out' || event.kind === 'opt-in';
