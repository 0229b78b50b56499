import { type AttachmentReference, type ContentCard, type InlineFile, type DeviceId } from '@causeway/message-model';
import type { ListedDevice } from '@causeway/signal-protocol';
import { Actions, type ActionDraft, type AttachOptions, type CardOptions } from './actions.js';
import type { SendOptions } from './compose.js';
import type { DeviceContext } from './device-context.js';
import { recordGrant } from './device-event-handling.js';
import type { ContactRequest, DeviceEventName, Handler } from './device-events.js';
import { joinDevice, offerDevice, openDevice, registerDevice } from './device-life.js';
import type { JoinOptions, OfferOptions, OpenOptions, RegisterOptions, RuntimeOptions } from './device-options.js';
import { DeviceParts } from './device-parts.js';
import { idOf, nativeOf, type MessageInquiry, type MessageReference } from './message-reference.js';
import type { AddressBook } from './address-book.js';
import type { Privacy } from './privacy.js';
import { safetyNumberWith } from './safety-number-with.js';
import { localMessages, type LocalMessage, type MessageFilter } from './local-messages.js';
import { linkDevice } from './linking.js';
import type { SentMessage } from './outgoing.js';
import { ProblemError } from './problem-error.js';
import { RECORDS } from './records.js';
import { Serial } from './serial.js';
import { pinnedDevices } from './trust.js';

/**
 * One device of one person on the native network. All cryptography and every key are here and in its folder; the gateway
 * moves what it cannot read. Messages to one address are submitted in the order of the `send` calls.
 */
export class Device {
  readonly #actions: Actions;
  readonly #calls = new Serial();
  readonly #sending = new Set<Promise<SentMessage>>();

  private constructor(
    private readonly context: DeviceContext,
    private readonly parts: DeviceParts,
  ) {
    this.#actions = new Actions(context);
  }

  /** A new account, with this as its primary device. Safe to repeat after a crash. Throws `ProblemError` (`handle-taken`, `invite-required`). */
  static async register(options: RegisterOptions): Promise<Device> {
    return Device.#started(await registerDevice(options), options);
  }

  /** An existing device, where it was: what waited goes on waiting, what had no final state is submitted again. */
  static async open(options: OpenOptions): Promise<Device> {
    return Device.#started(await openDevice(options), options);
  }

  /** The public half of a new device, as text for the primary device of an account. Repeatable until `join`. */
  static offer(options: OfferOptions): Promise<string> {
    return offerDevice(options);
  }

  /** Becomes a device of the account whose primary device answered the offer with this ticket. Throws `LinkError`. */
  static async join(options: JoinOptions): Promise<Device> {
    return Device.#started(await joinDevice(options), options);
  }

  static async #started(context: DeviceContext, options: RuntimeOptions): Promise<Device> {
    const device = new Device(context, new DeviceParts(context, options.delivery ?? 'socket'));
    await device.parts.start();
    return device;
  }

  get address(): string {
    return this.context.own.current.address;
  }
  get deviceId(): DeviceId {
    return this.context.own.current.deviceId;
  }
  /** What was decided about telephone numbers. */
  get addressBook(): AddressBook {
    return this.parts.addressBook;
  }
  /** Who learns that this person writes or has read. */
  get privacy(): Privacy {
    return this.parts.privacy;
  }

  /** Returns what ends the subscription. Events that nobody heard yet are handed to the first handler. */
  on<Name extends DeviceEventName>(name: Name, handler: Handler<Name>): () => void {
    return this.context.events.on(name, handler);
  }

  /**
   * Sends text to a `mimi://` address or a `tel:` number. Resolves when the gateway has answered, or could not be reached
   * (`unsubmitted`: it is tried again until its deadline). Throws `TrustError`, and `ProblemError` for what will not go.
   */
  async send(to: string, text: string, options: SendOptions = {}): Promise<SentMessage> {
    return this.#send(this.#actions.text(to, text, options));
  }

  /** Sends where an attachment lies and the key to it, sealed; the file itself is uploaded, encrypted, by the caller. */
  async attach(to: string, attachment: AttachmentReference, options: AttachOptions = {}): Promise<SentMessage> {
    return this.#send(this.#actions.attachment(to, attachment, options));
  }

  /** Sends a small file within the message itself, some 60 KiB at most; over a clear network as a file where that carries it. */
  async sendFile(to: string, file: InlineFile, options: AttachOptions = {}): Promise<SentMessage> {
    return this.#send(this.#actions.file(to, file, options));
  }

  /** Sends a card, or several side by side; who is shown no cards gets the same in words. Throws `CausewayError` beyond `CARD_LIMITS`. */
  async sendCard(
    to: string,
    cards: ContentCard | readonly ContentCard[],
    options: CardOptions = {},
  ): Promise<SentMessage> {
    return this.#send(this.#actions.cards(to, [cards].flat(), options));
  }

  /** Signs the permission for a message that waits with a preview, and sends it over the networks shown there. */
  approve(message: MessageReference): Promise<SentMessage> {
    return this.parts.outgoing.permit(idOf(message));
  }

  async reply(message: MessageReference, text: string, options: SendOptions = {}): Promise<SentMessage> {
    return this.#send(this.#actions.reply(idOf(message), text, options));
  }

  async react(message: MessageReference, reaction: string, options: SendOptions = {}): Promise<SentMessage> {
    return this.#send(this.#actions.react(idOf(message), reaction, options));
  }

  async edit(message: MessageReference, text: string, options: SendOptions = {}): Promise<SentMessage> {
    return this.#send(this.#actions.edit(idOf(message), text, options));
  }

  async deleteForEveryone(message: MessageReference, options: SendOptions = {}): Promise<SentMessage> {
    return this.#send(this.#actions.deleteForEveryone(idOf(message), options));
  }

  /**
   * Tells the other end if this person's switches allow it: sealed, or to the clear network that brought the message. Resolves with the
   * report where it is a message.
   */
  async markRead(message: MessageReference): Promise<SentMessage | undefined> {
    const draft = await this.#actions.read(idOf(message));
    const { indications } = this.parts;
    if (!(await indications.mayReport(draft.address))) return undefined;
    if (!draft.address.startsWith('tel:')) return this.#send(draft);
    await indications.readOnNetwork(idOf(message));
    return undefined;
  }

  /** Shows the other end for some seconds that this person writes. True when it was told: the switches decide, and it is not repeated. */
  typing(to: string, isTyping = true): Promise<boolean> {
    return this.parts.indications.typing(to, isTyping);
  }

  /** Where a message is: asks the gateway if it knows of it. */
  async status(message: MessageReference): Promise<MessageInquiry> {
    const sent = await this.parts.outgoing.describe(idOf(message));
    const gatewayId = await this.parts.outgoing.gatewayIdOf(sent.messageId);
    if (gatewayId === undefined) return sent;
    try {
      const gateway = await this.context.api.message(gatewayId);
      return { ...(await this.parts.outgoing.learnState(sent.messageId, gateway.state)), gateway };
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'not-found') return sent;
      throw error;
    }
  }

  /** Takes a message back before any attempt. Throws `ProblemError` `not-cancellable` when it is too late. */
  async cancel(message: MessageReference): Promise<SentMessage> {
    return this.parts.outgoing.cancel(idOf(message));
  }

  /** What this device has, oldest first. */
  messages(filter: MessageFilter = {}): Promise<LocalMessage[]> {
    return localMessages(this.context.store, filter);
  }

  /** Requests that were not answered on this device. */
  async requests(): Promise<ContactRequest[]> {
    return (await this.context.store.list(RECORDS.request)).map(({ record }) => record);
  }

  /** Lets someone write, and be written to. What either side had waiting follows. Accepting twice, on two devices, is the same. */
  async accept({ request }: Pick<ContactRequest, 'request'>): Promise<void> {
    const asked = await this.context.store.get(RECORDS.request, request);
    try {
      const { peer, conversation } = await this.context.api.grant(request);
      await this.context.store.unit(async (unit) => {
        unit.delete(RECORDS.request, request);
        const granted = { address: peer.uri, conversation };
        await recordGrant(unit, this.context, granted, (address) => this.parts.goOn(address));
      });
    } catch (error) {
      const isAnswered = error instanceof ProblemError && error.code === 'not-found' && asked !== undefined;
      if (!isAnswered || !(await this.parts.learnGrant(asked.from))) throw error;
    }
  }

  /** They are not told, now or later. */
  async refuse(request: Pick<ContactRequest, 'request'>): Promise<void> {
    await this.context.api.refuse(request.request);
    await this.context.store.unit(async (unit) => unit.delete(RECORDS.request, request.request));
  }

  /** A grant in advance: this address may write without asking. */
  async allow(address: string): Promise<void> {
    const peer = nativeOf(address);
    await this.context.api.allow(peer);
    await this.parts.learnGrant(peer.uri);
  }

  /** Nothing of theirs arrives any more, and they cannot tell. */
  async block(address: string): Promise<void> {
    await this.context.api.revoke(nativeOf(address));
  }

  /** Who may write first: those this person accepts, or anyone. */
  async setConsentPolicy(policy: 'ask' | 'anyone'): Promise<void> {
    await this.context.api.setConsentPolicy(policy);
  }

  /** 60 digits, equal on both ends, to compare by another way than this one. */
  safetyNumber(address: string): Promise<string> {
    return safetyNumberWith(this.context, this.parts.peers, nativeOf(address).uri);
  }

  /** The safety numbers were compared and are equal. Holds until the account key changes. */
  async verify(address: string): Promise<void> {
    await this.parts.peers.setVerified(nativeOf(address).uri);
  }

  async isVerified(address: string): Promise<boolean> {
    return (await this.parts.peers.get(nativeOf(address).uri)).isVerified;
  }

  /** Accepts the changed account key of an address (or of a conversation with it); what waited for that goes on. */
  async review(addressOrConversation: string): Promise<void> {
    const known = await this.context.store.get(RECORDS.conversation, addressOrConversation);
    const address = known?.address ?? nativeOf(addressOrConversation).uri;
    if (await this.parts.peers.acceptKeyChange(address)) this.parts.goOn(address);
  }

  /** Accepts another edge identity, named as `edge-changed` told it. Throws `TrustError` when that is not what was shown. */
  async confirmEdge(identity: string): Promise<void> {
    await this.parts.edge.confirm(identity);
    await this.parts.goOnEverywhere();
  }

  /** The devices of this account, from its signed list. */
  devices(): readonly ListedDevice[] {
    return pinnedDevices(this.context.own.current.list);
  }

  /** Answers an offer with a ticket. Only on the primary device (`NotPrimaryError`). */
  link(offer: string): Promise<string> {
    return linkDevice(this.context, this.parts.list, offer);
  }

  /** Takes a device off the list: it loses its inbox and nobody encrypts to it any more. Only on the primary device. */
  async removeDevice(deviceId: number): Promise<void> {
    if (deviceId === this.deviceId) throw new Error('the primary device cannot remove itself');
    await this.parts.list.publish((devices) => devices.filter((device) => device.deviceId !== deviceId));
  }

  /** Reads the inbox over HTTP until it is empty. Returns how many items came. */
  poll(): Promise<number> {
    return this.parts.inbox.poll();
  }

  /**
   * Ends what is under way, waiting some seconds for the gateway, and lets go of the folder. What was sent is kept. Does not
   * wait for handlers: a handler may call this.
   */
  close(): Promise<void> {
    return this.parts.close(this.#sending);
  }

  async #send(draft: ActionDraft | Promise<ActionDraft>): Promise<SentMessage> {
    if (this.parts.isClosing) {
      await Promise.allSettled([draft]);
      throw new Error('this device is closed');
    }
    const sending = this.#inTurn(draft).finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
    return sending;
  }

  /** Drafts take their turn in the order of the calls, whatever each has to look up first. */
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
