import { safetyNumber } from '@causeway/signal-protocol';
import { contactOf } from './contacts.js';
import type { DeviceContext } from './device-context.js';
import { recordGrant } from './device-event-handling.js';
import type { DeviceParts } from './device-parts.js';
import type { Peers } from './peers.js';
import { ProblemError } from './problem-error.js';
import { RECORDS } from './records.js';

/** Grants a request; one that another device answered meanwhile leads to the same grant. */
export async function acceptRequest(context: DeviceContext, parts: DeviceParts, request: string): Promise<void> {
  const asked = await context.store.get(RECORDS.request, request);
  try {
    const { peer, conversation } = await context.api.grant(request);
    await context.store.unit(async (unit) => {
      unit.delete(RECORDS.request, request);
      const granted = { address: peer.uri, conversation };
      await recordGrant(unit, context, granted, (address) => parts.goOn(address));
    });
  } catch (error) {
    const isAnswered = error instanceof ProblemError && error.code === 'not-found' && asked !== undefined;
    if (!isAnswered || !(await parts.learnGrant(asked.from))) throw error;
  }
}

/** Drops what comes from a telephone number, or no longer. */
export async function decideNumber(
  context: DeviceContext,
  { edge }: DeviceParts,
  { address, decision }: { readonly address: string; readonly decision: 'grant' | 'revoke' },
): Promise<void> {
  const { contact } = await contactOf(context, edge, address);
  await context.api.decideContact(contact, decision);
}

/** 60 digits, the same on both ends. Throws when nothing was exchanged with this address yet. */
export async function safetyNumberWith({ own }: DeviceContext, peers: Peers, uri: string): Promise<string> {
  const { pin } = await peers.get(uri);
  if (!pin) throw new Error('nothing was exchanged with this address yet');
  const { address: localAddress, accountKey } = own.current;
  return safetyNumber({
    localAddress,
    localAccountKey: accountKey,
    remoteAddress: uri,
    remoteAccountKey: pin.accountKey,
  });
}
