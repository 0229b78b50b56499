import {
  statusReportOf,
  typingOf,
  type Bytes,
  type ConversationId,
  type MessageId,
  type MimiContent,
} from '@causeway/message-model';
import { nextCount, type DeviceContext } from './device-context.js';
import type { RefusalReason } from './device-events.js';
import type { UnitOfWork } from './device-store.js';
import { applyReplacement, applyReport, kindOf } from './history.js';
import { historySecondsOf } from './known-policies.js';
import { unknownPeer } from './peers.js';
import { isShown } from './privacy.js';
import { RECORDS, type HistoryRecord } from './records.js';
import { setTimer, startReadTimer } from './vanishing.js';

export interface VerifiedMessage {
  readonly messageId: MessageId;
  readonly conversation: ConversationId;
  readonly bytes: Bytes;
  readonly content: MimiContent;
  readonly from: string;
  readonly to: string;
  readonly direction: 'received' | 'synced';
  readonly network: string;
  readonly reportToken?: Bytes | undefined;
}

/** Keeps a verified message and puts it up to be shown once; returns why it is not kept, if so. */
export async function keepMessage(
  unit: UnitOfWork,
  context: DeviceContext,
  message: VerifiedMessage,
): Promise<RefusalReason | undefined> {
  if (message.network === 'native' && !(await belongsHere(unit, message))) return 'wrong-conversation';
  if (await unit.get(RECORDS.history, message.messageId)) return undefined;
  const kind = kindOf(message.content);
  if (kind === 'typing') {
    const { from, conversation, direction } = message;
    if (direction !== 'received' || !(await isShown(unit, { conversation, address: from }, 'typing'))) return undefined;
    const isTyping = typingOf(message.content) ?? false;
    unit.afterCommit(() => context.events.emit('typing', { from, isTyping }));
    return undefined;
  }
  if (kind === 'status') {
    const { from } = message;
    await applyReadElsewhere(unit, context, message);
    for (const { messageId, status } of await applyReport(unit, message.content, from)) {
      const record = status === 'read' ? await unit.get(RECORDS.history, messageId) : undefined;
      if (record) await startReadTimer(unit, context, record);
      unit.afterCommit(() => context.events.emit('report', { messageId, from, status }));
    }
    return undefined;
  }
  const record = await historyOf(unit, context, message);
  if (!(await applyReplacement(unit, record, message.content))) return 'not-theirs';
  unit.put(RECORDS.history, message.messageId, record);
  await setTimer(unit, context, message);
  const keepSeconds = historySecondsOf(await unit.get(RECORDS.policies, 'current'), record.conversation);
  unit.afterCommit(() => context.alarm.setFor(record.atMs + keepSeconds * 1000));
  await putUpToShow(unit, 'message', message.messageId);
  return undefined;
}

/** Another device of this person read something: the time that it has left runs here too. */
async function applyReadElsewhere(unit: UnitOfWork, context: DeviceContext, message: VerifiedMessage): Promise<void> {
  if (message.direction !== 'synced') return;
  for (const { messageId, status } of statusReportOf(message.content) ?? []) {
    const record = status === 'read' ? await unit.get(RECORDS.history, messageId) : undefined;
    if (record?.direction === 'received' && record.from === message.to) await startReadTimer(unit, context, record);
  }
}

/** Shown when somebody listens, and again after a restart until a handler has returned. */
export async function putUpToShow(unit: UnitOfWork, event: 'message' | 'request', id: string): Promise<void> {
  unit.put(RECORDS.unhandled, `${event} ${id}`, { event, id, order: await nextCount(unit, 'unhandled') });
}

/** Words count only in the conversation agreed with their sender; a copy of our own tells us of a conversation. */
async function belongsHere(unit: UnitOfWork, message: VerifiedMessage): Promise<boolean> {
  const known = await unit.get(RECORDS.conversation, message.conversation);
  if (message.direction === 'received') return known?.kind === 'native' && known.address === message.from;
  if (known) return known.address === message.to;
  if (!message.to.startsWith('mimi:')) return true;
  unit.put(RECORDS.conversation, message.conversation, { kind: 'native', address: message.to });
  const peer = (await unit.get(RECORDS.peer, message.to)) ?? unknownPeer(message.to);
  if (!peer.conversation) unit.put(RECORDS.peer, message.to, { ...peer, conversation: message.conversation });
  return true;
}

async function historyOf(unit: UnitOfWork, context: DeviceContext, message: VerifiedMessage): Promise<HistoryRecord> {
  return {
    messageId: message.messageId,
    order: await nextCount(unit, 'history'),
    direction: message.direction,
    from: message.from,
    to: message.to,
    conversation: message.conversation,
    network: message.network,
    atMs: context.nowMs(),
    content: message.bytes,
    editedText: null,
    state: null,
    gatewayId: null,
    report: null,
    reportToken: message.reportToken ?? null,
  };
}
