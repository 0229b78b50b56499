import { CausewayError, parseAddress, type NativeAddress } from '@causeway/message-model';

/** Throws `CausewayError('invalid-address')` for anything but a `mimi://` address. */
export function nativeOf(text: string): NativeAddress {
  const address = parseAddress(text);
  if (address?.kind === 'native') return address;
  throw new CausewayError('invalid-address');
}
