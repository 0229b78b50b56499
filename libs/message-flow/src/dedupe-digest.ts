import { createHmac } from 'node:crypto';
import { encodeCbor, toBytes, type Bytes } from '@causeway/message-model';

/** Months since the epoch, UTC: the dedupe key changes with it (PROTOCOL 7). */
const monthOf = (now: Date): number => now.getUTCFullYear() * 12 + now.getUTCMonth();

/** Pseudonyms by which a repetition is recognised: keyed, so that the tables that hold them say nothing without the key. */
export class DedupeDigests {
  constructor(private readonly key: Uint8Array) {}

  /** Under this month's key and the one before, since a repetition may cross the turn of the month. */
  of(name: readonly (string | number)[], now: Date): { readonly digest: Bytes; readonly previousDigest: Bytes } {
    const month = monthOf(now);
    return { digest: this.digest(name, month), previousDigest: this.digest(name, month - 1) };
  }

  private digest(name: readonly (string | number)[], month: number): Bytes {
    const monthly = createHmac('sha256', this.key).update(`causeway-dedupe-v1:${month}`).digest();
    return toBytes(createHmac('sha256', monthly).update(encodeCbor([...name])).digest().subarray(0, 16));
  }
}
