import type { AccountId, DeviceId } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import { learnGrant } from './learn-grant.js';
import type { Peers } from './peers.js';
import { RECORDS, type Pin } from './records.js';
import { pinOfAccount } from './sessions.js';
import { pinnedDevices } from './trust.js';

export type SenderStanding =
  | { readonly kind: 'listed'; readonly address: string }
  | { readonly kind: 'unlisted' }
  /** A grant or a review may still make the sender known: the item waits, unacknowledged. */
  | { readonly kind: 'undecided' };

/** Whether a device that claims to have sent something is on a verified list, fetching lists as needed. Throws when it cannot ask. */
export async function standingOf(
  context: DeviceContext,
  peers: Peers,
  account: AccountId,
  deviceId: DeviceId,
): Promise<SenderStanding> {
  if (account === context.own.current.account) return ownStanding(context, peers, deviceId);
  const known = await peers.addressOf(account);
  const pin = known === undefined ? undefined : await pinOfAccount(context.store, account);
  if (known !== undefined && pin && lists(pin, deviceId)) return { kind: 'listed', address: known };
  for (const { address, conversation } of await candidates(context, known)) {
    const peer = await peers.refresh(address, conversation);
    if (peer.pin?.account === account && lists(peer.pin, deviceId)) return { kind: 'listed', address };
    if (peer.change?.account === account) return { kind: 'undecided' };
  }
  return known === undefined ? askedStanding(context, peers, account, deviceId) : { kind: 'unlisted' };
}

/** Somebody whose request another device of this person answered: there is a grant that nobody told this device of. */
async function askedStanding(
  context: DeviceContext,
  peers: Peers,
  account: AccountId,
  deviceId: DeviceId,
): Promise<SenderStanding> {
  for (const { record } of await context.store.list(RECORDS.request)) {
    const conversation = await learnGrant(context, record.from, () => undefined);
    const pin = conversation && (await peers.refresh(record.from, conversation)).pin;
    if (pin?.account === account && lists(pin, deviceId)) return { kind: 'listed', address: record.from };
  }
  return { kind: 'undecided' };
}

const lists = (pin: Pin, deviceId: DeviceId): boolean =>
  pinnedDevices(pin).some((device) => device.deviceId === deviceId);

async function ownStanding(context: DeviceContext, peers: Peers, deviceId: DeviceId): Promise<SenderStanding> {
  const { list, address } = context.own.current;
  const isListed = lists(list, deviceId) || lists(await peers.refreshOwn(), deviceId);
  return isListed ? { kind: 'listed', address } : { kind: 'unlisted' };
}

/** Conversations that could be the sender's: the one of that account, or all of which it could be a first or a new key. */
async function candidates(context: DeviceContext, known: string | undefined) {
  const peers = await context.store.list(RECORDS.peer);
  return peers.flatMap(({ record: { address, conversation } }) =>
    conversation && (known === undefined || known === address) ? [{ address, conversation }] : [],
  );
}
