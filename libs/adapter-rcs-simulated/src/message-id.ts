import { createHash } from 'node:crypto';

/**
 * The UUID under which a message of this `ref` is sent: version 8 (RFC 9562 section 5.8), from SHA-256. RBM ignores a second message of
 * the same id, so the outcome of a call that was cut off is settled by making it again.
 */
export function messageIdOf(ref: string): string {
  const digest = createHash('sha256').update(`causeway-rcs-message-v1:${ref}`).digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.subarray(0, 16).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
