import type { AccountId, AliasId, ConversationId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';

type Owner = { readonly tenant: TenantId; readonly account: AccountId };

/** For one contact, for one listing, or for anybody who reads it and for a time only. */
export type AliasKind = 'contact' | 'listing' | 'public';

export interface AliasRow {
  readonly alias: AliasId;
  readonly code: string;
  readonly kind: AliasKind;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** Those that came through it. */
  readonly conversations: readonly ConversationId[];
}

/** Whose door an alias opens. */
export interface OpenAlias {
  readonly alias: AliasId;
  readonly account: AccountId;
  readonly kind: AliasKind;
  readonly conversations: number;
}

/** What one account may have at a time. */
const MOST_ALIASES = 200;

/** Addresses handed out in place of one's own. */
export class AliasStore {
  constructor(private readonly database: Database) {}

  /** `false` when there is no room for another. */
  async create(owner: Owner, made: Omit<AliasRow, 'conversations'>): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO registry.alias (tenant_id, id, account_id, code, kind, expires_at, created_at) SELECT $1, $3, $2, $4, $5, $6, $7
       WHERE (SELECT count(*) FROM registry.alias WHERE tenant_id = $1 AND account_id = $2) < ${MOST_ALIASES} RETURNING 1`,
      owner.tenant,
      owner.account,
      made.alias,
      made.code,
      made.kind,
      made.expiresAt,
      made.createdAt,
    );
    return rows.length > 0;
  }

  async list(owner: Owner): Promise<readonly AliasRow[]> {
    return this.database.query<AliasRow>(
      `SELECT a.id AS alias, a.code, a.kind, a.created_at AS "createdAt", a.expires_at AS "expiresAt",
         ARRAY(SELECT c.conversation_id FROM registry.contact c WHERE c.tenant_id = a.tenant_id AND c.alias_id = a.id ORDER BY c.created_at) AS conversations
       FROM registry.alias a WHERE a.tenant_id = $1 AND a.account_id = $2 ORDER BY a.id`,
      owner.tenant,
      owner.account,
    );
  }

  /** The door is shut at once, and with the alias go its conversations: number, digest and conversation in one statement. */
  async revoke(owner: Owner, alias: AliasId): Promise<boolean> {
    const rows = await this.database.query(
      'DELETE FROM registry.alias WHERE tenant_id = $1 AND account_id = $2 AND id = $3 RETURNING 1',
      owner.tenant,
      owner.account,
      alias,
    );
    return rows.length > 0;
  }

  /** One that is good now. */
  async byCode(tenant: TenantId, code: string, now: Date): Promise<OpenAlias | undefined> {
    const rows = await this.database.query<OpenAlias>(
      `SELECT a.id AS alias, a.account_id AS account, a.kind,
         (SELECT count(*)::int FROM registry.contact c WHERE c.tenant_id = a.tenant_id AND c.alias_id = a.id) AS conversations
       FROM registry.alias a WHERE a.tenant_id = $1 AND a.code = $2 AND (a.expires_at IS NULL OR a.expires_at > $3)`,
      tenant,
      code,
      now,
    );
    return rows[0];
  }
}
