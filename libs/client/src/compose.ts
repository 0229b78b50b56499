import {
  conversationUri,
  decodeContent,
  decodeStoredContent,
  encodeContent,
  EXTENSION,
  messageIdOf,
  mintConversationId,
  toBytes,
  type ContentHeader,
  type ConversationId,
  type Expiration,
  type MessageId,
  type MimiContent,
} from '@causeway/message-model';
import { randomBytes } from 'node:crypto';
import { isClearAddress } from './contacts.js';
import { nextCount, nowSeconds, type DeviceContext } from './device-context.js';
import type { UnitOfWork } from './device-store.js';
import { applyReplacement } from './history.js';
import { undeliveredSecondsOf } from './known-policies.js';
import { unknownPeer } from './peers.js';
import { RECORDS, type HistoryRecord, type OutgoingRecord, type Self } from './records.js';
import { setTimer } from './vanishing.js';

export interface SendOptions {
  /** The person's permission to send this one message in the clear, over these networks. */
  readonly allowClear?: readonly string[];
  readonly inReplyTo?: MessageId;
  /** When the message is to vanish: unix seconds, or seconds after it was read. Devices keep it; a carrier cannot (the preview says so). */
  readonly expires?: Expiration;
  /** Unix seconds; at most a week for native messages, a day for clear ones. */
  readonly deliverBefore?: number;
  /** What to do when a carrier's answer was lost; `report` unless said otherwise. */
  readonly onUnknown?: 'report' | 'resend';
}

export interface Draft {
  readonly address: string;
  readonly conversation: ConversationId;
  readonly build: (header: Pick<ContentHeader, 'senderUri' | 'roomUri' | 'expires'>) => MimiContent;
  readonly options: SendOptions;
  /** Of the moment: it is not kept in the history. */
  readonly isPassing?: boolean;
}

const DAY_SECONDS = 86_400;
/** Room for a clock that runs ahead of the gateway's. */
const CLOCK_MARGIN_SECONDS = 300;

/** Makes the message and keeps it: from here on it survives a crash of this device. */
export async function composeMessage(unit: UnitOfWork, context: DeviceContext, draft: Draft): Promise<OutgoingRecord> {
  const self = context.own.current;
  const isClear = isClearAddress(draft.address);
  const header = { senderUri: self.address, roomUri: conversationUri(self.host, draft.conversation) };
  const content = encodeContent(draft.build({ ...header, expires: draft.options.expires }));
  const wanted = await undeliveredSecondsOf(unit, draft.conversation);
  const latest =
    nowSeconds(context) + Math.min(wanted, (isClear ? DAY_SECONDS : 7 * DAY_SECONDS) - CLOCK_MARGIN_SECONDS);
  const { expires } = draft.options;
  // nobody is to be given what has vanished
  const longest = expires && !expires.relative ? Math.min(latest, expires.timeSeconds) : latest;
  const record: OutgoingRecord = {
    messageId: messageIdOf({ content, ...header }),
    order: await nextCount(unit, 'outgoing'),
    address: draft.address,
    conversation: draft.conversation,
    content,
    createdAtMs: context.nowMs(),
    deliverBefore: Math.min(draft.options.deliverBefore ?? longest, longest),
    // Addressing a number says that a clear network is meant; whether these words may go there is the statement's to say.
    floor: isClear ? 'clear' : 'sealed',
    onUnknown: draft.options.onUnknown ?? 'report',
    state: null,
    gatewayId: null,
    permitted: draft.options.allowClear ? [...draft.options.allowClear] : null,
    preview: null,
    statement: null,
    ledFrom: null,
    stays: false,
    request: null,
  };
  unit.put(RECORDS.outgoing, record.messageId, record);
  if (draft.isPassing) return record;
  const history = await historyOf(unit, self, record);
  const made = decodeStoredContent(content);
  // a deletion acts here too, where it can act at all
  if (!isClear && made.part.kind === 'null') await applyReplacement(unit, history, made);
  unit.put(RECORDS.history, record.messageId, history);
  await setTimer(unit, context, { messageId: record.messageId, content: made });
  return record;
}

/** The conversation with a native address: the agreed one, or the one we propose and keep proposing. */
export async function nativeConversation(unit: UnitOfWork, address: string): Promise<ConversationId> {
  const peer = (await unit.get(RECORDS.peer, address)) ?? unknownPeer(address);
  const known = peer.conversation ?? peer.proposed;
  if (known) return known;
  const proposed = mintConversationId();
  unit.put(RECORDS.peer, address, { ...peer, proposed });
  return proposed;
}

/**
 * The grant named another conversation than the one we proposed. The id of a message commits to its conversation, so the
 * message becomes a new one with the same words; the former id keeps pointing to it.
 */
export async function moveMessage(
  unit: UnitOfWork,
  context: DeviceContext,
  record: OutgoingRecord,
  to: Pick<OutgoingRecord, 'conversation'> & Partial<Pick<OutgoingRecord, 'address' | 'floor' | 'ledFrom' | 'stays'>>,
): Promise<OutgoingRecord> {
  const { conversation } = to;
  const self = context.own.current;
  const header = { senderUri: self.address, roomUri: conversationUri(self.host, conversation) };
  const before = decodeContent(record.content, record.createdAtMs);
  const extensions = new Map(before.extensions).set(EXTENSION.roomUri, header.roomUri);
  const content = encodeContent({ ...before, salt: toBytes(randomBytes(16)), extensions });
  const messageId = messageIdOf({ content, ...header });
  const moved: OutgoingRecord = {
    ...record,
    ...to,
    messageId,
    content,
    state: null,
    gatewayId: null,
    request: null,
  };
  unit.delete(RECORDS.outgoing, record.messageId);
  unit.delete(RECORDS.history, record.messageId);
  unit.put(RECORDS.outgoing, messageId, moved);
  unit.put(RECORDS.history, messageId, await historyOf(unit, self, moved));
  unit.put(RECORDS.moved, record.messageId, messageId);
  await setTimer(unit, context, { messageId, content: before });
  unit.afterCommit(() =>
    context.events.emit('state', { messageId, state: { kind: 'unsubmitted' }, formerMessageId: record.messageId }),
  );
  return moved;
}

/** The id a message goes by now, whichever it had when somebody took note of it. */
export async function currentIdOf(reader: Pick<UnitOfWork, 'get'>, messageId: MessageId): Promise<MessageId> {
  const next = await reader.get(RECORDS.moved, messageId);
  return next === undefined ? messageId : currentIdOf(reader, next);
}

async function historyOf(unit: UnitOfWork, self: Self, record: OutgoingRecord): Promise<HistoryRecord> {
  return {
    messageId: record.messageId,
    order: await nextCount(unit, 'history'),
    direction: 'sent',
    from: self.address,
    to: record.address,
    conversation: record.conversation,
    network: record.floor === 'clear' ? 'clear' : 'native',
    atMs: record.createdAtMs,
    content: record.content,
    editedText: null,
    state: null,
    gatewayId: null,
    report: null,
  };
}
