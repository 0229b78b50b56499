import { encodeCbor, type Bytes, type ContactId } from '@causeway/message-model';
import { readDocument } from './field-reader.js';
import { open, seal } from './hpke.js';
import type { SealedAddressContext } from './sealed-address.js';

/** What a person's device wants the other end of a clear conversation to see: no words, and gone in seconds. */
export type Indication =
  | { readonly kind: 'typing'; readonly network: string; readonly isTyping: boolean }
  /** `externalId` is the network's own name of a message it brought. */
  | { readonly kind: 'read'; readonly network: string; readonly externalId: string };

/** What an indication is bound to. */
export interface SealedIndicationContext extends SealedAddressContext {
  readonly contact: ContactId;
}

const INFO = 'causeway-edge-indication-v1';
const MOST_ID_CHARACTERS = 200;

/** Seals an indication to the edge: what a network calls its messages is no business of the gateway's. */
export function sealIndication(input: {
  readonly context: SealedIndicationContext;
  readonly legPublicKey: Uint8Array;
  readonly indication: Indication;
}): Bytes {
  const { indication } = input;
  const fields =
    indication.kind === 'typing'
      ? [indication.kind, indication.network, indication.isTyping ? 1 : 0]
      : [indication.kind, indication.network, indication.externalId];
  return seal(input.legPublicKey, encodeCbor(fields), { info: INFO, aad: aadOf(input.context) });
}

/** The indication, or `undefined` when it is none, or was sealed for another contact, device or key. */
export function openIndication(input: {
  readonly context: SealedIndicationContext;
  readonly legPrivateKey: Uint8Array;
  readonly sealed: Uint8Array;
}): Indication | undefined {
  const plaintext = open(input.legPrivateKey, input.sealed, { info: INFO, aad: aadOf(input.context) });
  return (
    plaintext &&
    readDocument(plaintext, (fields): Indication => {
      const kind = fields.oneOf(['typing', 'read']);
      const network = fields.text();
      return kind === 'typing'
        ? { kind, network, isTyping: fields.integer({ min: 0, max: 1 }) === 1 }
        : { kind, network, externalId: fields.text(MOST_ID_CHARACTERS) };
    })
  );
}

const aadOf = ({ tenant, region, keyId, account, device, contact }: SealedIndicationContext): Bytes =>
  encodeCbor([tenant, region, keyId, account, device, contact]);
