import type { Bytes } from '@causeway/message-model';
import type { Plaintext } from '@causeway/platform';
import type { Adapter } from '../adapter.js';
import type { RawRequest } from '../inbound.js';
import type { ClearOutbound, Outbound } from '../outbound.js';
import type { MediaLink, OutboundBody } from '../outbound-body.js';

/**
 * What the network behind an adapter can be told to do wrong with the next call that sends.
 * `silent`: it takes the request and does not answer within the adapter's timeout. `cut-off`: it takes the request and the
 * connection breaks. `server-error`: it answers that it failed. `throttled`: it answers that there were too many calls.
 * `refused`: it refuses for good, by a documented code. `unknown-code`: it refuses by a code that no documentation names.
 */
export const NETWORK_FAULTS = ['silent', 'cut-off', 'server-error', 'throttled', 'refused', 'unknown-code'] as const;
export interface NetworkFault {
  readonly kind: (typeof NETWORK_FAULTS)[number];
}

/** A message as it reached the person. */
export interface DeliveredMessage {
  readonly kind: OutboundBody['kind'];
  /** The words the person reads; of media its caption, of cards title and description of each, by line. Empty where there are none. */
  readonly text: string;
  /** External id of the message it is about. */
  readonly target?: string;
  /** What stands on the suggestions under it. */
  readonly suggestions?: readonly string[];
  /** When the network was told to stop trying, milliseconds since the epoch; absent when it was told nothing. */
  readonly expiresAtMs?: number;
}

/** Webhooks of the network, as values: a law decides what the adapter is shown, and how often. */
export interface HarnessWebhooks {
  /** What the network's signature is over. */
  readonly signs: readonly ('body' | 'url')[];
  /** The person writes; resolves with every webhook the network sent for it, as it sent them. */
  sendFrom(text: string): Promise<readonly RawRequest[]>;
  /** The person sends a file; only where the adapter can fetch it. */
  sendMedia?(contentType: string, content: Bytes): Promise<readonly RawRequest[]>;
  /** The person taps a suggestion; only where the network carries them. */
  tap?(text: string, postback: string): Promise<readonly RawRequest[]>;
  /** Every receipt of an accepted message, up to `delivered` or, after `losePart`, to the last one. */
  receipts(externalId: string): Promise<readonly RawRequest[]>;
  /** One part of the next message does not arrive, the others do; only where the network carries long messages in parts. */
  losePart?(): Promise<void>;
  /** The webhook of the next `sendFrom` comes twice, as the network repeats one. */
  duplicateNext(): Promise<void>;
  /** The next `receipts` come last one first. */
  reorder(): Promise<void>;
  /** The same request with a signature that does not hold. */
  forge(request: RawRequest): RawRequest;
}

/** The network's calls that send, to be disturbed. */
export interface HarnessFaults {
  /** Faults this network can have. */
  readonly kinds: readonly NetworkFault['kind'][];
  failNext(fault: NetworkFault): Promise<void>;
  /** The next answer comes this late, milliseconds, well within the adapter's timeout. */
  delayNext(delayMs: number): Promise<void>;
}

/** The phone of the person, where the network shows more of it than what it received. */
export interface HarnessPhone {
  /** Nothing reaches the person from now on. */
  goOffline(): Promise<void>;
  /** What waited reaches the person. */
  comeBack(): Promise<void>;
  /** Whether someone is shown as writing now. */
  seesTyping?(): Promise<boolean>;
  /** External ids of messages of theirs that the person sees as read. */
  seesRead?(): Promise<readonly string[]>;
  /** The network stops knowing the person. */
  leaveNetwork?(): Promise<void>;
  /** Whether the conversation is end-to-end encrypted on this network from now on. */
  setEncryption?(isOn: boolean): Promise<void>;
}

/**
 * An adapter together with a network that can be watched and disturbed. Written once per adapter, exported as `newHarness` from
 * `src/testing/law-harness.ts`; every law runs on a fresh one. What a network does not have is left out, and the laws about it report
 * that they do not apply. The adapter's timeout should be short, a few hundred milliseconds, so that the laws stay quick.
 */
export interface AdapterHarness {
  readonly adapter: Adapter;
  /** The same adapter, configured with an address where nobody listens. */
  readonly unreachable?: Adapter;
  /** What the harness knows to be true; law `says-whether-it-is-simulated` compares. */
  readonly isSimulated: boolean;
  readonly webhooks?: HarnessWebhooks;
  readonly faults?: HarnessFaults;
  readonly phone?: HarnessPhone;
  /** The network's words for consent, exactly as a person would send them. */
  readonly consentWords?: { readonly optOut: string; readonly optIn: string; readonly help?: string };

  /** How long what was sent may take to reach the person, milliseconds; 5,000 unless told otherwise. */
  readonly patienceMs?: number;
  /** A file the network can fetch, where it does fetch what a message links to. */
  readonly media?: MediaLink;

  /** A valid message to the person of this network; every call gives a new `ref` unless one is given. */
  outbound(text: string, changes?: Partial<ClearOutbound>): Outbound;
  /** Milliseconds since the epoch by the adapter's clock. */
  nowMs(): number;
  /** What the person has now, oldest first. It never waits: `lastDelivered` does. */
  delivered(): Promise<readonly DeliveredMessage[]>;
  /** How many calls that send reached the network. */
  sendCalls(): Promise<number>;
  dispose(): Promise<void>;
}

export type HarnessFactory = () => Promise<AdapterHarness>;

/** The person's number or name, of a message of the harness; for laws that look for it where it must not be. */
export const recipientOf = (outbound: Outbound): Plaintext | undefined => ('to' in outbound ? outbound.to : undefined);
