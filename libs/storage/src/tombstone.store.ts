import type { AccountId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';
import type { TombstoneRow } from './backup/tombstones.js';

/** An account that was erased, with the wish that its own key signed. Bytes as base64url. */
export interface ErasedAccount {
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly statement: string;
  readonly signature: string;
}

/** What was taken back, for as long as a backup from before may be restored. Rows come from triggers: no code can forget one. */
export class TombstoneStore {
  constructor(private readonly queries: Database) {}

  /** Changes whenever a row comes, changes or goes. */
  async revision(): Promise<{ readonly count: number; readonly revision: string }> {
    const rows = await this.queries.query<{ count: number; latest: string }>(
      `SELECT count(*)::int AS count, coalesce(extract(epoch FROM max(at))::text, '') AS latest FROM registry.tombstone`,
    );
    const { count, latest } = rows[0] ?? { count: 0, latest: '' };
    return { count, revision: `${count} ${latest}` };
  }

  /** Tells this database from one that took its place. */
  async database(): Promise<string> {
    const rows = await this.queries.query<{ madeAt: Date }>('SELECT created_at AS "madeAt" FROM registry.cell');
    return rows[0]?.madeAt.toISOString() ?? '';
  }

  /** Those that came or changed after then. */
  async changedSince(since: Date): Promise<readonly TombstoneRow[]> {
    const rows = await this.queries.query<{ row: TombstoneRow }>(
      'SELECT to_jsonb(t) AS row FROM registry.tombstone t WHERE at > $1 ORDER BY at',
      since,
    );
    return rows.map(({ row }) => row);
  }

  async all(): Promise<readonly TombstoneRow[]> {
    const rows = await this.queries.query<{ row: TombstoneRow }>('SELECT to_jsonb(t) AS row FROM registry.tombstone t');
    return rows.map(({ row }) => row);
  }

  async erasedAccounts(since: Date): Promise<readonly ErasedAccount[]> {
    return this.queries.query<ErasedAccount>(
      `SELECT row->>'tenant_id' AS tenant, row->>'id' AS account, proof->>'statement' AS statement, proof->>'signature' AS signature
       FROM registry.tombstone WHERE table_name = 'account' AND at > $1 AND proof IS NOT NULL ORDER BY at LIMIT 1000`,
      since,
    );
  }

  async forgetBefore(before: Date): Promise<number> {
    const rows = await this.queries.query('DELETE FROM registry.tombstone WHERE at < $1 RETURNING 1', before);
    return rows.length;
  }
}
