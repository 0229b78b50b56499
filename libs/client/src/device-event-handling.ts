import type { InboxItem } from '@causeway/api-contract';
import { parseMessageId, type ConversationId } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import type { UnitOfWork } from './device-store.js';
import { recordState } from './message-states.js';
import { unknownPeer } from './peers.js';
import { putUpToShow } from './received-messages.js';
import { RECORDS } from './records.js';
import { readWireState } from './wire-state.js';

type EventItem = Extract<InboxItem, { kind: 'event' }>;

/** What the gateway tells a device besides messages: states of its own messages, requests, grants. */
export class DeviceEventHandling {
  constructor(
    private readonly context: DeviceContext,
    private readonly flush: (address: string) => void,
  ) {}

  async take({ id, event }: EventItem): Promise<'acknowledge'> {
    await this.context.store.unsettledUnit(async (unit) => {
      unit.put(RECORDS.seen, id, true);
      switch (event.type) {
        case 'message-state':
          return this.#state(unit, event.messageId, event.state);
        case 'consent-request': {
          const { request, from, requestedAt } = event;
          unit.put(RECORDS.request, request, { request, from: from.uri, requestedAt });
          return putUpToShow(unit, 'request', request);
        }
        case 'consent-cancelled':
          unit.delete(RECORDS.request, event.request);
          return unit.afterCommit(() => this.context.events.emit('request-withdrawn', { from: event.from.uri }));
        case 'key-change-held': {
          const { from, conversation } = event;
          return unit.afterCommit(() => this.context.events.emit('key-change-held', { from: from.uri, conversation }));
        }
        case 'route-switched': {
          const { conversation, network, confidentiality } = event;
          const isOwn = event.from.uri === this.context.own.current.address;
          const [from, address] = [event.from.uri, event.address?.uri];
          const told = { conversation, network, confidentiality, from, isOwn, address };
          return unit.afterCommit(() => this.context.events.emit('route-switched', told));
        }
        case 'consent-granted': {
          const granted = { address: event.peer.uri, conversation: event.conversation };
          return recordGrant(unit, this.context, granted, this.flush);
        }
      }
    });
    return 'acknowledge';
  }

  async #state(
    unit: UnitOfWork,
    messageId: string,
    shown: { kind: string; reason?: string | undefined },
  ): Promise<void> {
    const id = parseMessageId(messageId);
    if (!id) return;
    const state = readWireState(shown);
    await recordState(unit, this.context, id, state);
    const record = await unit.get(RECORDS.outgoing, id);
    if (record && state.kind === 'waiting-on-sender') unit.afterCommit(() => this.flush(record.address));
  }
}

/** Both ends agreed on a conversation: what waited for it can be sealed now. */
export async function recordGrant(
  unit: UnitOfWork,
  context: DeviceContext,
  { address, conversation }: { readonly address: string; readonly conversation: ConversationId },
  flush: (address: string) => void,
): Promise<void> {
  const peer = (await unit.get(RECORDS.peer, address)) ?? unknownPeer(address);
  unit.put(RECORDS.peer, address, { ...peer, conversation });
  unit.put(RECORDS.conversation, conversation, { kind: 'native', address });
  unit.afterCommit(() => {
    if (peer.conversation !== conversation) context.events.emit('granted', { peer: address, conversation });
    flush(address);
  });
}
