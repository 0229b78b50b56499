import type { Level, Reason } from '@causeway/abuse-control';
import { purgeHourOf, type AccountId, type TenantId, type TransitId } from '@causeway/message-model';
import type { Database } from './database.js';

export interface AbuseDecision {
  readonly id: TransitId;
  readonly account: AccountId;
  readonly level: Level;
  readonly score: number;
  readonly reasons: readonly Reason[];
  readonly decidedAt: Date;
  readonly untilAt: Date;
  readonly state: 'stands' | 'asked' | 'passed' | 'appealed' | 'upheld' | 'lifted';
  /** Why somebody appeals, of the contract's list. */
  readonly grounds: string | null;
  readonly appealedAt: Date | null;
  readonly reviewedAt: Date | null;
}

interface Owner {
  readonly tenant: TenantId;
  readonly account: AccountId;
}

const COLUMNS = `id, account_id AS account, level::int AS level, score::float8 AS score, reasons, decided_at AS "decidedAt", until_at AS "untilAt", state, grounds,
  appealed_at AS "appealedAt", reviewed_at AS "reviewedAt"`;

/** Why accounts were limited: numbers about their conduct, never whom they wrote to. */
export class AbuseDecisionStore {
  constructor(private readonly database: Database) {}

  async add(
    owner: Owner,
    decision: Pick<AbuseDecision, 'id' | 'level' | 'score' | 'reasons' | 'decidedAt' | 'untilAt'>,
  ): Promise<void> {
    const { id, level, score, reasons, decidedAt, untilAt } = decision;
    await this.database.query(
      `INSERT INTO transit.abuse_decision (purge_hour, id, tenant_id, account_id, level, score, reasons, decided_at, until_at, state)
       VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, 'stands') ON CONFLICT DO NOTHING`,
      purgeHourOf(id),
      id,
      owner.tenant,
      owner.account,
      level,
      score,
      JSON.stringify(reasons),
      decidedAt,
      untilAt,
    );
  }

  /** Undefined also when it is somebody else's. */
  async find({ tenant, account }: Owner, id: TransitId): Promise<AbuseDecision | undefined> {
    const rows = await this.database.query<AbuseDecision>(
      `SELECT ${COLUMNS} FROM transit.abuse_decision WHERE purge_hour = $1 AND id = $2 AND tenant_id = $3 AND account_id = $4`,
      purgeHourOf(id),
      id,
      tenant,
      account,
    );
    return rows[0];
  }

  /** The latest first, at most 50. */
  async of({ tenant, account }: Owner): Promise<readonly AbuseDecision[]> {
    return this.database.query<AbuseDecision>(
      `SELECT ${COLUMNS} FROM transit.abuse_decision WHERE tenant_id = $1 AND account_id = $2 ORDER BY purge_hour DESC, decided_at DESC LIMIT 50`,
      tenant,
      account,
    );
  }

  /** Once, of a decision that stands, also while an operator is asked to let it go; undefined otherwise. */
  async appeal(
    { tenant, account }: Owner,
    id: TransitId,
    { grounds, now }: { readonly grounds: string; readonly now: Date },
  ): Promise<AbuseDecision | undefined> {
    const rows = await this.database.query<AbuseDecision>(
      `UPDATE transit.abuse_decision SET state = 'appealed', grounds = $5, appealed_at = $6
       WHERE purge_hour = $1 AND id = $2 AND tenant_id = $3 AND account_id = $4 AND state IN ('stands', 'asked') RETURNING ${COLUMNS}`,
      purgeHourOf(id),
      id,
      tenant,
      account,
      grounds,
      now,
    );
    return rows[0];
  }

  /** An operator is asked to let it go; said again it changes nothing. Undefined for what is over or was answered. */
  async ask({ tenant, account }: Owner, id: TransitId, now: Date): Promise<AbuseDecision | undefined> {
    const rows = await this.database.query<AbuseDecision>(
      `UPDATE transit.abuse_decision SET state = 'asked', appealed_at = coalesce(appealed_at, $5)
       WHERE purge_hour = $1 AND id = $2 AND tenant_id = $3 AND account_id = $4 AND state IN ('stands', 'asked') AND until_at > $5
       RETURNING ${COLUMNS}`,
      purgeHourOf(id),
      id,
      tenant,
      account,
      now,
    );
    return rows[0];
  }

  /** Its challenge was passed. Undefined for what is over or was answered otherwise. */
  async pass(tenant: TenantId, id: TransitId, now: Date): Promise<AbuseDecision | undefined> {
    const rows = await this.database.query<AbuseDecision>(
      `UPDATE transit.abuse_decision SET state = 'passed', reviewed_at = $4
       WHERE purge_hour = $1 AND id = $2 AND tenant_id = $3 AND state IN ('stands', 'asked', 'appealed') AND until_at > $4
       RETURNING ${COLUMNS}`,
      purgeHourOf(id),
      id,
      tenant,
      now,
    );
    return rows[0];
  }

  /** What a person has to look at: who asks or appeals, and everything from level 3 on that still stands; who asks first, then the oldest. */
  async queue(tenant: TenantId, now: Date): Promise<readonly AbuseDecision[]> {
    return this.database.query<AbuseDecision>(
      `SELECT ${COLUMNS} FROM transit.abuse_decision
       WHERE tenant_id = $1 AND (state = 'appealed' OR (state = 'asked' AND until_at > $2) OR (state = 'stands' AND level >= 3 AND until_at > $2))
       ORDER BY state <> 'stands' DESC, decided_at LIMIT 100`,
      tenant,
      now,
    );
  }

  /** The verdict of a person, also the same one again; undefined when there is nothing to be said any more. */
  async review(
    tenant: TenantId,
    id: TransitId,
    { verdict, now }: { readonly verdict: 'lifted' | 'upheld' | 'passed'; readonly now: Date },
  ): Promise<AbuseDecision | undefined> {
    const rows = await this.database.query<AbuseDecision>(
      `UPDATE transit.abuse_decision SET state = $4, reviewed_at = $5
       WHERE purge_hour = $1 AND id = $2 AND tenant_id = $3 AND state IN ('stands', 'asked', 'appealed', $4) AND ($4 <> 'passed' OR level = 2) RETURNING ${COLUMNS}`,
      purgeHourOf(id),
      id,
      tenant,
      verdict,
      now,
    );
    return rows[0];
  }
}
