import {
  DISPOSITION,
  decodeContent,
  plainTextOf,
  statusReportOf,
  typingOf,
  type MessageId,
  type MimiContent,
} from '@causeway/message-model';
import type { ReceivedMessage } from './device-events.js';
import type { UnitOfWork } from './device-store.js';
import { isShown } from './privacy.js';
import { RECORDS, type HistoryRecord } from './records.js';

export type ContentKind = ReceivedMessage['kind'] | 'status' | 'typing';

/** What a message is, from its outermost part and what it refers to. */
export function kindOf(content: MimiContent): ContentKind {
  if (statusReportOf(content)) return 'status';
  if (typingOf(content) !== undefined) return 'typing';
  if (content.part.kind === 'null') return 'delete';
  if (content.part.disposition === DISPOSITION.reaction) return 'reaction';
  if (content.replaces) return 'edit';
  if (plainTextOf(content) !== undefined) return 'text';
  const { part } = content;
  const isFile = part.kind === 'single' && part.disposition === DISPOSITION.attachment;
  return isFile || part.kind === 'external' || part.kind === 'multi' ? 'attachment' : 'other';
}

/** A stored message as the person's program sees it; `undefined` once it was deleted. */
export function shownMessage(record: HistoryRecord): ReceivedMessage | undefined {
  if (!record.content) return undefined;
  const content = decodeContent(record.content, record.atMs);
  const kind = kindOf(content);
  if (kind === 'status' || kind === 'typing') return undefined;
  return {
    messageId: record.messageId,
    conversation: record.conversation,
    from: record.from,
    to: record.to,
    kind,
    text: record.editedText ?? plainTextOf(content),
    inReplyTo: content.inReplyTo,
    replaces: content.replaces,
    network: record.network,
    isOwn: record.direction !== 'received',
    atMs: record.atMs,
    content,
  };
}

/**
 * An edit or deletion acts on the first version, and only when both are of the same sender in the same conversation.
 * False when it is somebody else's. A message we never had is nothing to act on, and no offence.
 */
export async function applyReplacement(
  unit: UnitOfWork,
  record: HistoryRecord,
  content: MimiContent,
): Promise<boolean> {
  if (!content.replaces) return true;
  const original = await unit.get(RECORDS.history, content.replaces);
  if (!original) return true;
  if (original.from !== record.from || original.conversation !== record.conversation) return false;
  const next: HistoryRecord =
    content.part.kind === 'null'
      ? { ...original, content: null, editedText: null }
      : { ...original, editedText: plainTextOf(content) ?? null };
  unit.put(RECORDS.history, original.messageId, next);
  // the words leave the files too, not only the record
  if (!next.content) unit.scrub(RECORDS.history, original.messageId);
  return true;
}

/** A report speaks only about what this device's person sent to whom reports it. Returns what changed. */
export async function applyReport(
  unit: UnitOfWork,
  content: MimiContent,
  from: string,
): Promise<{ messageId: MessageId; status: string }[]> {
  const changed = [];
  for (const { messageId, status } of statusReportOf(content) ?? []) {
    const record = await unit.get(RECORDS.history, messageId);
    if (!record || record.direction === 'received' || record.to !== from || typeof status !== 'string') continue;
    // who does not tell what they have read is not shown it of others
    if (
      status === 'read' &&
      !(await isShown(unit, { conversation: record.conversation, address: from }, 'readReports'))
    )
      continue;
    unit.put(RECORDS.history, messageId, { ...record, report: status });
    changed.push({ messageId, status });
  }
  return changed;
}
