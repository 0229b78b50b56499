import type { HeldPolicies } from '@causeway/api-contract';
import type { ConversationId } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import type { UnitOfWork } from './device-store.js';
import { RECORDS, type KnownPolicies } from './records.js';

/** How long the history of a conversation is kept here, seconds; `Infinity` where nobody asked for less. */
export function historySecondsOf(policies: KnownPolicies | undefined, conversation: string): number {
  const asked = (policies?.conversations ?? []).filter(
    (wish) => wish.class === 'history' && wish.conversation === conversation,
  );
  return Math.min(policies?.historySeconds ?? Infinity, ...asked.map(({ keepSeconds }) => keepSeconds));
}

/** Whether anybody asked that messages of the history go by their age. */
export const asksForHistory = (policies: KnownPolicies | undefined): boolean =>
  (policies?.historySeconds ?? null) !== null ||
  (policies?.conversations ?? []).some((wish) => wish.class === 'history');

/** How long a message of a conversation may wait undelivered, seconds. */
export async function undeliveredSecondsOf(unit: UnitOfWork, conversation: ConversationId): Promise<number> {
  const policies = await unit.get(RECORDS.policies, 'current');
  const asked = (policies?.conversations ?? []).filter(
    (wish) => wish.class === 'undelivered-envelope' && wish.conversation === conversation,
  );
  return Math.min(policies?.undeliveredSeconds ?? Infinity, ...asked.map(({ keepSeconds }) => keepSeconds));
}

/** Takes over what the gateway says holds, for all devices of the account alike. */
export async function learnPolicies(context: DeviceContext, held: HeldPolicies): Promise<void> {
  const rowOf = (name: string) => held.policies.find((policy) => policy.class === name);
  const history = rowOf('history');
  const known: KnownPolicies = {
    historySeconds: history && history.decidedBy !== 'default' ? history.keepSeconds : null,
    undeliveredSeconds: rowOf('undelivered-envelope')?.keepSeconds ?? Number.MAX_SAFE_INTEGER,
    conversations: held.conversations,
  };
  await context.store.put(RECORDS.policies, 'current', known);
}
