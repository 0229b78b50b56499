import { encodeCbor, type Bytes } from '@causeway/message-model';
import { readDocument, type FieldReader } from '@causeway/signal-protocol';
import { openAes, sealAes } from './aes-box.js';
import type { AddressKey } from './key-state.js';

const LABEL = 'causeway-address-at-rest-v1';
const MAX_BYTES = 4096;

const aadOf = (keyId: string, aad: Uint8Array): Bytes => encodeCbor([LABEL, keyId, new Uint8Array(aad)]);

/** Deterministic CBOR of key id and box; the key id is in the AAD too. */
export function sealAtRest(key: AddressKey, plaintext: Uint8Array, aad: Uint8Array): Bytes {
  return encodeCbor([key.keyId, sealAes(key.secret, plaintext, aadOf(key.keyId, aad))]);
}

export function openAtRest(keys: readonly AddressKey[], sealed: Uint8Array, aad: Uint8Array): Bytes | undefined {
  const read = readDocument(sealed, readSealed);
  const key = keys.find(({ keyId }) => keyId === read?.keyId);
  return read && key && openAes(key.secret, read.box, aadOf(key.keyId, aad));
}

/** Which address key something rests under, so that a job can find what is still under an old one. */
export function addressKeyIdOf(sealed: Uint8Array): string | undefined {
  return readDocument(sealed, readSealed)?.keyId;
}

const readSealed = (fields: FieldReader): { keyId: string; box: Bytes } => ({
  keyId: fields.text(),
  box: fields.bytes({ min: 1, max: MAX_BYTES }),
});
