import { CausewayError, encodeCbor, type Bytes } from '@causeway/message-model';
import { readDocument } from '@causeway/signal-protocol';

/** What something wrapped is for. All of it is authenticated: opened for anything else, it does not open. */
export interface KeyContext {
  readonly tenant: string;
  readonly region: string;
  /** Kebab-case; names a ring of wrapping keys of its own. */
  readonly purpose: string;
  /** Counts what was wrapped for that purpose, from 1: an older one does not pass for the newest. */
  readonly version: number;
}

/** Kinds of key providers, as `CAUSEWAY_KEY_PROVIDER` names them. */
export const KEY_PROVIDERS = ['file', 'pkcs11'] as const;
/** One of `KEY_PROVIDERS`. */
export type KeyProviderKind = (typeof KEY_PROVIDERS)[number];

/**
 * Holds wrapping keys and gives none of them away: it wraps and unwraps small secrets of up to `MAX_WRAPPED_BYTES`. Calls may overlap.
 * Everything throws `KeyProviderAway` while the provider cannot be reached; asking again later helps, and nothing else has to be done.
 */
export interface KeyProvider {
  readonly kind: KeyProviderKind;
  /** A new wrapping key of a purpose; its id. Older ones go on unwrapping until they are destroyed. */
  makeKey(purpose: string): Promise<string>;
  wrap(context: KeyContext, keyId: string, secret: Uint8Array): Promise<Bytes>;
  /** `undefined` when it was changed, is of another context, or its wrapping key was destroyed: asking again does not help. */
  unwrap(context: KeyContext, wrapped: Uint8Array): Promise<Bytes | undefined>;
  /** Destroys every wrapping key of the purpose but one. Repeating it changes nothing. */
  destroyAllBut(purpose: string, keyId: string): Promise<void>;
  /** Resolves when it can be reached now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** A provider that cannot be reached: whoever needs it now fails, and recovers by itself once it is back. */
export class KeyProviderAway extends CausewayError {
  constructor(kind: KeyProviderKind, options: { readonly cause?: unknown } = {}) {
    super('unavailable', { detail: `The key provider (${kind}) does not answer` });
    if (options.cause !== undefined) this.cause = options.cause;
  }
}

/** What a provider wraps at most, bytes: larger secrets go into an envelope whose key is wrapped. */
export const MAX_WRAPPED_BYTES = 1024;
const LABEL = 'causeway-wrapped-v1';
const PURPOSE = /^[a-z][a-z0-9-]{0,79}$/;

/** The purpose as it may stand in names of files and objects. Throws on any other: purposes are ours or were checked at the door. */
export function checkedPurpose(purpose: string): string {
  if (PURPOSE.test(purpose)) return purpose;
  throw new Error('a purpose of keys is kebab-case');
}

/** What a wrapped secret is bound to, as associated data. */
export const wrappingAad = ({ tenant, region, purpose, version }: KeyContext, keyId: string): Bytes =>
  encodeCbor([LABEL, tenant, region, purpose, version, keyId]);

export const encodeWrapped = (keyId: string, box: Uint8Array): Bytes => encodeCbor([LABEL, keyId, new Uint8Array(box)]);

export function decodeWrapped(wrapped: Uint8Array): { readonly keyId: string; readonly box: Bytes } | undefined {
  return readDocument(wrapped, (fields) => {
    fields.literal(LABEL);
    return { keyId: fields.text(), box: fields.bytes({ min: 1, max: 2 * MAX_WRAPPED_BYTES }) };
  });
}

/** The wrapping key that something wrapped is under. */
export const wrappingKeyIdOf = (wrapped: Uint8Array): string | undefined => decodeWrapped(wrapped)?.keyId;
