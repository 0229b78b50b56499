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
  constructor(private readonly database: Database) {}

  /** Changes whenever a row comes, changes or goes. */
  async revision(): Promise<string> {
    const rows = await this.database.query<{ revision: string }>(
      `SELECT count(*) || ' ' || coalesce(extract(epoch FROM max(at))::text, '') AS revision FROM registry.tombstone`,
    );
    return rows[0]?.revision ?? '';
  }

  async all(): Promise<readonly TombstoneRow[]> {
    const rows = await this.database.query<{ row: TombstoneRow }>(
      'SELECT to_jsonb(t) AS row FROM registry.tombstone t',
    );
    return rows.map(({ row }) => row);
  }

  async erasedAccounts(since: Date): Promise<readonly ErasedAccount[]> {
    return this.database.query<ErasedAccount>(
      `SELECT row->>'tenant_id' AS tenant, row->>'id' AS account, proof->>'statement' AS statement, proof->>'signature' AS signature
       FROM registry.tombstone WHERE table_name = 'account' AND at > $1 AND proof IS NOT NULL ORDER BY at LIMIT 1000`,
      since,
    );
  }

  async forgetBefore(before: Date): Promise<number> {
    const rows = await this.database.query('DELETE FROM registry.tombstone WHERE at < $1 RETURNING 1', before);
    return rows.length;
  }
}
