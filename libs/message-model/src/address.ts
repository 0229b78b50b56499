import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** A person on a native network, draft-ietf-mimi-protocol: `mimi://host/u/handle`; host and handle are lower case. */
export interface NativeAddress {
  readonly kind: 'native';
  readonly uri: string;
  readonly host: string;
  readonly handle: string;
}

/** A telephone number, RFC 3966 global form: `tel:+14155550123`. */
export interface PhoneAddress {
  readonly kind: 'phone';
  readonly uri: string;
  /** E.164 with the plus sign. */
  readonly e164: string;
}

/** Where someone can be written to. */
export type Address = NativeAddress | PhoneAddress;

const NATIVE = /^mimi:\/\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)\/u\/([a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?)$/i;

/**
 * Reads a `mimi://` or `tel:` URI, or a number with its plus sign, and nothing around it. `undefined` when it is neither, the number cannot
 * exist, or it has an extension. The `uri` of the result is the one spelling of the address.
 */
export function parseAddress(text: string): Address | undefined {
  if (text.startsWith('tel:') || text.startsWith('+')) return parsePhone(text);
  // matched before it is lowered: lowering would turn the Kelvin sign into a k
  const match = NATIVE.exec(text);
  const [host, handle] = (match?.slice(1) ?? []).map((part) => part.toLowerCase());
  return host && handle ? { kind: 'native', uri: `mimi://${host}/u/${handle}`, host, handle } : undefined;
}

function parsePhone(text: string): PhoneAddress | undefined {
  // parameters (RFC 3966) reach something other than the bare number
  if (text.includes(';')) return undefined;
  const number = parsePhoneNumberFromString(text.startsWith('tel:') ? text.slice(4) : text, { extract: false });
  if (!number?.isPossible() || number.ext) return undefined;
  return { kind: 'phone', uri: `tel:${number.number}`, e164: number.number };
}

/** The address of a handle at a host; `undefined` when either is not one. */
export const nativeAddress = (host: string, handle: string): NativeAddress | undefined => {
  const address = parseAddress(`mimi://${host}/u/${handle}`);
  return address?.kind === 'native' ? address : undefined;
};

/** The room URI of a conversation; it enters every message id, so both ends derive it the same way. */
export const conversationUri = (host: string, conversationId: string): string => `mimi://${host}/r/${conversationId}`;
