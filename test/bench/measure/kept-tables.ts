import type { RetentionClass } from '@causeway/message-model';

/** A table, and how to tell of its records since when they are there and when they are to go. */
export interface KeptTable {
  readonly class: RetentionClass | 'queue' | 'ledger';
  readonly name: string;
  /** Where to read; `r` is the record. */
  readonly from: string;
  /** SQL: a time; NULL where the record does not say. */
  readonly since: string;
  /** SQL: the latest time at which the record may still be there; NULL where no clock ends it. */
  readonly until: string;
  readonly relation: string;
  /** Whether a record stays only while something is under way. */
  readonly isPassing?: boolean;
}

const HOUR = 'to_timestamp(r.purge_hour * 3600.0)';
const NEVER = 'NULL::timestamptz';
const OF_MESSAGE = 'LEFT JOIN transit.message m ON m.purge_hour = r.purge_hour AND m.id = r.';
/** Events are made for a day and end on the hour. */
const EVENT_BORN = "r.expires_at - interval '25 hours'";

const hourly = (kept: Pick<KeptTable, 'class' | 'relation'> & Partial<KeptTable>): KeptTable => ({
  name: kept.relation,
  from: `${kept.relation} r`,
  since: NEVER,
  until: HOUR,
  ...kept,
});

const lasting = (kept: Pick<KeptTable, 'class' | 'relation' | 'since'> & Partial<KeptTable>): KeptTable =>
  hourly({ until: NEVER, ...kept });

/** Every table that a load writes to, by the class of the table of policies. */
export const KEPT_TABLES: readonly KeptTable[] = [
  hourly({
    class: 'undelivered-envelope',
    relation: 'transit.envelope',
    from: `transit.envelope r ${OF_MESSAGE}id`,
    since: 'm.accepted_at',
    until: 'm.deliver_before',
    isPassing: true,
  }),
  hourly({
    class: 'undelivered-envelope',
    relation: 'transit.inbox',
    name: 'transit.inbox, boxes',
    from: `transit.inbox r LEFT JOIN transit.message m ON m.purge_hour = r.message_hour AND m.id = r.message_ref`,
    since: "CASE WHEN r.kind = 'box' THEN m.accepted_at END",
    until: `CASE WHEN r.kind = 'box' THEN ${HOUR} END`,
  }),
  hourly({
    class: 'receipts',
    relation: 'transit.inbox',
    name: 'transit.inbox, events',
    since: `CASE WHEN r.kind = 'event' THEN ${EVENT_BORN} END`,
    until: `CASE WHEN r.kind = 'event' THEN ${HOUR} END`,
  }),
  hourly({ class: 'undelivered-envelope', relation: 'transit.inbox_item' }),
  hourly({
    class: 'metadata',
    relation: 'transit.lane_item',
    from: `transit.lane_item r ${OF_MESSAGE}message_ref`,
    since: 'm.accepted_at',
    isPassing: true,
  }),
  lasting({ class: 'metadata', relation: 'transit.open_attempt', since: NEVER, isPassing: true }),
  hourly({ class: 'metadata', relation: 'transit.message', since: 'r.accepted_at' }),
  hourly({ class: 'metadata', relation: 'transit.attempt', since: 'r.started_at' }),
  hourly({ class: 'metadata', relation: 'transit.accepted' }),
  hourly({ class: 'metadata', relation: 'transit.received' }),
  hourly({ class: 'metadata', relation: 'transit.statement_use' }),
  lasting({
    class: 'metadata',
    relation: 'transit.lane',
    since: 'to_timestamp(r.used_hour * 3600.0)',
    until: 'CASE WHEN r.pending = 0 THEN to_timestamp((r.used_hour + 168) * 3600.0) END',
  }),
  hourly({ class: 'abuse-windows', relation: 'transit.guard_conduct', since: 'to_timestamp(r.first_seen / 1000.0)' }),
  hourly({ class: 'abuse-windows', relation: 'transit.guard_pair', since: 'to_timestamp(r.first_at / 1000.0)' }),
  hourly({ class: 'abuse-windows', relation: 'transit.guard_tally' }),
  hourly({ class: 'abuse-windows', relation: 'transit.abuse_decision', since: 'r.decided_at' }),
  lasting({
    class: 'report-keys',
    relation: 'transit.report',
    since: 'to_timestamp(r.day * 86400.0)',
    until: 'to_timestamp((r.day + 8) * 86400.0)',
  }),
  lasting({ class: 'consent', relation: 'registry.consent', since: 'r.decided_at' }),
  lasting({ class: 'bindings', relation: 'registry.contact', since: 'r.created_at' }),
  lasting({ class: 'ledger', relation: 'registry.purge_note', since: 'r.noted_at' }),
  lasting({ class: 'ledger', relation: 'registry.purge_ledger', since: NEVER }),
];

/** BullMQ's own, where the queue is on PostgreSQL. */
export const QUEUE_TABLES: readonly KeptTable[] = [
  lasting({ class: 'queue', relation: 'queue.job', since: 'to_timestamp(r.added_at_ms / 1000.0)', isPassing: true }),
  lasting({ class: 'queue', relation: 'queue.dedup', since: NEVER, isPassing: true }),
  lasting({
    class: 'queue',
    relation: 'queue.event',
    since: 'to_timestamp(r.created_at_ms / 1000.0)',
    until: 'to_timestamp(r.created_at_ms / 1000.0 + 3600)',
  }),
];
