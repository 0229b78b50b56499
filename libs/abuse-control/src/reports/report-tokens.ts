import { createHmac } from 'node:crypto';
import { toBytes, type Bytes, type TellsTime } from './bytes.js';
import { isSameMac, type KeyChain } from './key-chain.js';

/** What vouches for who sent it: a device's signature, or a carrier's word. */
export type Assurance = 'verified' | 'carrier';

/** That this message was carried, from whom and to whom. A carrier's sender is known by the recipient's contact. */
export interface CarriedMessage {
  readonly tenant: string;
  readonly messageId: string;
  /** Account, or of a carrier's leg the recipient's contact. */
  readonly sender: string;
  readonly recipient: string;
  readonly assurance: Assurance;
}

/** `genuine` comes with the digest by which this report is recognised when it is made again. */
export type TokenVerdict =
  | { readonly kind: 'genuine'; readonly day: number; readonly usedDigest: Bytes }
  | { readonly kind: 'expired' }
  | { readonly kind: 'forged' };

const DAY_BYTES = 2;
const MAC_BYTES = 22;
/** Length of a token: the day it was minted on, and 176 bits that only who holds that day's key can make. */
export const TOKEN_BYTES = DAY_BYTES + MAC_BYTES;

/**
 * `day || HMAC(K_report_day, id || sender || recipient || day)`, minted when a message is accepted and given to its recipient with the
 * envelope (PROTOCOL 11). Nothing is stored per message: to mint costs one HMAC, and a token proves itself until its day's key is destroyed.
 */
export class ReportTokens {
  constructor(
    private readonly days: KeyChain,
    private readonly clock: TellsTime,
  ) {}

  mint(message: CarriedMessage): Bytes {
    const nowMs = this.clock.nowMs();
    const day = this.days.periodOf(nowMs);
    const key = this.days.keyOf(day, nowMs);
    if (!key) throw new Error('the report key of today is not there');
    return toBytes(Buffer.concat([Uint8Array.of(day >> 8, day & 0xff), macOf(key, message, day)]));
  }

  verify(token: Uint8Array, claimed: CarriedMessage): TokenVerdict {
    if (token.length !== TOKEN_BYTES) return { kind: 'forged' };
    const nowMs = this.clock.nowMs();
    const day = new DataView(token.buffer, token.byteOffset).getUint16(0);
    const key = this.days.keyOf(day, nowMs);
    // of a day whose key is gone nobody can tell any more whether it was genuine
    if (!key) return { kind: day < this.days.periodOf(nowMs) ? 'expired' : 'forged' };
    if (!isSameMac(token.subarray(DAY_BYTES), macOf(key, claimed, day))) return { kind: 'forged' };
    const usedDigest = createHmac('sha256', key).update('causeway-report-used-v1').update(token).digest();
    return { kind: 'genuine', day, usedDigest: toBytes(usedDigest.subarray(0, 16)) };
  }
}

const macOf = (key: Bytes, { tenant, messageId, sender, recipient, assurance }: CarriedMessage, day: number): Bytes =>
  toBytes(
    createHmac('sha256', key)
      .update(JSON.stringify(['causeway-report-v1', tenant, messageId, sender, recipient, assurance, day]))
      .digest()
      .subarray(0, MAC_BYTES),
  );
