import type { TenantId } from '@causeway/message-model';
import { DatabaseError, type Database } from './database.js';

export interface Tenant {
  readonly id: TenantId;
  readonly nativeHost: string;
  /** Hosts of its other native networks, each with handles and accounts of its own. */
  readonly otherHosts?: readonly string[];
  readonly region: string;
  readonly registration: 'open' | 'invite';
}

interface TenantRow {
  id: TenantId;
  nativeHost: string;
  region: string;
  registration: Tenant['registration'];
}

/** What the database says when a tenant of another region comes to it. */
const OTHER_REGION = 'CWREG';
const COLUMNS = 'id, native_host AS "nativeHost", region, registration';

export class TenantStore {
  constructor(private readonly database: Database) {}

  /**
   * Creates the tenant or brings its settings up to date. The home region is fixed, and a host is one tenant's: otherwise `false`. A host
   * that is not named any more stays the tenant's, since there are accounts on it.
   */
  async ensure(tenant: Tenant, now: Date): Promise<boolean> {
    return this.insert(tenant, now).catch((thrown: unknown) => {
      if (thrown instanceof DatabaseError && thrown.code === OTHER_REGION) return false;
      throw thrown;
    });
  }

  /** The region of this database; undefined before its first tenant. */
  async region(): Promise<string | undefined> {
    const rows = await this.database.query<{ region: string }>('SELECT region FROM registry.cell');
    return rows[0]?.region;
  }

  private async insert(tenant: Tenant, now: Date): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO registry.tenant (id, native_host, region, registration, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (id) DO UPDATE SET native_host = excluded.native_host, registration = excluded.registration
       WHERE tenant.region = excluded.region RETURNING id`,
      tenant.id,
      tenant.nativeHost,
      tenant.region,
      tenant.registration,
      now,
    );
    if (rows.length !== 1) return false;
    const hosts = [tenant.nativeHost, ...(tenant.otherHosts ?? [])];
    const own = await this.database.query(
      `INSERT INTO registry.native_host (host, tenant_id) SELECT host, $1 FROM unnest($2::text[]) AS host
       ON CONFLICT (host) DO UPDATE SET tenant_id = excluded.tenant_id WHERE native_host.tenant_id = excluded.tenant_id RETURNING host`,
      tenant.id,
      [...new Set(hosts)],
    );
    return own.length === new Set(hosts).size;
  }

  async byHost(host: string): Promise<Tenant | undefined> {
    const rows = await this.database.query<TenantRow>(
      `SELECT ${COLUMNS} FROM registry.tenant WHERE id = coalesce(
         (SELECT tenant_id FROM registry.native_host WHERE host = $1), (SELECT id FROM registry.tenant WHERE native_host = $1))`,
      host,
    );
    return rows[0];
  }

  async addInvite(invite: { tokenDigest: Uint8Array; tenant: TenantId; expiresAt: Date }): Promise<void> {
    await this.database.query(
      'INSERT INTO registry.invite (token_digest, tenant_id, expires_at) VALUES ($1, $2, $3)',
      invite.tokenDigest,
      invite.tenant,
      invite.expiresAt,
    );
  }

  /** True once per invite: the row decides, so two registrations cannot share one. */
  async useInvite(invite: { tokenDigest: Uint8Array; tenant: TenantId; now: Date }): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE registry.invite SET used_at = $3 WHERE token_digest = $1 AND tenant_id = $2 AND used_at IS NULL AND expires_at > $3
       RETURNING token_digest`,
      invite.tokenDigest,
      invite.tenant,
      invite.now,
    );
    return rows.length === 1;
  }

  /** Invites that are good for nothing any more, used or not. Returns how many went. */
  async forgetInvites(now: Date): Promise<number> {
    return (await this.database.query('DELETE FROM registry.invite WHERE expires_at <= $1 RETURNING 1', now)).length;
  }
}
