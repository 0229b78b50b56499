import { isTerminal, mintConversationId, type ConversationId, type MessageId } from '@causeway/message-model';
import { composeMessage, currentIdOf, nativeConversation, type Draft } from './compose.js';
import { contactOf, isClearAddress, reachedAt } from './contacts.js';
import type { DeviceContext } from './device-context.js';
import type { SendingState } from './device-events.js';
import type { EdgeTrust } from './edge-trust.js';
import { MessageDoor } from './message-door.js';
import type { Peers } from './peers.js';
import { recordState } from './message-states.js';
import { isLimit, limitOf } from './limits.js';
import { isTemporary, ProblemError } from './problem-error.js';
import { RECORDS, type OutgoingRecord, type Peer, type Preview } from './records.js';
import { Retries } from './retries.js';
import { SerialByKey } from './serial.js';
import { Submission } from './submission.js';
import { readWireState } from './wire-state.js';

/** A message on its way. It is a picture of a moment: `state` events and `status` tell what became of it. */
export interface SentMessage {
  readonly messageId: MessageId;
  readonly conversation: ConversationId;
  readonly to: string;
  readonly state: SendingState;
  /** Present while the message waits for permission to go in the clear. */
  readonly preview?: Preview;
}

/**
 * What this device sends, one queue per address: a message is not submitted before those that were written earlier and
 * can go. What waits for a person (permission, consent, review) lets later ones pass.
 */
export class Outgoing {
  readonly #composing = new SerialByKey();
  readonly #queues = new SerialByKey();
  /** Addresses with messages that an earlier attempt left behind, here or before a restart. */
  readonly #unfinished = new Set<string>();
  /** Addresses with messages that wait for a grant: it may have come before its word has. */
  readonly #asked = new Set<string>();
  readonly #retries = new Retries((address) => this.flush(address));
  readonly #submission: Submission;
  #isClosed = false;

  constructor(
    private readonly context: DeviceContext,
    private readonly peers: Peers,
    private readonly edge: EdgeTrust,
    door = new MessageDoor(context),
  ) {
    this.#submission = new Submission(context, peers, edge, door, (address) => this.flush(address));
  }

  /** Makes, keeps and submits a message. Throws `TrustError` or `ProblemError`; an unreachable gateway is `unsubmitted`. */
  async send(draft: Omit<Draft, 'conversation'>): Promise<SentMessage> {
    // In a line of its own: a message gets its place when it is written, however long earlier ones take to submit.
    const { address, ...rest } = draft;
    const reached = { ...rest, address: await reachedAt(this.context, this.edge, address) };
    const { messageId } = await this.#composing.run(reached.address, () => this.#compose(reached));
    const { store } = this.context;
    const composed = store.position;
    try {
      return await this.submit(reached.address, messageId);
    } finally {
      // sealing has taken the message to the disk, if it came that far
      await store.settle(composed);
    }
  }

  /** Something of the moment: tried once, and kept nowhere afterwards. */
  async sendPassing(draft: Omit<Draft, 'conversation'>): Promise<void> {
    const { messageId } = await this.#composing.run(draft.address, () => this.#compose(draft));
    try {
      await this.#queues.run(draft.address, () => this.#submission.advance(messageId));
    } catch (error) {
      if (!isTemporary(error)) throw error;
    } finally {
      await this.context.store.unsettledUnit(async (unit) => unit.delete(RECORDS.outgoing, messageId));
    }
  }

  async submit(address: string, messageId: MessageId): Promise<SentMessage> {
    await this.#queues.run(address, () => this.#advanceUpTo(address, messageId));
    const { record } = await this.#find(messageId);
    // it was led to another account, whose queue it is in now, or back from there
    if (!record || record.address === address || record.state) return this.describe(messageId);
    return this.submit(record.address, record.messageId);
  }

  /** The person allows these networks for this message; `undefined` allows those of the preview it waits with. */
  async permit(messageId: MessageId, networks?: readonly string[]): Promise<SentMessage> {
    const address = (await this.#find(messageId)).record?.address;
    if (address === undefined) throw new Error('this message does not wait for permission');
    await this.#queues.run(address, async () => {
      const id = await this.context.store.unit(async (unit) => {
        const kept = await unit.get(RECORDS.outgoing, await currentIdOf(unit, messageId));
        const permitted = networks ?? kept?.preview?.networks;
        if (!kept || !permitted) throw new Error('this message does not wait for permission');
        unit.put(RECORDS.outgoing, kept.messageId, { ...kept, permitted: [...permitted] });
        return kept.messageId;
      });
      await this.#advanceUpTo(address, id);
    });
    return this.describe(messageId);
  }

  /**
   * Takes a message back. In the queue of its address, since a message that is being submitted is not this device's alone
   * any more; one whose submission got no answer is submitted first, so that what is cancelled is known to have gone nowhere.
   */
  async cancel(messageId: MessageId): Promise<SentMessage> {
    const { to } = await this.describe(messageId);
    await this.#queues.run(to, async () => {
      const before = (await this.#find(messageId)).record;
      if (before?.request && !before.gatewayId) await this.#submission.advance(before.messageId);
      const { record, history } = await this.#find(messageId);
      if (!record || (record.state && isTerminal(record.state))) return;
      const gatewayId = history?.gatewayId;
      if (gatewayId) await this.context.api.cancelMessage(gatewayId);
      await this.context.store.unit((unit) => recordState(unit, this.context, record.messageId, { kind: 'cancelled' }));
    });
    return this.describe(messageId);
  }

  /** Sends what can go now; failures are told as `problem` and tried again. */
  flush(address: string): void {
    if (this.#isClosed) return;
    this.#queues
      .run(address, () => this.#advanceUpTo(address))
      .catch((error: unknown) => this.context.events.emit('problem', { error }));
  }

  /** The gateway can be reached again: what could not be submitted goes now. */
  hurry(): void {
    if (!this.#isClosed) this.#retries.hurry();
  }

  /** After a restart everything without a terminal state is submitted again, under the same id. */
  async resume(): Promise<void> {
    const addresses = await this.context.store.unit(async (unit) => {
      const records = await unit.list(RECORDS.outgoing);
      for (const { name, record } of records)
        unit.put(RECORDS.outgoing, name, { ...record, state: null, gatewayId: null });
      return new Set(records.map(({ record }) => record.address));
    });
    for (const address of addresses) {
      this.#unfinished.add(address);
      this.flush(address);
    }
  }

  /** What waits for permission to go to this number goes over these networks, each message with a statement of its own. */
  async release(address: string, networks: readonly string[]): Promise<void> {
    for (const { messageId, preview } of await this.waiting(address))
      if (preview) await this.permit(messageId, networks);
  }

  /** What waits on this device for a person or a grant, oldest first. */
  async waiting(address?: string): Promise<readonly SentMessage[]> {
    const records = (await this.context.store.list(RECORDS.outgoing)).map(({ record }) => record);
    const waiting = records
      .filter(({ state, address: to }) => state?.kind === 'waiting-on-sender' && (address ?? to) === to)
      .toSorted((a, b) => a.order - b.order);
    return Promise.all(waiting.map(({ messageId }) => this.describe(messageId)));
  }

  /** Where a message is now, also by an id it had before. */
  async describe(messageId: MessageId): Promise<SentMessage> {
    const { id, record, history } = await this.#find(messageId);
    if (!history) throw new Error('this device never sent such a message');
    const state = record?.state ?? history.state ?? { kind: 'unsubmitted' };
    const isWaiting = state.kind === 'waiting-on-sender' && state.reason === 'downgrade';
    const sent = { messageId: id, conversation: history.conversation, to: history.to, state };
    return isWaiting && record?.preview ? { ...sent, preview: record.preview } : sent;
  }

  /**
   * What the gateway answered when asked. Only what an attempt led to is taken over: what it says of the time before may be
   * older than what this device did since.
   */
  async learnState(messageId: MessageId, shown: Parameters<typeof readWireState>[0]): Promise<SentMessage> {
    const state = readWireState(shown);
    if (state.kind === 'sent' || isTerminal(state)) {
      await this.context.store.unit((unit) => recordState(unit, this.context, messageId, state));
    }
    return this.describe(messageId);
  }

  /** The gateway's id of a message, known once it answered for it. */
  async gatewayIdOf(messageId: MessageId): Promise<string | undefined> {
    return (await this.#find(messageId)).history?.gatewayId ?? undefined;
  }

  /** Nothing new is begun; what is under way ends first. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retries.close();
    await this.#composing.idle();
    await this.#queues.idle();
  }

  async #compose(draft: Omit<Draft, 'conversation'>): Promise<OutgoingRecord> {
    const { address } = draft;
    const clear = isClearAddress(address) ? await this.#clearConversation(address) : undefined;
    return this.context.store.unsettledUnit(async (unit) => {
      const conversation = clear ?? (await nativeConversation(unit, address));
      return composeMessage(unit, this.context, { ...draft, conversation });
    });
  }

  /** A number nobody can be asked about now gets a conversation for the time being; the message moves when its own is known. */
  async #clearConversation(address: string): Promise<ConversationId> {
    try {
      return (await contactOf(this.context, this.edge, address)).conversation;
    } catch (error) {
      if (isTemporary(error)) return mintConversationId();
      throw error;
    }
  }

  async #advanceUpTo(address: string, last?: MessageId): Promise<void> {
    const wasChanged = (await this.peers.get(address)).change !== null;
    for (const record of await this.#due(address, last)) {
      if (this.#isClosed) return;
      try {
        if (await this.#noticeGrant(address)) return await this.#advanceUpTo(address, last);
        await this.#submission.advance(record.messageId);
        if (waitsForGrant(await this.#find(record.messageId))) this.#asked.add(address);
      } catch (error) {
        const isOfAnother = error instanceof ProblemError && record.messageId !== last && !isTemporary(error);
        if (!isOfAnother) this.#unfinished.add(address);
        if (isTemporary(error)) return this.#retries.later(address, this.#limitIn(error, address));
        if (!isOfAnother) throw error;
        this.context.events.emit('problem', { error });
      }
    }
    if (last === undefined) this.#unfinished.delete(address);
    this.#retries.done(address);
    // the pinned key is shown again: what waited for a review of the other one has nothing to wait for
    if (wasChanged && (await this.peers.get(address)).change === null) this.flush(address);
  }

  /**
   * A plan tells of a grant sooner than its event may: the message that has waited longest asks for one, so that no younger message learns of
   * the grant first and goes before it. True when there is a grant: then what is due is to be looked at anew.
   */
  async #noticeGrant(address: string): Promise<boolean> {
    if (!this.#asked.has(address)) return false;
    if ((await this.peers.get(address)).conversation === null) {
      const records = (await this.context.store.list(RECORDS.outgoing)).map(({ record }) => record);
      const [oldest] = records
        .filter((record) => record.address === address && waitsForGrant({ record }))
        .toSorted((a, b) => a.order - b.order);
      if (oldest) await this.#submission.advance(oldest.messageId);
      if (oldest && (await this.peers.get(address)).conversation === null) return false;
    }
    this.#asked.delete(address);
    this.#unfinished.add(address);
    return true;
  }

  /** What can go now, oldest first. Where nothing was left behind, the message whose turn it is stands alone. */
  async #due(address: string, last: MessageId | undefined): Promise<OutgoingRecord[]> {
    const peer = await this.peers.get(address);
    const hasPermission = (await this.context.store.get(RECORDS.permission, address)) !== undefined;
    if (last !== undefined && !this.#unfinished.has(address)) {
      const record = await this.context.store.get(RECORDS.outgoing, last);
      return record && isDue(record, peer, hasPermission) ? [record] : [];
    }
    const records = (await this.context.store.list(RECORDS.outgoing)).map(({ record }) => record);
    const limit = records.find((record) => record.messageId === last)?.order ?? Infinity;
    return records
      .filter((record) => record.address === address && record.order <= limit && isDue(record, peer, hasPermission))
      .toSorted((a, b) => a.order - b.order);
  }

  /** How long the gateway lets nobody new be written to, milliseconds; the person is told why. */
  #limitIn(error: unknown, address: string): number {
    if (!(error instanceof ProblemError) || !isLimit(error)) return 0;
    const limit = limitOf(error, address);
    this.context.events.emit('limited', limit);
    return limit.retryAfterSeconds * 1000;
  }

  /** One look: a message may be taking another id at this moment. */
  #find(messageId: MessageId) {
    return this.context.store.unit(async (unit) => {
      const id = await currentIdOf(unit, messageId);
      const record = await unit.get(RECORDS.outgoing, id);
      return { id, record, history: await unit.get(RECORDS.history, id) };
    });
  }
}

const waitsForGrant = ({ record }: { readonly record: OutgoingRecord | undefined }): boolean =>
  record?.state?.kind === 'waiting-on-sender' && record.state.reason === 'consent';

/** Never answered for, or what it waited for has come. */
function isDue({ state, permitted }: OutgoingRecord, peer: Peer, hasPermission: boolean): boolean {
  if (!state) return true;
  if (state.kind !== 'waiting-on-sender') return false;
  switch (state.reason) {
    case 'consent':
      return peer.conversation !== null;
    case 'key-change':
      return peer.change === null;
    case 'downgrade':
      return permitted !== null || hasPermission;
    case 'route':
      return true;
  }
}
