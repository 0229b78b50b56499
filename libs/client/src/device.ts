import type { AccountErased, AccountExport } from '@causeway/api-contract';
import { eraseAccount, exportAccount } from './account-data.js';
import type { AttachmentReference, ConsentPolicy, ContentCard, DeviceId, InlineFile } from '@causeway/message-model';
import type { ListedDevice } from '@causeway/signal-protocol';
import { acceptRequest, decideAbout, safetyNumberWith, withdrawRequest } from './acquaintance.js';
import { Actions, type AttachOptions, type CardOptions } from './actions.js';
import { Aliases } from './aliases.js';
import { isClearAddress } from './contacts.js';
import type { SendOptions } from './compose.js';
import { ContactBook } from './contact-book.js';
import type { DeviceContext } from './device-context.js';
import type { ContactRequest, DeviceEventName, Handler } from './device-events.js';
import type { DeviceRetention } from './device-retention.js';
import { joinDevice, offerDevice, openDevice, registerDevice } from './device-life.js';
import type { JoinOptions, OfferOptions, OpenOptions, RegisterOptions, RuntimeOptions } from './device-options.js';
import { DeviceParts } from './device-parts.js';
import { Interoperability } from './interoperability.js';
import { idOf, type MessageInquiry, type MessageReference } from './message-reference.js';
import type { Privacy } from './privacy.js';
import { localMessages, type LocalMessage, type MessageFilter } from './local-messages.js';
import { Limits } from './limits.js';
import { linkDevice } from './linking.js';
import { Links } from './links.js';
import { nativeOf } from './native-of.js';
import type { SentMessage } from './outgoing.js';
import { Permissions } from './permissions.js';
import { ProblemError } from './problem-error.js';
import { RECORDS } from './records.js';
import { reportMessage, type ReportOptions } from './report-message.js';
import { Routing } from './routing.js';
import { SendInTurn } from './send-in-turn.js';
import { pinnedDevices } from './trust.js';

/**
 * One device of one person on the native network. All cryptography and every key are here and in its folder; the gateway
 * moves what it cannot read. Messages to one address are submitted in the order of the `send` calls.
 */
export class Device {
  /** Numbers and accounts of the same person, and who may find them by those. */
  readonly links: Links;
  /** Addresses handed out in place of one's own. */
  readonly aliases: Aliases;
  /** Telephones. */
  readonly contacts: ContactBook;
  /** Which other networks may be used for this account: none until turned on. */
  readonly interoperability: Interoperability;
  /** How this person is reached, and what may carry their words. */
  readonly routing: Routing;
  /** Permissions to write to a number in the clear for a time. */
  readonly permissions: Permissions;
  /** Why messages to new people had to wait. */
  readonly limits: Limits;
  readonly #actions: Actions;
  readonly #turns: SendInTurn;

  private constructor(
    private readonly context: DeviceContext,
    private readonly parts: DeviceParts,
  ) {
    this.#actions = new Actions(context);
    this.#turns = new SendInTurn(parts);
    this.links = new Links(context, parts.edge);
    this.aliases = new Aliases(context);
    this.contacts = new ContactBook(context, parts.edge);
    const goOn = () => parts.goOnEverywhere();
    this.interoperability = new Interoperability(context, goOn);
    this.routing = new Routing(context, parts.edge, goOn);
    this.limits = new Limits(context, goOn);
    this.permissions = new Permissions(context, parts.edge, parts.outgoing);
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
    return this.#turns.send(this.#actions.text(to, text, options));
  }

  /** Sends where an attachment lies and the key to it, sealed; the file itself is uploaded, encrypted, by the caller. */
  async attach(to: string, attachment: AttachmentReference, options: AttachOptions = {}): Promise<SentMessage> {
    return this.#turns.send(this.#actions.attachment(to, attachment, options));
  }

  /** Sends a small file within the message itself, some 60 KiB at most; over a clear network as a file where that carries it. */
  async sendFile(to: string, file: InlineFile, options: AttachOptions = {}): Promise<SentMessage> {
    return this.#turns.send(this.#actions.file(to, file, options));
  }

  /** Sends a card, or several side by side; who is shown no cards gets the same in words. Throws `CausewayError` beyond `CARD_LIMITS`. */
  async sendCard(
    to: string,
    cards: ContentCard | readonly ContentCard[],
    options: CardOptions = {},
  ): Promise<SentMessage> {
    return this.#turns.send(this.#actions.cards(to, [cards].flat(), options));
  }

  /** Signs the permission for a message that waits with a preview, and sends it over the networks shown there. */
  approve(message: MessageReference): Promise<SentMessage> {
    return this.parts.outgoing.permit(idOf(message));
  }

  async reply(message: MessageReference, text: string, options: SendOptions = {}): Promise<SentMessage> {
    return this.#turns.send(this.#actions.reply(idOf(message), text, options));
  }

  async react(message: MessageReference, reaction: string, options: SendOptions = {}): Promise<SentMessage> {
    return this.#turns.send(this.#actions.react(idOf(message), reaction, options));
  }

  async edit(message: MessageReference, text: string, options: SendOptions = {}): Promise<SentMessage> {
    return this.#turns.send(this.#actions.edit(idOf(message), text, options));
  }

  async deleteForEveryone(message: MessageReference, options: SendOptions = {}): Promise<SentMessage> {
    return this.#turns.send(this.#actions.deleteForEveryone(idOf(message), options));
  }

  /**
   * Tells the other end if this person's switches allow it: sealed, or to the clear network that brought the message. Resolves with the
   * report where it is a message.
   */
  async markRead(message: MessageReference): Promise<SentMessage | undefined> {
    const draft = await this.#actions.read(idOf(message));
    const { indications } = this.parts;
    if (!(await indications.mayReport(draft.address))) return undefined;
    if (!isClearAddress(draft.address)) return this.#turns.send(draft);
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
  accept(request: Pick<ContactRequest, 'request'>): Promise<void> {
    return acceptRequest(this.context, this.parts, request.request);
  }

  /** They are not told, now or later. */
  async refuse(request: Pick<ContactRequest, 'request'>): Promise<void> {
    await this.context.api.refuse(request.request);
    await this.context.store.unit(async (unit) => unit.delete(RECORDS.request, request.request));
  }

  /** A grant in advance: this address may write without asking. Ends a block; of a `tel:` number, only that. */
  allow(address: string): Promise<void> {
    return decideAbout(this.context, this.parts, { address, decision: 'grant' });
  }

  /** Nothing of theirs arrives any more, and they cannot tell. */
  block(address: string): Promise<void> {
    return decideAbout(this.context, this.parts, { address, decision: 'revoke' });
  }

  /** Reports a message that came, provably, and blocks its sender if wanted. Words leave this device only `withWords`. */
  report = (message: MessageReference, wish: ReportOptions = {}) => reportMessage(this.context, idOf(message), wish);
  /** Takes back one's own request, with the messages that waited for its answer. */
  withdraw(address: string): Promise<void> {
    return withdrawRequest(this.context, this.parts, address);
  }

  /** Messages that wait for something on this device, the oldest first; `approve`, `review` or `cancel` end the waiting. */
  waiting(): Promise<readonly SentMessage[]> {
    return this.parts.outgoing.waiting();
  }

  /** Who may write first: those this person accepts, besides them people whose number they have, or anyone. */
  async setConsentPolicy(policy: ConsentPolicy): Promise<void> {
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

  /** Everything the gateway has of this account, table by table. */
  exportAccount = (): Promise<AccountExport> => exportAccount(this.context);

  /** For good, from every store of the gateway; what is in this folder stays. Only on the primary device (`NotPrimaryError`). */
  eraseAccount = (): Promise<AccountErased | undefined> => eraseAccount(this.context);

  /** How long things are kept, what deleting does, and the proof of what has gone. */
  get retention(): DeviceRetention {
    return this.parts.retention;
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
    return this.parts.close(this.#turns.sending);
  }
}
