import type { AccountId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';

/** What a person decided about one other person, or about everybody. */
export interface Preferences {
  /** Clear networks that are on for the account. */
  readonly networksOn: readonly string[];
  /** Networks that may carry none of this person's conversations. */
  readonly notOver: readonly string[];
  /** In which order this person wants to be reached; networks or single ways. */
  readonly order: readonly string[];
  /** Ways this person, as a sender, took out. */
  readonly removed: readonly string[];
  readonly floor: 'sealed' | null;
}

interface Owner {
  readonly tenant: TenantId;
  readonly account: AccountId;
}

/** The parts of a change that are there replace what was stored. */
export interface PreferenceChange {
  readonly networksOn?: readonly string[] | undefined;
  readonly notOver?: readonly string[] | undefined;
  /** Null takes the order back: the one for everybody holds again, or the default. */
  readonly order?: readonly string[] | null | undefined;
  readonly removed?: readonly string[] | undefined;
  readonly floor?: 'sealed' | null | undefined;
}

export interface StoredPreferences extends Omit<Preferences, 'order'> {
  /** A native address or a contact; empty for everybody. */
  readonly peer: string;
  readonly order: readonly string[] | null;
}

/** Rules of one account, for everybody and for single people. */
const MOST_PEERS = 1_000;

const COLUMNS = `peer, networks_on AS "networksOn", not_over AS "notOver", route_order AS "order", removed, floor`;

/** Each person's rules: for everybody, and towards one account or contact. */
export class PreferenceStore {
  constructor(private readonly database: Database) {}

  async list({ tenant, account }: Owner): Promise<readonly StoredPreferences[]> {
    return this.database.query<StoredPreferences>(
      `SELECT ${COLUMNS} FROM registry.preference WHERE tenant_id = $1 AND account_id = $2 ORDER BY peer`,
      tenant,
      account,
    );
  }

  /**
   * `peer` is empty for everybody; whether it exists is not looked at. Saying the same twice changes nothing. Undefined when the account has
   * rules for as many people as it may.
   */
  async change(
    { tenant, account }: Owner,
    peer: string,
    change: PreferenceChange,
  ): Promise<StoredPreferences | undefined> {
    const rows = await this.database.query<StoredPreferences>(
      `INSERT INTO registry.preference (tenant_id, account_id, peer, networks_on, not_over, route_order, removed, floor)
       SELECT $1, $2, $3, ${arrayOf('networksOn')}, ${arrayOf('notOver')}, CASE WHEN c.value ? 'order' AND c.value->'order' <> 'null'
         THEN ${listOf('order')} END, ${arrayOf('removed')}, c.value->>'floor' FROM (SELECT $4::jsonb AS value) c
       WHERE EXISTS (SELECT FROM registry.preference WHERE tenant_id = $1 AND account_id = $2 AND peer = $3)
         OR (SELECT count(*) FROM registry.preference WHERE tenant_id = $1 AND account_id = $2) < ${MOST_PEERS}
       ON CONFLICT (tenant_id, account_id, peer) DO UPDATE SET
         networks_on = CASE WHEN $4::jsonb ? 'networksOn' THEN excluded.networks_on ELSE preference.networks_on END,
         not_over = CASE WHEN $4::jsonb ? 'notOver' THEN excluded.not_over ELSE preference.not_over END,
         route_order = CASE WHEN $4::jsonb ? 'order' THEN excluded.route_order ELSE preference.route_order END,
         removed = CASE WHEN $4::jsonb ? 'removed' THEN excluded.removed ELSE preference.removed END,
         floor = CASE WHEN $4::jsonb ? 'floor' THEN excluded.floor ELSE preference.floor END
       RETURNING ${COLUMNS}`,
      tenant,
      account,
      peer,
      JSON.stringify(change),
    );
    return rows[0];
  }
}

const listOf = (field: string): string => `ARRAY(SELECT jsonb_array_elements_text(c.value->'${field}'))`;
const arrayOf = (field: string): string => `CASE WHEN c.value ? '${field}' THEN ${listOf(field)} ELSE '{}' END`;
