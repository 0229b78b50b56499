import { CausewayError, parseAddress, type NativeAddress } from '@causeway/message-model';

/** A `mimi://` address. Throws `CausewayError('invalid-address')` for anything else. */
export function nativeOf(text: string): NativeAddress {
  const address = parseAddress(text);
  if (address?.kind === 'native') return address;
  throw new CausewayError('invalid-address');
}
