import { type Bytes } from '@causeway/message-model';
import type { Database } from './database.js';

/** Tokens that were spent and vouchers that were not, as digests. Nobody is named: neither who spent nor who was given one. */
export class ChallengeStore {
  constructor(private readonly database: Database) {}

  async isSpent(token: Bytes): Promise<boolean> {
    const rows = await this.database.query('SELECT FROM transit.spent_token WHERE digest = $1', token);
    return rows.length > 0;
  }

  /** False when it was spent before. `purgeHour`: when no challenge that it answers stands any more. */
  async spend(token: Bytes, purgeHour: number): Promise<boolean> {
    const rows = await this.database.query(
      'INSERT INTO transit.spent_token (digest, purge_hour) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
      token,
      purgeHour,
    );
    return rows.length > 0;
  }

  async addVouchers(digests: readonly Bytes[], purgeHour: number): Promise<void> {
    await this.database.query(
      `INSERT INTO transit.voucher (digest, purge_hour)
       SELECT decode(v.digest, 'hex'), $2 FROM unnest($1::text[]) AS v(digest) ON CONFLICT DO NOTHING`,
      digests.map((digest) => Buffer.from(digest).toString('hex')),
      purgeHour,
    );
  }

  /** Once; false for one that was used, is over or never was. */
  async useVoucher(digest: Bytes, hour: number): Promise<boolean> {
    const rows = await this.database.query(
      'DELETE FROM transit.voucher WHERE digest = $1 AND purge_hour > $2 RETURNING 1',
      digest,
      hour,
    );
    return rows.length > 0;
  }
}
