import type { AccountId, Bytes, ChallengeId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';
import { hexOf } from './opt-out.sql.js';

type Owner = { readonly tenant: TenantId; readonly account: AccountId };

export interface NewChallenge {
  readonly challenge: ChallengeId;
  readonly numberDigest: Bytes;
  readonly digestVersion: number;
  readonly sealedNumber: Bytes;
  readonly country: string;
  readonly codeDigest: Bytes;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** What is asked of one account and of one number, in the time before `since`. */
export interface ChallengeLimits {
  readonly since: Date;
  readonly ofAccount: number;
  readonly ofNumber: number;
}

/** One-time codes on their way to telephones. */
export class LinkChallengeStore {
  constructor(private readonly database: Database) {}

  /** `false` when the account, or anybody for this number, asked for enough codes lately; counted and written in one statement. */
  async begin(
    owner: Owner,
    made: NewChallenge & { readonly numberDigests: readonly Uint8Array[] },
    limits: ChallengeLimits,
  ): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO transit.link_challenge (tenant_id, id, account_id, number_digest, digest_version, sealed_number, country, code_digest, created_at, expires_at)
       SELECT $1, $3, $2, $4, $5, $6, $7, $8, $9, $10
       WHERE (SELECT count(*) FROM transit.link_challenge WHERE tenant_id = $1 AND account_id = $2 AND created_at > $11) < $12
         AND (SELECT count(*) FROM transit.link_challenge WHERE tenant_id = $1
              AND number_digest = ANY (ARRAY(SELECT decode(hex, 'hex') FROM unnest($14::text[]) AS hex)) AND created_at > $11) < $13
       RETURNING 1`,
      owner.tenant,
      owner.account,
      made.challenge,
      made.numberDigest,
      made.digestVersion,
      made.sealedNumber,
      made.country,
      made.codeDigest,
      made.createdAt,
      made.expiresAt,
      limits.since,
      limits.ofAccount,
      limits.ofNumber,
      hexOf(made.numberDigests),
    );
    return rows.length > 0;
  }

  /** Counts a try and answers with what it is a try for; undefined when there is no such challenge left to try. A right code ends it. */
  async take(
    owner: Owner,
    challenge: ChallengeId,
    tried: { readonly now: Date; readonly mostTries: number; readonly codeDigests: readonly Uint8Array[] },
  ): Promise<(NewChallenge & { readonly isRight: boolean }) | undefined> {
    const rows = await this.database.query<NewChallenge & { readonly isRight: boolean }>(
      `UPDATE transit.link_challenge SET tries = tries + 1, expires_at = CASE
         WHEN code_digest = ANY (ARRAY(SELECT decode(hex, 'hex') FROM unnest($6::text[]) AS hex)) THEN $4 ELSE expires_at END
       WHERE tenant_id = $1 AND account_id = $2 AND id = $3 AND expires_at > $4 AND tries < $5
       RETURNING id AS challenge, number_digest AS "numberDigest", digest_version AS "digestVersion", sealed_number AS "sealedNumber", country,
         code_digest AS "codeDigest", created_at AS "createdAt", expires_at AS "expiresAt",
         code_digest = ANY (ARRAY(SELECT decode(hex, 'hex') FROM unnest($6::text[]) AS hex)) AS "isRight"`,
      owner.tenant,
      owner.account,
      challenge,
      tried.now,
      tried.mostTries,
      hexOf(tried.codeDigests),
    );
    return rows[0];
  }
}
