import type { AccountId, BoxId, Bytes, DeviceId } from '@causeway/message-model';
import type { Plaintext } from '@causeway/platform';

/**
 * One opened message for a network that cannot do end-to-end encryption. It exists within one request of the edge
 * and is never stored, logged or put in a job; the two wrapped fields redact themselves wherever they are printed.
 */
export interface ClearOutbound {
  /** Opaque and unguessable, url-safe; goes into the callback URL so that a receipt finds its attempt without the vendor's id. */
  readonly ref: string;
  /** The recipient's number in E.164 with the plus sign. */
  readonly to: Plaintext;
  /** The bridge number it is sent from, E.164: always explicit, because look-up after an unknown outcome is by (from, to). */
  readonly from: string;
  /** The text as the recipient will read it, already degraded to what the network can carry. */
  readonly text: Plaintext;
  /** Milliseconds since the epoch after which the network must not deliver it any more; `null` leaves the network's own limit. */
  readonly expiresAtMs: number | null;
}

/** One sealed copy for one device; the adapter moves it and cannot open it. */
export interface SealedEnvelope {
  readonly deviceId: DeviceId;
  readonly boxId: BoxId;
  readonly box: Bytes;
}

/** One message for a network that keeps it end-to-end encrypted: one envelope per device of the recipient. */
export interface SealedOutbound {
  readonly ref: string;
  readonly recipient: AccountId;
  readonly envelopes: readonly SealedEnvelope[];
  readonly expiresAtMs: number | null;
}

/**
 * The right to make one call. Whoever inserted the attempt's row holds it, once (PROTOCOL section 8).
 */
export interface Attempt {
  /** Milliseconds since the epoch. Checked right before the request is written: at or past it, no byte leaves. */
  readonly callBeforeMs: number;
  /** Aborting ends the wait, not the outcome: an abort after bytes left is `maybe-sent`. */
  readonly signal: AbortSignal;
}
