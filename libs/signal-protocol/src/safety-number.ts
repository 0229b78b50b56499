import { utf8 } from '@causeway/message-model';
import { Fingerprint } from '@signalapp/libsignal-client';
import { parsePublicKey } from './key-pair.js';

/** libsignal's iteration count and version of numeric fingerprints. */
const ITERATIONS = 5200;
const VERSION = 2;

/**
 * The 60 digits two people compare, equal on both ends: over both account keys and both `mimi://` addresses. It changes
 * when either account key does, not when a device is added. About 2.5 ms. Throws on what is not a public key.
 */
export function safetyNumber(input: {
  readonly localAddress: string;
  readonly localAccountKey: Uint8Array;
  readonly remoteAddress: string;
  readonly remoteAccountKey: Uint8Array;
}): string {
  const local = parsePublicKey(input.localAccountKey);
  const remote = parsePublicKey(input.remoteAccountKey);
  if (!local || !remote) throw new TypeError('a safety number needs two account keys');
  return Fingerprint.new(ITERATIONS, VERSION, utf8(input.localAddress), local, utf8(input.remoteAddress), remote)
    .displayableFingerprint()
    .toString();
}
