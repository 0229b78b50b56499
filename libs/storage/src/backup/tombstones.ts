import type pg from 'pg';
import { z } from 'zod';

/** Something that was taken back: see the migration 0009_custody. */
export const tombstoneRow = z.object({
  table_name: z.string(),
  key: z.string(),
  kind: z.enum(['removed', 'narrowed']),
  row: z.record(z.string(), z.unknown()),
  proof: z.unknown().optional(),
  at: z.string(),
});
export type TombstoneRow = z.infer<typeof tombstoneRow>;

/** The latest form of a decision in place of the one that the backup has, of accounts that are there and of the tenant. */
function decided(table: string, key: string, columns: readonly string[]): string {
  const [before, after] = ['known', 'excluded'].map((row) => columns.map((column) => `${row}.${column}`).join(', '));
  return `INSERT INTO registry.${table} AS known
     SELECT (jsonb_populate_record(NULL::registry.${table}, t.row)).* FROM registry.tombstone t
     JOIN registry.tenant n ON n.id = t.row->>'tenant_id'
     WHERE t.table_name = '${table}' AND (t.row->>'account_id' = '' OR EXISTS (
       SELECT FROM registry.account a WHERE a.tenant_id = n.id AND a.id = t.row->>'account_id'))
     ON CONFLICT (${key}) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
     WHERE (${before ?? ''}) IS DISTINCT FROM (${after ?? ''})`;
}

/** How each kind is carried out, of all tombstones there are. Each statement may run again. */
const CARRY_OUT: readonly (readonly [what: string, sql: string])[] = [
  [
    'accounts erased',
    `DELETE FROM registry.account a USING registry.tombstone t
     WHERE t.table_name = 'account' AND t.kind = 'removed' AND a.tenant_id = t.row->>'tenant_id' AND a.id = t.row->>'id'`,
  ],
  [
    'devices removed',
    `DELETE FROM registry.device d USING registry.tombstone t
     WHERE t.table_name = 'device' AND t.kind = 'removed' AND d.token_digest = (t.row->>'token_digest')::bytea`,
  ],
  [
    'consents withdrawn',
    `INSERT INTO registry.consent SELECT (jsonb_populate_record(NULL::registry.consent, t.row)).* FROM registry.tombstone t
     JOIN registry.account o ON o.tenant_id = t.row->>'tenant_id' AND o.id = t.row->>'owner_account'
     JOIN registry.account p ON p.tenant_id = t.row->>'tenant_id' AND p.id = t.row->>'peer_account'
     WHERE t.table_name = 'consent' AND t.kind = 'narrowed'
     ON CONFLICT (tenant_id, owner_account, peer_account)
     DO UPDATE SET state = excluded.state, is_blocked = excluded.is_blocked, decided_at = excluded.decided_at
     WHERE (consent.state, consent.is_blocked) IS DISTINCT FROM (excluded.state, excluded.is_blocked)`,
  ],
  [
    'opt-outs of telephones',
    `INSERT INTO registry.opt_out SELECT (jsonb_populate_record(NULL::registry.opt_out, t.row)).* FROM registry.tombstone t
     JOIN registry.tenant n ON n.id = t.row->>'tenant_id'
     WHERE t.table_name = 'opt_out' AND t.kind = 'narrowed' ON CONFLICT DO NOTHING`,
  ],
  [
    'contacts that said STOP',
    `UPDATE registry.contact c SET opted_out_at = (t.row->>'opted_out_at')::timestamptz FROM registry.tombstone t
     WHERE t.table_name = 'contact' AND t.kind = 'narrowed' AND c.tenant_id = t.row->>'tenant_id' AND c.id = t.row->>'id'
       AND c.opted_out_at IS NULL`,
  ],
  [
    'numbers blocked or recycled',
    `UPDATE registry.contact c SET blocked_at = (t.row->>'blocked_at')::timestamptz, ended_at = (t.row->>'ended_at')::timestamptz
     FROM registry.tombstone t WHERE t.table_name = 'contact_shut' AND registry.grave_of(c.tenant_id, c.id) = t.key
       AND (c.blocked_at, c.ended_at) IS DISTINCT FROM ((t.row->>'blocked_at')::timestamptz, (t.row->>'ended_at')::timestamptz)`,
  ],
  [
    'rules about ways and networks',
    decided('preference', 'tenant_id, account_id, peer', [
      'networks_on',
      'not_over',
      'route_order',
      'removed',
      'floor',
    ]),
  ],
  ['switches', decided('privacy_switch', 'tenant_id, account_id, conversation_id', ['typing', 'read_reports'])],
  [
    'wishes about how long things are kept',
    decided('retention_wish', 'tenant_id, account_id, conversation_id, class', ['keep_seconds', 'set_at']),
  ],
  ['permissions taken back', decided('revoked_statement', 'tenant_id, account_id, statement_id', ['expires_at'])],
  [
    'contacts removed',
    `DELETE FROM registry.contact c USING registry.tombstone t
     WHERE t.table_name = 'contact' AND t.kind = 'removed' AND registry.grave_of(c.tenant_id, c.id) = t.key`,
  ],
  [
    'links ended',
    `DELETE FROM registry.link l USING registry.tombstone t
     WHERE t.table_name = 'link' AND t.kind = 'removed' AND registry.grave_of(l.tenant_id, l.id) = t.key`,
  ],
  [
    'links narrowed',
    `UPDATE registry.link l SET findable = t.row->>'findable', ended_at = (t.row->>'ended_at')::timestamptz,
       ended_because = t.row->>'ended_because',
       number_digest = CASE WHEN t.row->>'ended_at' IS NULL THEN l.number_digest END,
       sealed_number = CASE WHEN t.row->>'ended_at' IS NULL THEN l.sealed_number END,
       document = CASE WHEN t.row->>'ended_at' IS NULL THEN l.document END,
       offered = CASE WHEN t.row->>'ended_at' IS NULL THEN l.offered END,
       accepted = CASE WHEN t.row->>'ended_at' IS NULL THEN l.accepted END
     FROM registry.tombstone t
     WHERE t.table_name = 'link' AND t.kind = 'narrowed' AND registry.grave_of(l.tenant_id, l.id) = t.key
       AND (l.findable, l.ended_at) IS DISTINCT FROM (t.row->>'findable', (t.row->>'ended_at')::timestamptz)`,
  ],
  [
    'aliases revoked',
    `DELETE FROM registry.alias a USING registry.tombstone t
     WHERE t.table_name = 'alias' AND t.kind = 'removed' AND registry.grave_of(a.tenant_id, a.id) = t.key`,
  ],
  [
    'networks turned off',
    `UPDATE registry.account a SET cross_network = false FROM registry.tombstone t
     WHERE t.table_name = 'cross_network' AND t.kind = 'narrowed' AND a.tenant_id = t.row->>'tenant_id' AND a.id = t.row->>'account_id'
       AND a.cross_network`,
  ],
];

/** Puts tombstones beside those that are there; of one thing the newest word stays. */
export async function mergeTombstones(client: pg.Client, tombstones: readonly TombstoneRow[]): Promise<void> {
  await client.query(
    `INSERT INTO registry.tombstone AS known
     SELECT DISTINCT ON (r.table_name, r.key) r.* FROM jsonb_populate_recordset(NULL::registry.tombstone, $1::jsonb) r
     ORDER BY r.table_name, r.key, r.at DESC
     ON CONFLICT (table_name, key) DO UPDATE SET kind = excluded.kind, row = excluded.row, proof = excluded.proof, at = excluded.at
     WHERE known.at < excluded.at`,
    [JSON.stringify(tombstones)],
  );
}

/** What was taken back is taken back again; how many rows that concerned. */
export async function carryOutTombstones(client: pg.Client): Promise<ReadonlyMap<string, number>> {
  const done = new Map<string, number>();
  for (const [what, sql] of CARRY_OUT) done.set(what, (await client.query(sql)).rowCount ?? 0);
  return done;
}
