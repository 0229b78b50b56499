import { nativeHostOf } from '@causeway/message-model';
import type { LinkedAccount } from '@causeway/storage';
import type { Candidate } from './route-vetoes.js';

/** The native way to one account. */
export const nativeWayTo = (address: string): Candidate => ({
  key: address,
  network: 'native',
  confidentiality: 'sealed',
  leavesRegion: [],
  host: nativeHostOf(address),
});

/**
 * Ways to other accounts of the person who granted: those that their order names, and that granted this sender or to which the grant may be
 * carried over. An account that refused is none, as one that nobody named. Pure.
 */
export function linkedWays(
  linked: readonly Pick<LinkedAccount, 'address' | 'crossNetwork' | 'conversation' | 'isOpen'>[],
  {
    order,
    sender,
  }: {
    readonly order: readonly string[];
    readonly sender: { readonly host: string; readonly crossNetwork: boolean };
  },
): readonly Candidate[] {
  return linked.flatMap(({ address, crossNetwork, conversation, isOpen }) => {
    const way = nativeWayTo(address);
    const isNamed = order.some((named) => named === way.key || named === way.host);
    if (!isNamed || (conversation === null && !isOpen)) return [];
    const isCrossing = way.host !== sender.host;
    const offFor = [
      ...(isCrossing && !sender.crossNetwork ? (['sender'] as const) : []),
      ...(isCrossing && !crossNetwork ? (['recipient'] as const) : []),
    ];
    return [{ ...way, offFor }];
  });
}
