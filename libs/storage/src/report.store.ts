import type { Bytes, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';

/** Under the keys of this week and of the last. */
export interface PseudonymPair {
  readonly current: Bytes;
  readonly previous: Bytes;
}

export interface NewReport {
  readonly usedDigest: Bytes;
  readonly tenant: TenantId;
  readonly about: PseudonymPair;
  readonly reporter: PseudonymPair;
  readonly day: number;
  readonly assurance: string;
  readonly reason: string;
  readonly hasWords: boolean;
}

/** One who reported an account, with what came of all their reports. */
export interface StoredReporter {
  readonly reported: number;
  readonly confirmed: number;
}

/** Proven reports under pseudonyms. Nobody's name, id or words are in it. */
export class ReportStore {
  constructor(private readonly database: Database) {}

  /** Keeps a report once: `repeated` when its token was used. `isFirst`: this reporter had not reported this account these two weeks. */
  async add(
    report: NewReport,
  ): Promise<{ readonly kind: 'kept'; readonly isFirst: boolean } | { readonly kind: 'repeated' }> {
    const rows = await this.database.query<{ isFirst: boolean }>(
      `INSERT INTO transit.report (used_digest, tenant_id, about, reporter, day, assurance, reason, has_words, is_first)
       VALUES ($1, $2, $3, $5, $7, $8, $9, $10, NOT EXISTS (
         SELECT FROM transit.report r WHERE r.tenant_id = $2 AND r.about = ANY(ARRAY[$3, $4]::bytea[]) AND r.reporter = ANY(ARRAY[$5, $6]::bytea[])))
       ON CONFLICT DO NOTHING RETURNING is_first AS "isFirst"`,
      report.usedDigest,
      report.tenant,
      report.about.current,
      report.about.previous,
      report.reporter.current,
      report.reporter.previous,
      report.day,
      report.assurance,
      report.reason,
      report.hasWords,
    );
    const [row] = rows;
    return row ? { kind: 'kept', isFirst: row.isFirst } : { kind: 'repeated' };
  }

  /** Everyone who reported this account, at most 200, with their standing. A report counts where it was the first of its pair. */
  async reportersOf(tenant: TenantId, about: PseudonymPair): Promise<readonly StoredReporter[]> {
    return this.database.query<StoredReporter>(
      `SELECT own.reported, own.confirmed FROM (
         SELECT reporter FROM transit.report
         WHERE tenant_id = $1 AND about = ANY(ARRAY[$2, $3]::bytea[]) AND is_first LIMIT 200) r
       CROSS JOIN LATERAL (SELECT ${STANDING} FROM transit.report o WHERE o.tenant_id = $1 AND o.reporter = r.reporter AND o.is_first) own`,
      tenant,
      about.current,
      about.previous,
    );
  }

  /** How this reporter stands. */
  async standingOf(tenant: TenantId, reporter: PseudonymPair): Promise<StoredReporter> {
    const rows = await this.database.query<StoredReporter>(
      `SELECT ${STANDING} FROM transit.report o
       WHERE o.tenant_id = $1 AND o.reporter = ANY(ARRAY[$2, $3]::bytea[]) AND o.is_first`,
      tenant,
      reporter.current,
      reporter.previous,
    );
    return rows[0] ?? { reported: 0, confirmed: 0 };
  }

  /** Digests of days whose key is destroyed can match nothing any more. Returns how many went. */
  async forgetBefore(day: number): Promise<number> {
    const rows = await this.database.query('DELETE FROM transit.report WHERE day < $1 RETURNING 1', day);
    return rows.length;
  }
}

const STANDING = `count(*)::int AS reported, (count(*) FILTER (WHERE EXISTS (
  SELECT FROM transit.report x WHERE x.tenant_id = $1 AND x.about = o.about AND x.reporter <> o.reporter)))::int AS confirmed`;
