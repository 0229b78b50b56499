import type { ClearAdapter } from '../adapter.js';
import type { RawRequest } from '../inbound.js';
import type { ClearOutbound } from '../outbound.js';

/**
 * What the network behind an adapter can be told to do wrong with the next call that sends.
 * `silent`: it takes the request and does not answer within the adapter's timeout. `cut-off`: it takes the request and the
 * connection breaks. `server-error`: it answers that it failed. `throttled`: it answers that there were too many calls.
 */
export type NetworkFault =
  | { readonly kind: 'silent' }
  | { readonly kind: 'cut-off' }
  | { readonly kind: 'server-error' }
  | { readonly kind: 'throttled' }
  /** A documented code that refuses for good. */
  | { readonly kind: 'refused' }
  /** A code that no documentation names. */
  | { readonly kind: 'unknown-code' };

/**
 * An adapter together with a network that can be watched and disturbed. Written once per adapter; every law runs on a
 * fresh one. The adapter's timeout should be short, a few hundred milliseconds, so that the laws stay quick.
 */
export interface AdapterHarness {
  readonly adapter: ClearAdapter;
  /** What the harness knows to be true; law `says-whether-it-is-simulated` compares. */
  readonly isSimulated: boolean;
  /** The same adapter, configured with an address where nobody listens. */
  readonly unreachable: ClearAdapter;

  /** A valid message to a person of this network; every call gives a new `ref`. */
  outbound(text: string): ClearOutbound;
  /** Milliseconds since the epoch by the adapter's clock. */
  nowMs(): number;
  /** What the person received, oldest first. Waits until `count` arrived or a few seconds passed. */
  received(count: number): Promise<readonly string[]>;
  /** How many calls that send reached the network. */
  sendCalls(): Promise<number>;
  failNext(fault: NetworkFault): Promise<void>;

  /** The person writes; resolves with the webhook exactly as the network sent it. */
  writeToBridge(text: string): Promise<RawRequest>;
  /** The webhook that reports `delivered` of a message delivered before. */
  deliveredWebhook(externalId: string): Promise<RawRequest>;
  /** The same request with a signature that does not hold. */
  forge(request: RawRequest): RawRequest;

  dispose(): Promise<void>;
}

export type HarnessFactory = () => Promise<AdapterHarness>;
