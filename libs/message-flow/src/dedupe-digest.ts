import { createHmac } from 'node:crypto';
import { toBytes, type Bytes } from '@causeway/message-model';

/**
 * Pairs of months since the epoch, UTC: the dedupe key changes with it (PROTOCOL 7). Two, since a message may be sent again for 30 days and
 * is remembered for 37: within one month and its predecessor a February would be lost.
 */
const periodOf = (now: Date): number => Math.floor((now.getUTCFullYear() * 12 + now.getUTCMonth()) / 2);

const DIGEST_BYTES = 16;

/** Pseudonyms by which a repetition is recognised: keyed, so that the tables that hold them say nothing without the key. */
export class DedupeDigests {
  private readonly keys = new Map<number, Buffer>();

  constructor(private readonly secret: Uint8Array) {}

  /** Under the key of now and the one before it, since a repetition may cross the turn. */
  of(name: readonly (string | number)[], now: Date): { readonly digest: Bytes; readonly previousDigest: Bytes } {
    const period = periodOf(now);
    const text = JSON.stringify(name);
    return { digest: this.digest(text, period), previousDigest: this.digest(text, period - 1) };
  }

  private digest(text: string, period: number): Bytes {
    return toBytes(createHmac('sha256', this.keyOf(period)).update(text).digest().subarray(0, DIGEST_BYTES));
  }

  private keyOf(period: number): Buffer {
    const known = this.keys.get(period);
    if (known) return known;
    const made = createHmac('sha256', this.secret).update(`causeway-dedupe-v1:${period}`).digest();
    this.keys.set(period, made);
    return made;
  }
}
