import { lifetimeOf, POLICIES } from '@causeway/message-model';
import type { Database } from './database.js';

/** Within one day: how many addresses one account may ask for, and how many accounts may ask for one address. */
export interface DiscoveryLimits {
  readonly targetsOfAsker: number;
  readonly askersOfTarget: number;
}

const DAY_MS = 86_400_000;

/** Who asked for whom today, as keyed digests, and what of this area is past its time. */
export class DiscoveryStore {
  constructor(private readonly database: Database) {}

  /** Whether this may be asked today. Asking for the same one again costs nothing. Whether the target exists plays no part. */
  async ask(
    asked: { readonly asker: Uint8Array; readonly target: Uint8Array; readonly now: Date },
    limits: DiscoveryLimits,
  ): Promise<boolean> {
    const rows = await this.database.query<{ isAdmitted: boolean }>(
      `WITH known AS (SELECT FROM transit.discovery WHERE day = $1 AND asker = $2 AND target = $3),
       room AS (SELECT
         (SELECT count(*) FROM (SELECT FROM transit.discovery WHERE day = $1 AND asker = $2 LIMIT $4) n) < $4 AND
         (SELECT count(*) FROM (SELECT FROM transit.discovery WHERE day = $1 AND target = $3 LIMIT $5) n) < $5 AS is_left),
       noted AS (INSERT INTO transit.discovery (day, asker, target) SELECT $1, $2, $3 FROM room
         WHERE is_left AND NOT EXISTS (SELECT FROM known) ON CONFLICT DO NOTHING)
       SELECT is_left OR EXISTS (SELECT FROM known) AS "isAdmitted" FROM room`,
      Math.floor(asked.now.getTime() / DAY_MS),
      asked.asker,
      asked.target,
      limits.targetsOfAsker,
      limits.askersOfTarget,
    );
    return rows[0]?.isAdmitted ?? false;
  }

  /** Links that were not proved again in time: nobody is found by them from then on. */
  async endExpired(now: Date): Promise<void> {
    await this.database.query(
      `UPDATE registry.link SET number_digest = NULL, sealed_number = NULL, document = NULL, offered = NULL, accepted = NULL,
         findable = 'nobody', ended_at = $1, ended_because = 'expired'
       WHERE expires_at <= $1 AND ended_at IS NULL`,
      now,
    );
  }

  /** Links that ended a while ago, codes and questions of other days, aliases and retired bindings past their time. */
  async forgetPast(now: Date): Promise<void> {
    const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
    await this.database.query(
      `DELETE FROM registry.link WHERE ended_at < $1::timestamptz - ${keptFor('ended-links')}`,
      now,
    );
    await this.database.query(
      'DELETE FROM transit.link_challenge WHERE created_at < $1',
      before(lifetimeOf('discovery').days),
    );
    await this.database.query('DELETE FROM registry.alias WHERE expires_at < $1', now);
    await this.database.query(
      `DELETE FROM registry.retired_binding WHERE retired_at < $1::timestamptz - ${keptFor('retired-bindings')}`,
      now,
    );
    await this.database.query('DELETE FROM transit.discovery WHERE day < $1', Math.floor(now.getTime() / DAY_MS));
  }
}

/** SQL: how long rows of a tenant are kept, as it set or as the table says. */
function keptFor(name: 'ended-links' | 'retired-bindings'): string {
  const { defaultSeconds, minSeconds, maxSeconds } = POLICIES[name];
  const asked = `coalesce(registry.tenant_keeps(tenant_id, '${name}'), ${defaultSeconds})`;
  return `least(${maxSeconds}, greatest(${minSeconds}, ${asked})) * interval '1 second'`;
}
