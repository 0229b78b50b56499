import type { InboxItem } from '@causeway/api-contract';
import { equalBytes, nativeHostOf, parseAddress, type Bytes, type TransitId } from '@causeway/message-model';
import {
  openAtDevice,
  verifyClearInbound,
  type ClearBody,
  type DeviceBoxContext,
  type NativeBody,
} from '@causeway/signal-protocol';
import { isClearAddress } from './contacts.js';
import { DeviceEventHandling } from './device-event-handling.js';
import type { DeviceContext } from './device-context.js';
import type { RefusalReason } from './device-events.js';
import type { UnitOfWork } from './device-store.js';
import type { EdgeTrust } from './edge-trust.js';
import { HeldBySender } from './held-by-sender.js';
import { checkContent, readPlaintext } from './opened-item.js';
import type { Peers } from './peers.js';
import { keepMessage } from './received-messages.js';
import { RECORDS } from './records.js';
import { signalDevice, tenantOf } from './sessions.js';
import { standingOf } from './verified-sender.js';

type BoxItem = Extract<InboxItem, { kind: 'box' }>;

/**
 * `hold`: not yet; leave it in the inbox. `behind`: not before what its sender wrote earlier, which is held. Everything else is on this device,
 * or of no use to it.
 */
export type ItemOutcome = 'acknowledge' | 'hold' | 'behind';

/** A body and the token with which it can be reported. */
interface Reportable<Body> {
  readonly body: Body;
  readonly token: Bytes | undefined;
}

interface Refusal {
  readonly refused: RefusalReason;
}

/**
 * Takes in what the inbox holds. What an item changes (session, words, what is due to be shown, that it was seen) is one
 * unit of work, to be settled before it is acknowledged: a crash in between brings the item again, and it is recognised.
 */
export class Incoming {
  readonly #events: DeviceEventHandling;
  readonly #held = new HeldBySender();

  constructor(
    private readonly context: DeviceContext,
    private readonly peers: Peers,
    private readonly edge: EdgeTrust,
    private readonly after: { readonly preKeyUsed: () => void; readonly flush: (address: string) => void },
  ) {
    this.#events = new DeviceEventHandling(context, after.flush);
  }

  /** Call for one item at a time. Throws when the gateway cannot be asked what is needed; the item then stays. */
  async take(item: InboxItem): Promise<ItemOutcome> {
    if (await this.context.store.get(RECORDS.seen, item.id)) return 'acknowledge';
    if (item.kind === 'event') return this.#events.take(item);
    return this.#takeBox(item);
  }

  /** What is held of the sender of this item and came before it, oldest first. */
  heldBefore(id: TransitId): readonly TransitId[] {
    return this.#held.before(id);
  }

  async #takeBox(item: BoxItem): Promise<ItemOutcome> {
    const { own, store } = this.context;
    const self = own.current;
    const sealKey = await store.get(RECORDS.sealKey, String(item.sealKeyId));
    if (!sealKey) return this.#refuse(item.id, 'unknown-seal-key');
    const boxContext: DeviceBoxContext = {
      tenant: tenantOf(self),
      account: self.account,
      device: self.deviceId,
      sealKeyId: item.sealKeyId,
      boxId: item.boxId,
    };
    const body = openAtDevice({ context: boxContext, sealPrivateKey: sealKey.privateKey, box: item.box });
    if (!body) return this.#refuse(item.id, 'undecryptable');
    // a report has to name the id that the gateway saw, so the two may not differ
    if (item.report && item.report.messageId !== body.messageId) return this.#refuse(item.id, 'mismatch');
    const token = item.report?.token;
    return body.leg === 'native'
      ? this.#takeNative(item.id, body, token)
      : this.#takeClear(item.id, { body, token }, boxContext);
  }

  async #takeNative(id: TransitId, body: NativeBody, token: Bytes | undefined): Promise<ItemOutcome> {
    const sender = body.senderAccount;
    if (this.#held.isBehind(sender, id)) return 'behind';
    const standing = await standingOf(this.context, this.peers, sender, body.senderDevice);
    if (standing.kind === 'undecided') {
      this.#held.hold(sender, id);
      return 'hold';
    }
    this.#held.letGo(sender, id);
    if (standing.kind === 'unlisted') return this.#refuse(id, 'untrusted-sender');
    const refusal = await this.context.store.unsettledUnit(async (unit) => {
      unit.put(RECORDS.seen, id, true);
      return this.#decrypted(unit, { body, token }, standing.address);
    });
    if (body.signalType === 'pre-key') this.after.preKeyUsed();
    if (refusal) this.context.events.emit('refused-item', { inboxId: id, reason: refusal.refused });
    return 'acknowledge';
  }

  async #decrypted(
    unit: UnitOfWork,
    { body, token }: Reportable<NativeBody>,
    sender: string,
  ): Promise<Refusal | undefined> {
    const self = this.context.own.current;
    const decrypted = await signalDevice(unit, self).decrypt(body.senderAccount, body.senderDevice, body);
    if (decrypted.kind === 'duplicate') return undefined;
    if (decrypted.kind === 'undecryptable') {
      return { refused: decrypted.reason === 'untrusted' ? 'untrusted-sender' : 'undecryptable' };
    }
    const opened = readPlaintext(decrypted.bytes);
    if (!opened) return { refused: 'malformed-content' };
    const isOwnDevice = body.senderAccount === self.account;
    if ((opened.kind === 'sync') !== isOwnDevice) return { refused: 'wrong-conversation' };
    const { conversation, content } = opened;
    const checked = checkContent({
      content,
      senderUri: sender,
      // a conversation between two networks is named by the host of whoever writes
      host: nativeHostOf(sender) ?? self.host,
      conversation,
      claimed: body.messageId,
      nowMs: this.context.nowMs(),
    });
    if (checked.kind === 'refused') return { refused: checked.reason };
    const refused = await keepMessage(unit, this.context, {
      messageId: body.messageId,
      conversation,
      bytes: content,
      content: checked.content,
      from: sender,
      to: opened.kind === 'sync' ? opened.peer : self.address,
      direction: opened.kind === 'sync' ? 'synced' : 'received',
      network: opened.kind === 'sync' && isClearAddress(opened.peer) ? 'clear' : 'native',
      reportToken: token,
    });
    return refused && { refused };
  }

  async #takeClear(
    id: TransitId,
    reportable: Reportable<ClearBody>,
    boxContext: DeviceBoxContext,
  ): Promise<ItemOutcome> {
    const self = this.context.own.current;
    const { body } = reportable;
    if (!verifyClearInbound(body, boxContext, self.edgeIdentity)) {
      if (equalBytes(body.edgeIdentity, self.edgeIdentity)) return this.#refuse(id, 'edge-signature');
      await this.edge.lookForChange();
      const { offeredEdgeIdentity } = this.context.own.current;
      const mayBeConfirmed = offeredEdgeIdentity !== null && equalBytes(body.edgeIdentity, offeredEdgeIdentity);
      return mayBeConfirmed ? 'hold' : this.#refuse(id, 'edge-signature');
    }
    const refusal = await this.context.store.unsettledUnit(async (unit) => {
      unit.put(RECORDS.seen, id, true);
      return this.#verified(unit, reportable);
    });
    if (refusal) this.context.events.emit('refused-item', { inboxId: id, reason: refusal.refused });
    return 'acknowledge';
  }

  async #verified(unit: UnitOfWork, { body, token }: Reportable<ClearBody>): Promise<Refusal | undefined> {
    const self = this.context.own.current;
    const { conversationId: conversation, messageId, content, senderUri } = body;
    const named = parseAddress(senderUri);
    if (named?.kind === 'contact' && named.contact !== body.contactId) return { refused: 'mismatch' };
    const checked = checkContent({
      content,
      senderUri,
      host: self.host,
      conversation,
      claimed: messageId,
      nowMs: this.context.nowMs(),
    });
    if (checked.kind === 'refused') return { refused: checked.reason };
    if (!(await unit.get(RECORDS.contact, senderUri))) {
      const contact = { address: senderUri, contact: body.contactId, conversation, country: '', lineType: '' };
      const unasked = { native: null, askedAtMs: this.context.nowMs() };
      unit.put(RECORDS.contact, senderUri, { ...contact, ...unasked });
    }
    unit.put(RECORDS.conversation, conversation, { kind: 'clear', address: senderUri, contact: body.contactId });
    const refused = await keepMessage(unit, this.context, {
      messageId,
      conversation,
      bytes: content,
      content: checked.content,
      from: senderUri,
      to: self.address,
      direction: 'received',
      network: body.network,
      reportToken: token,
    });
    return refused && { refused };
  }

  async #refuse(id: TransitId, reason: RefusalReason): Promise<ItemOutcome> {
    await this.context.store.unsettledUnit(async (unit) => unit.put(RECORDS.seen, id, true));
    this.context.events.emit('refused-item', { inboxId: id, reason });
    return 'acknowledge';
  }
}
