import { encodeCbor, type Bytes } from '@causeway/message-model';
import { open, seal } from './hpke.js';

/** What keys that one edge lends another are bound to. */
export interface KeyLoanContext {
  readonly region: string;
  /** Names the state of the keys that is lent. */
  readonly revision: string;
}

const INFO = 'causeway-edge-key-loan-v1';

/**
 * Seals keys for one answer to one question: the asker makes a key pair for it and forgets it afterwards, so neither the transport's buffers
 * nor a recording of them, with whatever certificate, give the keys back. Throws on a key that is none.
 */
export const sealKeyLoan = (input: {
  readonly context: KeyLoanContext;
  readonly askerPublicKey: Uint8Array;
  readonly keys: Bytes;
}): Bytes => seal(input.askerPublicKey, input.keys, { info: INFO, aad: aadOf(input.context) });

/** `undefined` when it was sealed to another asker, for another region or revision, or is no box. */
export const openKeyLoan = (input: {
  readonly context: KeyLoanContext;
  readonly askerPrivateKey: Uint8Array;
  readonly sealed: Uint8Array;
}): Bytes | undefined => open(input.askerPrivateKey, input.sealed, { info: INFO, aad: aadOf(input.context) });

const aadOf = ({ region, revision }: KeyLoanContext): Bytes => encodeCbor([region, revision]);
