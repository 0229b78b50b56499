import type { AccountId, Bytes, ContactId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';

export interface SealedNumber {
  readonly tenant: TenantId;
  readonly contact: ContactId;
  readonly sealedNumber: Bytes;
}

/** Numbers of contacts as they rest, for the edge, which alone can open them. */
export class SealedNumberStore {
  constructor(private readonly database: Database) {}

  /** The numbers an account got last, sealed. */
  async latestNumbers(tenant: TenantId, account: AccountId, limit: number): Promise<readonly SealedNumber[]> {
    return this.database.query<SealedNumber>(
      `SELECT tenant_id AS tenant, id AS contact, sealed_number AS "sealedNumber" FROM registry.contact
       WHERE tenant_id = $1 AND account_id = $2 ORDER BY created_at DESC LIMIT $3`,
      tenant,
      account,
      limit,
    );
  }

  /** Sealed numbers in the order of their ids, for the job that seals them again under a new key. */
  async sealedNumbers(after: SealedNumber | undefined, limit: number): Promise<readonly SealedNumber[]> {
    return this.database.query<SealedNumber>(
      `SELECT tenant_id AS tenant, id AS contact, sealed_number AS "sealedNumber" FROM registry.contact
       WHERE (tenant_id, id) > ($1, $2) ORDER BY tenant_id, id LIMIT $3`,
      after?.tenant ?? '',
      after?.contact ?? '',
      limit,
    );
  }

  /** How many went: 1 or 0. */
  async remove({ tenant, contact }: Pick<SealedNumber, 'tenant' | 'contact'>): Promise<number> {
    const rows = await this.database.query(
      'DELETE FROM registry.contact WHERE tenant_id = $1 AND id = $2 RETURNING 1',
      tenant,
      contact,
    );
    return rows.length;
  }

  async replaceSealedNumber({ tenant, contact, sealedNumber }: SealedNumber): Promise<void> {
    await this.database.query(
      'UPDATE registry.contact SET sealed_number = $3 WHERE tenant_id = $1 AND id = $2',
      tenant,
      contact,
      sealedNumber,
    );
  }
}
