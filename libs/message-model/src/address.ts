import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { parseContactId, type ContactId } from './ids.js';

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

/** Somebody who wrote through an alias, whose number stays with the edge: `contact:c_...`, of use to one account only. */
export interface ContactAddress {
  readonly kind: 'contact';
  readonly uri: string;
  readonly contact: ContactId;
}

/** Where someone can be written to. */
export type Address = NativeAddress | PhoneAddress | ContactAddress;

const NATIVE = /^mimi:\/\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)\/u\/([a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?)$/i;

/**
 * Reads a `mimi://`, `tel:` or `contact:` URI, or a number with its plus sign, and nothing around it. `undefined` when it is none of them,
 * the number cannot exist, or it has an extension. The `uri` of the result is the one spelling of the address.
 */
export function parseAddress(text: string): Address | undefined {
  if (text.startsWith('tel:') || text.startsWith('+')) return parsePhone(text);
  if (text.startsWith('contact:')) return parseContact(text.slice('contact:'.length));
  // matched before it is lowered: lowering would turn the Kelvin sign into a k
  const match = NATIVE.exec(text);
  const [host, handle] = (match?.slice(1) ?? []).map((part) => part.toLowerCase());
  return host && handle ? { kind: 'native', uri: `mimi://${host}/u/${handle}`, host, handle } : undefined;
}

function parseContact(id: string): ContactAddress | undefined {
  const contact = parseContactId(id);
  return contact && { kind: 'contact', uri: contactUri(contact), contact };
}

/** How a person is named whose number the other side is not to learn. */
export const contactUri = (contact: ContactId): string => `contact:${contact}`;

/** The network that a native address is on: its host. `undefined` for any other text. */
export const nativeHostOf = (uri: string): string | undefined => {
  const address = parseAddress(uri);
  return address?.kind === 'native' ? address.host : undefined;
};

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
