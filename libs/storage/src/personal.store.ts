import type { AccountId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';
import { PERSONAL_STORES } from './personal-stores.js';

/** More rows of one store than this are not shown in one answer. */
const MOST_ROWS = 5_000;

export interface Owner {
  readonly tenant: TenantId;
  readonly account: AccountId;
}

/** What one store has of an account. */
export interface ExportedStore {
  readonly store: string;
  readonly count: number;
  /** Columns as they are stored, bytes in hex; empty where there is nothing to show. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Everything of one account in every table, after the one list of them. */
export class PersonalStore {
  constructor(private readonly database: Database) {}

  async read({ tenant, account }: Owner): Promise<readonly ExportedStore[]> {
    const found: ExportedStore[] = [];
    for (const { table, rows: condition, exports, omit } of PERSONAL_STORES) {
      const [counted] = await this.database.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM ${table} t WHERE ${condition}`,
        tenant,
        account,
      );
      const rows =
        exports === 'count'
          ? []
          : await this.database.query<{ row: Readonly<Record<string, unknown>> }>(
              `SELECT to_jsonb(t) - $3::text[] AS row FROM ${table} t WHERE ${condition} LIMIT ${MOST_ROWS}`,
              tenant,
              account,
              omit,
            );
      found.push({ store: table, count: counted?.count ?? 0, rows: rows.map(({ row }) => row) });
    }
    return found;
  }

  /**
   * Deletes everything, in one transaction, and keeps the signed wish with the tombstone. Again, it deletes what came meanwhile: a message that
   * was being accepted while its account went. How many rows went from where; what cascades is not counted.
   */
  async erase(
    { tenant, account }: Owner,
    proof: { readonly statement: string; readonly signature: string },
  ): Promise<readonly { readonly store: string; readonly rows: number }[]> {
    return this.database.transaction(async (tx) => {
      const erased: { store: string; rows: number }[] = [];
      for (const { table, rows, erasure } of PERSONAL_STORES) {
        if (erasure === 'cascades') {
          const [found] = await tx.$queryRawUnsafe<{ n: number }[]>(
            `SELECT count(*)::int AS n FROM ${table} t WHERE ${rows}`,
            tenant,
            account,
          );
          erased.push({ store: table, rows: found?.n ?? 0 });
        } else {
          const count = await tx.$executeRawUnsafe(`DELETE FROM ${table} t WHERE ${rows}`, tenant, account);
          erased.push({ store: table, rows: count });
        }
      }
      await tx.$executeRawUnsafe(
        `UPDATE registry.tombstone SET proof = $1::jsonb WHERE table_name = 'account' AND key = $2 AND proof IS NULL`,
        JSON.stringify(proof),
        `${tenant} ${account}`,
      );
      return erased;
    });
  }
}
