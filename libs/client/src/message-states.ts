import { formatState, isCancellable, isTerminal, type MessageId, type MessageState } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import type { UnitOfWork } from './device-store.js';
import { RECORDS, type OutgoingRecord } from './records.js';

/**
 * Writes down what became of a message and tells the person. A terminal state stays, and nothing goes back to waiting
 * once an attempt has begun. Ended messages leave the outgoing collection; the history keeps them.
 */
export async function recordState(
  unit: UnitOfWork,
  context: DeviceContext,
  messageId: MessageId,
  state: MessageState,
): Promise<void> {
  const outgoing = await unit.get(RECORDS.outgoing, messageId);
  const history = await unit.get(RECORDS.history, messageId);
  // of the moment, and forgotten: nobody waits for word of it
  if (!outgoing && !history) return;
  const before = outgoing?.state ?? history?.state ?? null;
  if (before && !follows(before, state)) {
    // Submitted again after a restart, and further along than the answer says.
    if (outgoing && !outgoing.state) unit.put(RECORDS.outgoing, messageId, { ...outgoing, state: before });
    return;
  }
  if (outgoing) {
    if (isTerminal(state)) unit.delete(RECORDS.outgoing, messageId);
    else unit.put(RECORDS.outgoing, messageId, withState(outgoing, state));
  }
  if (history) unit.put(RECORDS.history, messageId, { ...history, state });
  if (before && formatState(before) === formatState(state)) return;
  unit.afterCommit(() => context.events.emit('state', { messageId, state }));
}

/** What waits on us is sealed anew: the sealed form it had belonged to a route that no longer holds. */
const withState = (outgoing: OutgoingRecord, state: MessageState): OutgoingRecord =>
  state.kind === 'waiting-on-sender' ? { ...outgoing, state, request: null } : { ...outgoing, state };

function follows(before: MessageState, after: MessageState): boolean {
  if (isTerminal(before)) return false;
  if (after.kind === 'waiting-on-sender') return isCancellable(before) || before.kind === 'sending';
  if (after.kind === 'accepted' || after.kind === 'ready') return isCancellable(before);
  return !(before.kind === 'sent' && after.kind === 'sending');
}
