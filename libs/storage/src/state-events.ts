import { lifetimeOf, POLICIES } from '@causeway/message-model';
import type { DeviceRef } from './account.store.js';

/** A device for which something new lies in its inbox. */
export type TouchedDevice = DeviceRef;

export interface EventHour {
  /** Partition of inbox rows written by a statement, hours since the epoch. */
  readonly hour: number;
  readonly expiresAt: Date;
}

export function eventHour(now: Date): EventHour {
  const hour = Math.ceil(now.getTime() / 3_600_000) + lifetimeOf('receipts').hours;
  return { hour, expiresAt: new Date(hour * 3_600_000) };
}

/** A tenant may have them leave this many hours sooner. */
export const EVENT_HOURS_SOONER = lifetimeOf('receipts').hours - POLICIES.receipts.minSeconds / 3_600;

/** SQL: how many hours sooner than `$1` the receipts of a tenant leave. */
const hoursSooner = (tenant: string): string =>
  `${lifetimeOf('receipts').hours} - greatest(${POLICIES.receipts.minSeconds / 3_600}, least(${lifetimeOf('receipts').hours}, coalesce(registry.tenant_keeps(${tenant}, 'receipts') / 3600, ${lifetimeOf('receipts').hours})))`;

/**
 * SQL for "tell the sending device": more common table expressions that turn the rows of `changed` (columns of transit.message) into
 * inbox events. Used by every statement that moves a state, so that none can move one silently. `$1` is the hour, `$2` the expiry, `$3` now;
 * a tenant that keeps receipts for less long has them in the partition of an earlier hour, see `PartitionStore.ensureEventHour`.
 */
export const tellSender = (changed: string): string => `
  told_tenants AS MATERIALIZED (
    SELECT tenant_id, ${hoursSooner('tenant_id')} AS sooner FROM (SELECT DISTINCT tenant_id FROM ${changed}) t),
  event_rows AS (
    INSERT INTO transit.inbox (purge_hour, id, tenant_id, account_id, device_id, kind, body, expires_at)
    SELECT $1::int - t.sooner, transit.new_inbox_id(CASE WHEN t.sooner = 0 THEN HOUR36 ELSE transit.hour36($1::int - t.sooner) END), m.tenant_id, m.account_id, m.device_id, 'event', convert_to(jsonb_build_object(
      'type', 'message-state', 'id', m.id, 'messageId', transit.base64url(m.message_id),
      'state', jsonb_strip_nulls(jsonb_build_object('kind', m.state, 'reason', m.reason)),
      'at', to_char($3::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text, 'UTF8'), $2::timestamptz - t.sooner * interval '1 hour'
    FROM ${changed} m JOIN told_tenants t ON t.tenant_id = m.tenant_id
    RETURNING tenant_id, account_id, device_id, purge_hour, id, body, expires_at),
  event_items AS (
    INSERT INTO transit.inbox_item (tenant_id, account_id, device_id, purge_hour, inbox_id, expires_at)
    SELECT tenant_id, account_id, device_id, purge_hour, id, expires_at FROM event_rows)`;

/** SQL: the rows of `changed` leave their lanes; the lanes are for the statement to change. */
export const leftItems = `
  left_items AS (
    DELETE FROM transit.lane_item i USING changed c WHERE i.lane_id = c.lane_id AND i.position = c.position RETURNING i.lane_id, i.position)`;

/**
 * SQL: the rows of `changed` lose their sealed words. `purgeHours` says in which partitions they are (an operator and its operand), so that
 * PostgreSQL plans for these and not for all.
 */
export const leftEnvelopes = (purgeHours: string): string => `
  left_envelopes AS (
    DELETE FROM transit.envelope e USING changed c WHERE e.purge_hour ${purgeHours} AND e.purge_hour = c.purge_hour AND e.id = c.id)`;

/** SQL: both, and the lanes are due unless nothing is left in them. `$3` is now. */
export const leaveLane = (purgeHours: string): string => `
  ${leftItems},
  left_lane AS (
    UPDATE transit.lane l SET pending = l.pending - g.n, revision = l.revision + 1, due_at = CASE WHEN l.pending > g.n THEN $3::timestamptz END
    FROM (SELECT lane_id, count(*)::int AS n FROM left_items GROUP BY lane_id) g WHERE l.id = g.lane_id RETURNING l.id, l.leg, l.pending),
  ${leftEnvelopes(purgeHours)}`;

/** The hour in base 36, as it stands in ids; a literal, since it is computed and never input. */
export const withHour36 = (sql: string, hour: number): string =>
  sql.replaceAll('HOUR36', `'${hour.toString(36).padStart(6, '0')}'`);

export const TERMINAL_STATES = `('delivered', 'failed', 'expired', 'cancelled', 'unconfirmed')`;
