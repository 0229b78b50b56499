import { createHash, randomBytes, type KeyObject } from 'node:crypto';
import { CausewayError, fromBase64Url, toBase64Url, toBytes, type Bytes } from '@causeway/message-model';
import { issueToken, type TokenKey } from '@causeway/privacy-pass';
import type { Clock } from '@causeway/platform';
import type { ChallengeStore } from '@causeway/storage';

const VOUCHER_BYTES = 16;
const HOUR_MS = 3_600_000;

/**
 * The operator as issuer (RFC 9576, section 4.2: attester and issuer are one). A voucher is what an operator gives to whoever has shown, in
 * whatever way counts here, that they are a person; it is exchanged once for one signature. Whose device exchanges it is not asked.
 */
export class IssueTokens {
  constructor(
    private readonly issuer: { readonly privateKey: KeyObject; readonly key: TokenKey },
    private readonly store: ChallengeStore,
    private readonly clock: Clock,
  ) {}

  async makeVouchers(count: number, expiresInSeconds: number) {
    const purgeHour = Math.ceil((this.clock.nowMs() + expiresInSeconds * 1000) / HOUR_MS);
    const vouchers = Array.from({ length: count }, () => toBytes(randomBytes(VOUCHER_BYTES)));
    await this.store.addVouchers(vouchers.map(digestOf), purgeHour);
    return { vouchers: vouchers.map(toBase64Url), expiresAt: new Date(purgeHour * HOUR_MS) };
  }

  /** Throws `unauthorized` for what is no voucher, `token-refused` for a request that is none: the voucher is not used up by that. */
  async execute(voucher: string, request: Uint8Array): Promise<Bytes> {
    const bytes = fromBase64Url(voucher);
    if (bytes?.length !== VOUCHER_BYTES) throw new CausewayError('unauthorized');
    const signed = issueToken(this.issuer.privateKey, this.issuer.key, request);
    if (!signed) throw new CausewayError('token-refused');
    const isUsed = await this.store.useVoucher(digestOf(bytes), Math.floor(this.clock.nowMs() / HOUR_MS));
    if (!isUsed) throw new CausewayError('unauthorized');
    return signed;
  }
}

const digestOf = (voucher: Bytes): Bytes => toBytes(createHash('sha256').update(voucher).digest());
