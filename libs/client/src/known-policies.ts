import type { HeldPolicies } from '@causeway/api-contract';
import { POLICIES, type ConversationId } from '@causeway/message-model';
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

/** How long something may have been under way to this device, milliseconds: so long a key that was replaced may still have to open it. */
export const longestUnderWayMs = (policies: KnownPolicies | undefined): number =>
  1000 * Math.max(policies?.longestUnderWaySeconds ?? 0, POLICIES['undelivered-envelope'].defaultSeconds);

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
  const undelivered = rowOf('undelivered-envelope');
  const known: KnownPolicies = {
    historySeconds: history && history.decidedBy !== 'default' ? history.keepSeconds : null,
    undeliveredSeconds: undelivered?.keepSeconds ?? Number.MAX_SAFE_INTEGER,
    longestUnderWaySeconds: undelivered?.tenantSeconds ?? POLICIES['undelivered-envelope'].maxSeconds,
    conversations: held.conversations,
  };
  await context.store.put(RECORDS.policies, 'current', known);
}
