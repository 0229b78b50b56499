import type { AccountId, ConversationId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';

/** For what a wish holds: a tenant, one of its accounts, or one conversation of an account. */
export interface WishScope {
  readonly tenant: TenantId;
  readonly account?: AccountId;
  readonly conversation?: ConversationId;
}

/** A message of an account in a conversation. */
export type MessageScope = Required<WishScope>;

export interface RetentionWish {
  readonly account: string;
  readonly conversation: string;
  readonly class: string;
  /** Null where a wish was taken back. */
  readonly keepSeconds: number | null;
  readonly setAt: Date;
}

const COLUMNS =
  'account_id AS account, conversation_id AS conversation, class, keep_seconds AS "keepSeconds", set_at AS "setAt"';

const qualified = (row: string): string =>
  `${row}.account_id, ${row}.conversation_id, ${row}.class, ${row}.keep_seconds, ${row}.set_at`;

/** What tenants, accounts and conversations want kept for less long. */
export class RetentionWishStore {
  constructor(private readonly database: Database) {}

  /** Null takes the wish back. */
  async set(scope: WishScope, wish: { readonly class: string; readonly keepSeconds: number | null }, now: Date) {
    await this.database.query(
      `INSERT INTO registry.retention_wish (tenant_id, account_id, conversation_id, class, keep_seconds, set_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (tenant_id, account_id, conversation_id, class) DO UPDATE SET keep_seconds = excluded.keep_seconds, set_at = excluded.set_at
       RETURNING 1`,
      scope.tenant,
      scope.account ?? '',
      scope.conversation ?? '',
      wish.class,
      wish.keepSeconds,
      now,
    );
  }

  /** All that concerns a message of an account in a conversation, whichever side of it asked; without a conversation, all of the account. */
  async concerning(scope: WishScope & { readonly account: AccountId }): Promise<readonly RetentionWish[]> {
    const { tenant, account, conversation } = scope;
    return this.database.query<RetentionWish>(
      `SELECT ${COLUMNS} FROM registry.retention_wish WHERE tenant_id = $1 AND account_id IN ('', $2) AND conversation_id = ''
       UNION
       SELECT ${COLUMNS} FROM registry.retention_wish WHERE tenant_id = $1 AND account_id = $2 AND conversation_id <> '' AND $3::text IS NULL
       UNION
       SELECT ${qualified('w')} FROM registry.consent c CROSS JOIN LATERAL (
         SELECT * FROM registry.retention_wish w WHERE w.tenant_id = $1 AND w.conversation_id = c.conversation_id) w
       WHERE c.tenant_id = $1 AND c.owner_account = $2 AND $3::text IS NULL
       UNION
       SELECT ${COLUMNS} FROM registry.retention_wish WHERE tenant_id = $1 AND conversation_id = $3::text`,
      tenant,
      account,
      conversation ?? null,
    );
  }

  /** All that concerns each of the messages, whichever side of its conversation asked, in one query. */
  async ofMessages(scopes: readonly MessageScope[]): Promise<readonly (readonly RetentionWish[])[]> {
    const rows = await this.database.query<RetentionWish & { readonly place: number }>(
      `SELECT s.place, w.account_id AS account, w.conversation_id AS conversation, w.class, w.keep_seconds AS "keepSeconds", w.set_at AS "setAt"
       FROM jsonb_to_recordset($1::jsonb) AS s(place int, tenant text, account text, conversation text)
       CROSS JOIN LATERAL (
         SELECT ${qualified('t')} FROM registry.retention_wish t WHERE t.tenant_id = s.tenant AND t.account_id = '' AND t.conversation_id = ''
         UNION ALL
         SELECT ${qualified('a')} FROM registry.retention_wish a WHERE a.tenant_id = s.tenant AND a.account_id = s.account AND a.conversation_id = ''
         UNION ALL
         SELECT ${qualified('c')} FROM registry.retention_wish c WHERE c.tenant_id = s.tenant AND c.conversation_id = s.conversation) w`,
      JSON.stringify(scopes.map((scope, place) => ({ place, ...scope }))),
    );
    const found = scopes.map((): RetentionWish[] => []);
    for (const { place, ...wish } of rows) found[place]?.push(wish);
    return found;
  }

  /** What a tenant asks for all. */
  async ofTenant(tenant: TenantId): Promise<readonly RetentionWish[]> {
    return this.database.query<RetentionWish>(
      `SELECT ${COLUMNS} FROM registry.retention_wish WHERE tenant_id = $1 AND account_id = '' AND conversation_id = ''`,
      tenant,
    );
  }

  /** Classes for which anybody ever asked for anything. */
  async classes(): Promise<readonly string[]> {
    const rows = await this.database.query<{ class: string }>('SELECT DISTINCT class FROM registry.retention_wish');
    return rows.map((row) => row.class);
  }

  /** True when the conversation is one of the account. */
  async isMember(scope: Required<WishScope>): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM registry.contact WHERE tenant_id = $1 AND conversation_id = $2 AND account_id = $3
       UNION ALL
       SELECT 1 FROM registry.consent WHERE tenant_id = $1 AND conversation_id = $2 AND (owner_account = $3 OR peer_account = $3) LIMIT 1`,
      scope.tenant,
      scope.conversation,
      scope.account,
    );
    return rows.length > 0;
  }
}
