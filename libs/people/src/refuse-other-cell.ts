import { CausewayError, parseAddress } from '@causeway/message-model';

/**
 * A conversation lives in one cell. An address of another one is refused at once, for everyone alike: its host is public, and says nothing
 * about whether anybody is there.
 */
export function refuseOtherCell(
  caller: { readonly hosts: readonly string[] },
  addressUri: string,
  pointer: string,
): void {
  const address = parseAddress(addressUri);
  if (address?.kind !== 'native' || caller.hosts.includes(address.host)) return;
  throw new CausewayError('region-not-permitted', {
    pointer,
    detail: 'This address lives in another cell, and a conversation lives in one',
  });
}
