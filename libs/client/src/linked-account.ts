import type { NativePlan } from '@causeway/api-contract';
import {
  checkAccountLink,
  openDeviceList,
  parseAccountLink,
  type AccountLink,
  type SignedAccountLink,
} from '@causeway/signal-protocol';
import type { DeviceContext } from './device-context.js';
import { offeredBy, type Peers } from './peers.js';
import { RECORDS, type Peer, type Pin } from './records.js';
import { judgeDeviceList } from './trust.js';

type LeadingLink = Pick<Peer['links'][number], 'address' | 'createdAt'>;

/**
 * Whether a plan leads from the account that granted to another one of the same person, as both accounts say themselves: the granted one
 * under the key that is pinned for it, the other under the key that this names. Then the other is pinned by that key, and by nothing the
 * gateway says. False, with nothing believed, whatever is wrong.
 */
export async function believeLinked(
  context: DeviceContext,
  peers: Peers,
  granted: Peer,
  plan: NativePlan,
): Promise<boolean> {
  const address = plan.peer.address.uri;
  const signed = plan.links.find(({ document }) => parseAccountLink(document)?.address === address);
  if (!signed || isPast(granted, signed)) return false;
  const shown = await offeredList(context, await peers.get(address), plan);
  if (!shown) return false;
  const link =
    linkUnder(context, signed, { granted: granted.pin, other: shown.pin }) ??
    linkUnder(context, signed, { granted: (await refreshed(peers, granted)).pin, other: shown.pin });
  if (!link) return false;
  if (shown.offered) await peers.believe(address, shown.offered);
  await remember(context, peers, granted.address, link);
  return true;
}

/**
 * A link that is not shown any more was taken back or ran out: it is not believed again, whoever shows it. Only one that was signed later is.
 */
export async function noteLinks(
  context: DeviceContext,
  peers: Peers,
  address: string,
  plan: NativePlan,
): Promise<void> {
  const shown = plan.links.map(({ document }) => parseAccountLink(document)?.address);
  const isGone = (link: Peer['links'][number]): boolean => !link.isOver && !shown.includes(link.address);
  if (!(await peers.get(address)).links.some(isGone)) return;
  await context.store.unit(async (unit) => {
    const peer = await unit.get(RECORDS.peer, address);
    if (!peer) return;
    const links = peer.links.map((link) => (isGone(link) ? { ...link, isOver: true } : link));
    unit.put(RECORDS.peer, address, { ...peer, links });
  });
}

/** Signed before, or at the time of, one that is over or that a later one replaced. */
function isPast({ links }: Peer, { document }: SignedAccountLink): boolean {
  const link = parseAccountLink(document);
  const known = links.find(({ address }) => address === link?.address);
  if (!link || !known) return false;
  return known.isOver ? link.createdAt <= known.createdAt : link.createdAt < known.createdAt;
}

function linkUnder(
  { own, nowMs }: DeviceContext,
  signed: SignedAccountLink,
  pins: { readonly granted: Pin | null; readonly other: Pin },
): AccountLink | undefined {
  const [accepting, offering] = [pins.granted && partyOf(pins.granted), partyOf(pins.other)];
  const facts = accepting && offering && { accepting, offering, tenant: own.current.tenant, now: nowMs() / 1000 };
  return facts ? checkAccountLink(signed, facts) : undefined;
}

function partyOf({ accountKey, list: signed }: Pin) {
  const list = openDeviceList(signed, accountKey);
  return list && { accountKey, list };
}

/** The list of the other account, genuine under the key it is shown with, which the link has to name; nothing is believed by it yet. */
async function offeredList({ api }: DeviceContext, other: Peer, plan: NativePlan) {
  const { account, deviceListVersion } = plan.peer;
  const { pin } = other;
  if (pin?.account === account && pin.version === deviceListVersion && other.change === null)
    return { pin, offered: undefined };
  const offered = offeredBy((await api.conversationDevices(plan.conversation)).peer);
  const judged = judgeDeviceList(pin, offered, other.address);
  if (judged.kind === 'refused' || judged.kind === 'key-change') return undefined;
  return { pin: judged.pin, offered };
}

/** The list of the granted account may have changed since: the device that accepted may be a new one. */
async function refreshed(peers: Peers, granted: Peer): Promise<Peer> {
  return granted.conversation === null || granted.pin === null
    ? granted
    : peers.refresh(granted.address, granted.conversation);
}

async function remember(context: DeviceContext, peers: Peers, granted: string, link: AccountLink): Promise<void> {
  const { address, createdAt } = link;
  const isSame = (one: LeadingLink): boolean => one.address === address && one.createdAt === createdAt;
  if ((await peers.get(granted)).links.some(isSame)) return;
  await context.store.unit(async (unit) => {
    const peer = await unit.get(RECORDS.peer, granted);
    if (!peer) return;
    const others = peer.links.filter((one) => one.address !== address);
    unit.put(RECORDS.peer, granted, { ...peer, links: [...others, { address, createdAt, isOver: false }] });
  });
}
