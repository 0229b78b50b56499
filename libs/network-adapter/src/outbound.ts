import type { AccountId, BoxId, Bytes, DeviceId } from '@causeway/message-model';
import type { Plaintext } from '@causeway/platform';
import type { OutboundBody, Suggestion } from './outbound-body.js';

/**
 * One opened message for a network whose leg ends at the edge. It exists within one request of the edge and is never stored, logged or
 * put in a job; the wrapped fields redact themselves wherever they are printed.
 */
export interface ClearOutbound {
  /**
   * Opaque, unguessable, url-safe, one per attempt. A network that takes an id of ours gets one derived from it ({@link NamesMessages});
   * to others it goes into the callback URL, so that a receipt finds its attempt without the vendor's id.
   */
  readonly ref: string;
  /** The recipient's number in E.164 with the plus sign. */
  readonly to: Plaintext;
  /** The bridge number or agent it is sent from: always explicit, because look-up after an unknown outcome is by (from, to). */
  readonly from: string;
  readonly body: OutboundBody;
  /** External id of the message this answers; only where the network carries `reply`. */
  readonly replyTo?: string;
  /** Things to tap under the message; only where the network carries `suggestion`. */
  readonly suggestions?: readonly Suggestion[];
  /** Milliseconds since the epoch after which the network must not deliver it any more; `null` leaves the network's own limit. */
  readonly expiresAtMs: number | null;
  /**
   * True in a conversation that was end-to-end encrypted on this network: carried so or refused as `encryption-unavailable`, never in
   * the clear. Such a conversation has no fallback.
   */
  readonly isEncryptionRequired?: boolean;
}

/** One sealed copy for one device; the adapter moves it and cannot open it. */
export interface SealedEnvelope {
  readonly deviceId: DeviceId;
  readonly boxId: BoxId;
  /** Names the key the box is sealed to; the device's own number for it. */
  readonly sealKeyId: number;
  readonly box: Bytes;
}

/** One message for a network that keeps it end-to-end encrypted: one envelope per device of the recipient. */
export interface SealedOutbound {
  readonly ref: string;
  readonly recipient: AccountId;
  readonly envelopes: readonly SealedEnvelope[];
  readonly expiresAtMs: number | null;
}

/** What either kind of adapter is handed. */
export type Outbound = ClearOutbound | SealedOutbound;

/**
 * The right to make one call. Whoever inserted the attempt's row holds it, once (PROTOCOL section 8).
 */
export interface Attempt {
  /** Milliseconds since the epoch. Checked right before the request is written: at or past it, no byte leaves. */
  readonly callBeforeMs: number;
  /** Aborting ends the wait, not the outcome: an abort after bytes left is `maybe-sent`. */
  readonly signal: AbortSignal;
}
