import { CausewayError, parseAddress, type NativeAddress } from '@causeway/message-model';

/** The native address in a text. Throws `CausewayError` `invalid-address`. */
export function nativeOf(text: string): NativeAddress {
  const address = parseAddress(text);
  if (address?.kind === 'native') return address;
  throw new CausewayError('invalid-address');
}
