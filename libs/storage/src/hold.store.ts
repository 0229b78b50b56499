import type { AccountId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';

/** An operator's legal hold on one account: what it does from then on is copied, as far as there is anything but sealed words. */
export interface Hold {
  readonly id: string;
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly reference: string;
  readonly beganAt: Date;
  readonly endsAt: Date;
  /** Since when the retention ledger shows it; nothing is copied before. */
  readonly announcedAt: Date | null;
  readonly endedAt: Date | null;
  readonly messages: number;
}

/** Something about a hold that the retention ledger does not show yet. */
export interface HoldNews {
  readonly id: string;
  readonly event: 'hold-begun' | 'hold-ended';
}

interface CopyingHold extends Pick<Hold, 'id' | 'tenant' | 'account' | 'beganAt'> {
  readonly copiedAt: Date | null;
}

const HOUR_MS = 3_600_000;
/** Rows carry the time of the process that changed them, and copies that of the one that copies. */
const CLOCKS_DISAGREE_MS = 10 * 60_000;

const HOLD = `id, tenant_id AS tenant, account_id AS account, reference, began_at AS "beganAt", ends_at AS "endsAt",
  announced_at AS "announcedAt", ended_at AS "endedAt",
  (SELECT count(*)::int FROM registry.held_message m WHERE m.hold_id = hold.id) AS messages`;

export class HoldStore {
  constructor(private readonly database: Database) {}

  /** `undefined` when the tenant has no such account. */
  async begin(
    hold: Pick<Hold, 'id' | 'tenant' | 'account' | 'reference' | 'beganAt' | 'endsAt'>,
  ): Promise<Hold | undefined> {
    const rows = await this.database.query<Hold>(
      `INSERT INTO registry.hold (id, tenant_id, account_id, reference, began_at, ends_at)
       SELECT $1, tenant_id, id, $4, $5, $6 FROM registry.account WHERE tenant_id = $2 AND id = $3 RETURNING ${HOLD}`,
      hold.id,
      hold.tenant,
      hold.account,
      hold.reference,
      hold.beganAt,
      hold.endsAt,
    );
    return rows[0];
  }

  async all(tenant: TenantId): Promise<readonly Hold[]> {
    return this.database.query<Hold>(
      `SELECT ${HOLD} FROM registry.hold WHERE tenant_id = $1 ORDER BY began_at, id`,
      tenant,
    );
  }

  async held(tenant: TenantId, id: string): Promise<readonly unknown[]> {
    const rows = await this.database.query<{ metadata: unknown }>(
      `SELECT m.metadata FROM registry.held_message m JOIN registry.hold h ON h.id = m.hold_id
       WHERE h.tenant_id = $1 AND h.id = $2 ORDER BY m.message_ref`,
      tenant,
      id,
    );
    return rows.map(({ metadata }) => metadata);
  }

  /** Ends it now, and deletes what it copied. False when there is none that has not ended. */
  async end(tenant: TenantId, id: string, now: Date): Promise<boolean> {
    const rows = await this.database.query(
      `WITH ended AS (UPDATE registry.hold SET ended_at = $3 WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL RETURNING id),
       gone AS (DELETE FROM registry.held_message m USING ended WHERE m.hold_id = ended.id)
       SELECT id FROM ended`,
      tenant,
      id,
      now,
    );
    return rows.length === 1;
  }

  /** Ends those whose time is over, as `end` does; and what a copy that was under way at an end left behind goes too. */
  async endExpired(now: Date): Promise<void> {
    await this.database.query(
      'UPDATE registry.hold SET ended_at = ends_at WHERE ended_at IS NULL AND ends_at <= $1 RETURNING 1',
      now,
    );
    await this.database.query(
      'DELETE FROM registry.held_message m USING registry.hold h WHERE m.hold_id = h.id AND h.ended_at IS NOT NULL RETURNING 1',
    );
  }

  async news(): Promise<readonly HoldNews[]> {
    return this.database.query<HoldNews>(
      `SELECT id, 'hold-begun' AS event FROM registry.hold WHERE announced_at IS NULL
       UNION ALL SELECT id, 'hold-ended' FROM registry.hold WHERE ended_at IS NOT NULL AND announced_at IS NOT NULL AND end_announced_at IS NULL`,
    );
  }

  async announced({ id, event }: HoldNews, now: Date): Promise<void> {
    const column = event === 'hold-begun' ? 'announced_at' : 'end_announced_at';
    await this.database.query(`UPDATE registry.hold SET ${column} = $2 WHERE id = $1 RETURNING 1`, id, now);
  }

  /**
   * Brings the copies of all holds that the ledger shows up to date: what was accepted since, and what became of it. Without a hold no message
   * is looked at; with one, those of its account that changed since it last copied, so that the past is never read again.
   */
  async copy(now: Date): Promise<number> {
    const holds = await this.database.query<CopyingHold>(
      `SELECT h.id, h.tenant_id AS tenant, h.account_id AS account, h.began_at AS "beganAt",
         (SELECT max(m.copied_at) FROM registry.held_message m WHERE m.hold_id = h.id) AS "copiedAt"
       FROM registry.hold h WHERE h.announced_at IS NOT NULL AND h.ended_at IS NULL AND h.ends_at > $1`,
      now,
    );
    if (holds.length === 0) return 0;
    const rows = await this.database.query(
      `INSERT INTO registry.held_message AS held (hold_id, message_ref, metadata, copied_at)
       SELECT h.id, m.id, to_jsonb(m) - 'purge_hour' - 'position' - 'lane_id', $1
       FROM jsonb_to_recordset($2::jsonb) AS h(id text, tenant text, account text, began timestamptz, since timestamptz)
       JOIN transit.message m ON m.tenant_id = h.tenant AND m.account_id = h.account AND m.purge_hour >= $3::int
         AND m.accepted_at >= h.began AND m.updated_at >= h.since
       ON CONFLICT (hold_id, message_ref) DO UPDATE SET metadata = excluded.metadata, copied_at = excluded.copied_at
       WHERE held.metadata IS DISTINCT FROM excluded.metadata RETURNING 1`,
      now,
      JSON.stringify(
        holds.map(({ id, tenant, account, beganAt, copiedAt }) => {
          const since = new Date((copiedAt ?? beganAt).getTime() - CLOCKS_DISAGREE_MS);
          return { id, tenant, account, began: beganAt, since };
        }),
      ),
      Math.floor(now.getTime() / HOUR_MS),
    );
    return rows.length;
  }

  async forgetEnded(before: Date): Promise<void> {
    await this.database.query('DELETE FROM registry.hold WHERE ended_at < $1 RETURNING 1', before);
  }
}
