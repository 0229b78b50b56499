import type { ConversationId } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import { recordGrant } from './device-event-handling.js';
import { RECORDS } from './records.js';

/** Asks whether there is a grant with an address by now, given perhaps on another device, and goes on if there is. */
export async function learnGrant(
  context: DeviceContext,
  address: string,
  flush: (address: string) => void,
): Promise<ConversationId | undefined> {
  const plan = await context.api.planRoute({ kind: 'address', address }, { stays: true });
  if (plan.leg !== 'native' || plan.peer.address.uri !== address) return undefined;
  await context.store.unit(async (unit) => {
    for (const { name, record } of await unit.list(RECORDS.request)) {
      if (record.from === address) unit.delete(RECORDS.request, name);
    }
    await recordGrant(unit, context, { address, conversation: plan.conversation }, flush);
  });
  return plan.conversation;
}
