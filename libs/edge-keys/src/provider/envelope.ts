import { randomBytes } from 'node:crypto';
import { encodeCbor, type Bytes } from '@causeway/message-model';
import { readDocument } from '@causeway/signal-protocol';
import { openAes, sealAes } from '../aes-box.js';
import { KEY_PROVIDERS, type KeyContext, type KeyProvider, type KeyProviderKind } from './key-provider.js';

const LABEL = 'causeway-sealed-keys-v2';
const KEY_BYTES = 32;
const MAX_WRAPPED = 4096;

/** What stands open on an envelope, and what is inside: a secret of any size under a key of its own, which a provider wrapped. */
export interface Envelope {
  readonly kind: KeyProviderKind;
  readonly context: KeyContext;
  readonly wrappedKey: Bytes;
  readonly box: Bytes;
}

/** Seals under that wrapping key. Throws `KeyProviderAway`. */
export async function sealEnvelope(
  provider: KeyProvider,
  { context, keyId }: { readonly context: KeyContext; readonly keyId: string },
  plaintext: Uint8Array,
): Promise<Bytes> {
  const key = randomBytes(KEY_BYTES);
  const wrappedKey = await provider.wrap(context, keyId, key);
  const box = sealAes(key, plaintext, aadOf(provider.kind, context));
  key.fill(0);
  const { tenant, region, purpose, version } = context;
  return encodeCbor([LABEL, provider.kind, tenant, region, purpose, version, wrappedKey, box]);
}

/** What stands open on it; `undefined` when it is none. */
export function readEnvelope(bytes: Uint8Array): Envelope | undefined {
  return readDocument(bytes, (fields) => {
    fields.literal(LABEL);
    const kind = fields.oneOf(KEY_PROVIDERS);
    const context = {
      tenant: fields.text(),
      region: fields.text(),
      purpose: fields.text(),
      version: fields.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    };
    const wrappedKey = fields.bytes({ min: 1, max: MAX_WRAPPED });
    return { kind, context, wrappedKey, box: fields.bytes({ min: 1, max: bytes.length }) };
  });
}

/** `undefined` when it was changed or its wrapping key is gone. Throws `KeyProviderAway`. */
export async function openEnvelope(
  provider: KeyProvider,
  { kind, context, wrappedKey, box }: Envelope,
): Promise<Bytes | undefined> {
  if (kind !== provider.kind) return undefined;
  const key = await provider.unwrap(context, wrappedKey);
  const plaintext = key?.length === KEY_BYTES ? openAes(key, box, aadOf(kind, context)) : undefined;
  key?.fill(0);
  return plaintext;
}

const aadOf = (kind: KeyProviderKind, { tenant, region, purpose, version }: KeyContext): Bytes =>
  encodeCbor([LABEL, kind, tenant, region, purpose, version]);
