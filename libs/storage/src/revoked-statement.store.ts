import type { AccountId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';

/** Permissions one account may have taken back at a time. */
const MOST = 1_000;

/** Permissions for conversations that were taken back; an attempt asks for them in the statement that begins it. */
export class RevokedStatementStore {
  constructor(private readonly database: Database) {}

  /** Taking back twice is the same. What ended by itself meanwhile is forgotten. False when there are as many as there may be. */
  async add(input: {
    readonly tenant: TenantId;
    readonly account: AccountId;
    readonly statement: string;
    readonly now: Date;
    readonly expiresAt: Date;
  }): Promise<boolean> {
    const rows = await this.database.query(
      `WITH gone AS (DELETE FROM registry.revoked_statement WHERE tenant_id = $1 AND account_id = $2 AND expires_at < $4)
       INSERT INTO registry.revoked_statement (tenant_id, account_id, statement_id, expires_at) SELECT $1, $2, $3, $5
       WHERE (SELECT count(*) FROM registry.revoked_statement WHERE tenant_id = $1 AND account_id = $2 AND expires_at >= $4) < ${MOST}
       ON CONFLICT (tenant_id, account_id, statement_id) DO UPDATE SET expires_at = excluded.expires_at RETURNING 1`,
      input.tenant,
      input.account,
      input.statement,
      input.now,
      input.expiresAt,
    );
    return rows.length === 1;
  }

  /** Those that would have ended by themselves. Returns how many went. */
  async forgetPast(now: Date): Promise<number> {
    const rows = await this.database.query(
      'DELETE FROM registry.revoked_statement WHERE expires_at <= $1 RETURNING 1',
      now,
    );
    return rows.length;
  }
}
