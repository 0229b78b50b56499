import type { TenantId } from '@causeway/message-model';
import type { Database } from './database.js';

/** A message that costs money, and what its tenant may spend. */
export interface SpendingWish {
  readonly tenant: TenantId;
  /** Days since the epoch. */
  readonly day: number;
  readonly country: string;
  readonly units: number;
  readonly ofCountry: number;
  readonly ofAll: number;
}

/** Whether it was within both quotas, and what they have left: negative for one that did not suffice. */
export interface Spent {
  readonly isTaken: boolean;
  readonly inCountry: number;
  readonly inAll: number;
}

export interface DayOfSpending {
  readonly day: number;
  /** `*` is all together. */
  readonly country: string;
  readonly units: number;
}

/** What tenants spent, by day and country. In PostgreSQL whatever the queue is on. */
export class SpendingStore {
  constructor(private readonly database: Database) {}

  /** In the order of the batch, each whole or not at all; one statement. */
  async spend(batch: readonly SpendingWish[]): Promise<readonly Spent[]> {
    const rows = await this.database.query<{ rank: number; isTaken: boolean; inCountry: number; inAll: number }>(
      `SELECT rank, is_taken AS "isTaken", in_country::float8 AS "inCountry", in_all::float8 AS "inAll" FROM transit.spend($1::jsonb)`,
      JSON.stringify(batch.map((wish, rank) => ({ ...wish, rank }))),
    );
    const found = new Map(rows.map(({ rank, ...spent }) => [rank, spent]));
    return batch.map((_, rank) => found.get(rank) ?? { isTaken: false, inCountry: 0, inAll: 0 });
  }

  /** The latest day first, all countries together first within it. */
  async of(tenant: TenantId): Promise<readonly DayOfSpending[]> {
    return this.database.query<DayOfSpending>(
      `SELECT day, country, units::float8 AS units FROM transit.spending WHERE tenant_id = $1 AND units > 0
       ORDER BY day DESC, country`,
      tenant,
    );
  }
}
