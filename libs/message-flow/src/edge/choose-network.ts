import {
  canNameMessages,
  canWithdraw,
  type ClearAdapter,
  type NamesMessages,
  type Withdraws,
} from '@causeway/network-adapter';
import { objectionsTo } from '@causeway/people';
import type { LaneHead, LaneMessage, SealedContact } from '@causeway/storage';

/** A network that can be left: what it took can be named and taken back. */
export type Leavable = ClearAdapter & NamesMessages & Withdraws;

export type Choice =
  | {
      readonly kind: 'network';
      readonly adapter: ClearAdapter;
      /** Another network of the plan may carry it when this one cannot, after it was taken back here. */
      readonly hasFallback: boolean;
      readonly isEncryptionRequired: boolean;
    }
  | { readonly kind: 'encryption-unavailable' }
  /** None of its networks is here. */
  | { readonly kind: 'none' };

type Adapters = ReadonlyMap<string, ClearAdapter>;

/**
 * The network a message goes over now: the first of its own that nobody closed, in the order that was signed, but for one that its lane fell back from. A
 * conversation that was end-to-end encrypted stays where it was so.
 */
export function chooseNetwork(
  message: Pick<LaneMessage, 'networks' | 'floor'>,
  input: {
    readonly adapters: Adapters;
    readonly lane: Pick<LaneHead, 'fellBackFrom' | 'fellBackUntil'>;
    readonly contact: Pick<SealedContact, 'encryptedNetwork' | 'rules'>;
    readonly nowMs: number;
  },
): Choice {
  const { adapters, lane, contact, nowMs } = input;
  const networks = message.networks.filter((network) => isOpen(network, message, contact));
  const known = networks.map((network) => adapters.get(network)).filter((adapter) => adapter !== undefined);
  if (known.length === 0) return { kind: 'none' };
  if (contact.encryptedNetwork !== null) {
    const adapter = known.find(({ network }) => network === contact.encryptedNetwork);
    return adapter
      ? { kind: 'network', adapter, hasFallback: false, isEncryptionRequired: true }
      : { kind: 'encryption-unavailable' };
  }
  const left = leftNetwork(lane, nowMs);
  const adapter = known.find(({ network }) => network !== left) ?? known[0];
  if (!adapter) return { kind: 'none' };
  const hasFallback = fallbackOf({ networks }, adapter, adapters) !== undefined;
  return { kind: 'network', adapter, hasFallback, isEncryptionRequired: false };
}

/** Asked again of both ends' rules as they are now: the plan was made before. What closed meanwhile is not taken, whoever closed it. */
function isOpen(
  network: string,
  { floor }: Pick<LaneMessage, 'floor'>,
  { rules }: Pick<SealedContact, 'rules'>,
): boolean {
  // countries are asked about before anything is opened: CheckPermission
  const candidate = { key: network, network, confidentiality: 'clear', leavesRegion: [] } as const;
  const facts = {
    ...rules,
    isGranted: true,
    floor: floor === 'clear' ? floor : 'sealed',
    isRefusedOutside: false,
  } as const;
  return objectionsTo(candidate, facts).length === 0;
}

/** The network that a lane stays away from now. */
export const leftNetwork = (
  { fellBackFrom, fellBackUntil }: Pick<LaneHead, 'fellBackFrom' | 'fellBackUntil'>,
  nowMs: number,
): string | undefined =>
  fellBackFrom !== null && fellBackUntil !== null && fellBackUntil.getTime() > nowMs ? fellBackFrom : undefined;

/** What a message may go over after `adapter`, which must be able to take back what it has. */
export function fallbackOf(
  { networks }: Pick<LaneMessage, 'networks'>,
  adapter: ClearAdapter,
  adapters: Adapters,
): string | undefined {
  if (!isLeavable(adapter)) return undefined;
  const later = networks.slice(networks.indexOf(adapter.network) + 1);
  return networks.includes(adapter.network) ? later.find((network) => adapters.has(network)) : undefined;
}

export const isLeavable = (adapter: ClearAdapter): adapter is Leavable =>
  canNameMessages(adapter) && canWithdraw(adapter);
