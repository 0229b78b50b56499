import { decodeStoredContent, parseMessageId, type MessageId, type MimiContent } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import type { UnitOfWork } from './device-store.js';
import { asksForHistory, historySecondsOf } from './known-policies.js';
import { RECORDS, type HistoryRecord } from './records.js';

/**
 * When a kept message has to go by what it says itself: at a time, or so long after it was read. `readAtMs` is given when it is read. Only
 * ever earlier than before. Part of the unit, so that the timer is there whenever the message is.
 */
export async function setTimer(
  unit: UnitOfWork,
  context: DeviceContext,
  message: { readonly messageId: MessageId; readonly content: MimiContent; readonly readAtMs?: number },
): Promise<void> {
  const { expires } = message.content;
  if (expires === null) return;
  const startMs = expires.relative ? message.readAtMs : 0;
  if (startMs === undefined) return;
  const known = await unit.get(RECORDS.timer, message.messageId);
  const dueAtMs = Math.min(startMs + expires.timeSeconds * 1000, known?.dueAtMs ?? Infinity);
  unit.put(RECORDS.timer, message.messageId, { dueAtMs });
  unit.afterCommit(() => context.alarm.setFor(dueAtMs));
}

/** The timer of a message of the history, from now: it was read. */
export async function startReadTimer(unit: UnitOfWork, context: DeviceContext, record: HistoryRecord): Promise<void> {
  if (!record.content) return;
  const content = decodeStoredContent(record.content);
  await setTimer(unit, context, { messageId: record.messageId, content, readAtMs: context.nowMs() });
}

/**
 * Takes messages off this device when their time has come: by what they say themselves, or by what the person wants of the history. They
 * leave the files of the folder too. What was due while no process ran goes at the next start.
 */
export class Vanishing {
  constructor(private readonly context: DeviceContext) {}

  async start(): Promise<void> {
    const { alarm, store, events } = this.context;
    await store.resumeScrub();
    alarm.onRing(() => void this.run().catch((error: unknown) => events.emit('problem', { error })));
    await this.run();
  }

  /** Everything that is due now; sets the alarm for what is due next. */
  async run(): Promise<void> {
    const { alarm, store, events, nowMs } = this.context;
    const { due, nextAtMs } = await store.unit((unit) => this.#due(unit, nowMs()));
    if (due.length > 0) await store.unit(async (unit) => due.forEach((messageId) => forget(unit, messageId)));
    if (due.length > 0) events.emit('vanished', { messageIds: due });
    alarm.setFor(nextAtMs);
  }

  /** The history is read only where somebody asked that it goes by its age: it may be long. */
  async #due(unit: UnitOfWork, nowMs: number): Promise<{ due: MessageId[]; nextAtMs: number }> {
    const policies = await unit.get(RECORDS.policies, 'current');
    const timers = (await unit.list(RECORDS.timer)).flatMap(({ name, record }) => {
      const messageId = parseMessageId(name);
      return messageId ? [[messageId, record.dueAtMs] as const] : [];
    });
    const aged = asksForHistory(policies) ? await unit.list(RECORDS.history) : [];
    const ages = aged.map(({ record: { messageId, atMs, conversation } }) => {
      return [messageId, atMs + historySecondsOf(policies, conversation) * 1000] as const;
    });
    const due = new Set<MessageId>();
    let nextAtMs = Infinity;
    for (const [messageId, atMs] of [...timers, ...ages]) {
      if (atMs <= nowMs) due.add(messageId);
      else nextAtMs = Math.min(nextAtMs, atMs);
    }
    return { due: [...due], nextAtMs };
  }
}

/** A message of ours that was not submitted yet goes with it. */
function forget(unit: UnitOfWork, messageId: MessageId): void {
  unit.delete(RECORDS.history, messageId);
  unit.scrub(RECORDS.history, messageId);
  unit.delete(RECORDS.outgoing, messageId);
  unit.scrub(RECORDS.outgoing, messageId);
  unit.delete(RECORDS.timer, messageId);
  unit.delete(RECORDS.unhandled, `message ${messageId}`);
}
