import { safetyNumber } from '@causeway/signal-protocol';
import { contactOf, isClearAddress } from './contacts.js';
import type { DeviceContext } from './device-context.js';
import { recordGrant } from './device-event-handling.js';
import type { DeviceParts } from './device-parts.js';
import { nativeOf } from './native-of.js';
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

/**
 * A grant in advance, or a block. What a telephone sends is dropped, or no longer; a native grant may let go what waited for it.
 */
export async function decideAbout(
  context: DeviceContext,
  parts: DeviceParts,
  { address, decision }: { readonly address: string; readonly decision: 'grant' | 'revoke' },
): Promise<void> {
  if (isClearAddress(address)) {
    const { contact } = await contactOf(context, parts.edge, address);
    return context.api.decideContact(contact, decision);
  }
  const peer = nativeOf(address);
  if (decision === 'revoke') return context.api.revoke(peer);
  await context.api.allow(peer);
  await parts.learnGrant(peer.uri);
}

/** Takes back one's own request, with the messages that waited for its answer. */
export async function withdrawRequest(
  context: DeviceContext,
  { outgoing }: DeviceParts,
  address: string,
): Promise<void> {
  const peer = nativeOf(address);
  for (const { messageId } of await outgoing.waiting(peer.uri)) await outgoing.cancel(messageId);
  await context.api.cancelRequest(peer);
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
