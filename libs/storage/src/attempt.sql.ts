import { leaveLane, leftEnvelopes, leftItems, tellSender, TERMINAL_STATES } from './state-events.js';

/**
 * `$1` attempts (JSON array), `$2` hours of their messages, `$3` their messages. The row of a statement's use says whose it is: whoever was
 * first. A statement that was taken back up to this moment permits nothing. No message and no use may be there twice.
 */
export const BEGIN = `WITH input AS (
    SELECT * FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (ref text, hour int, attempt smallint, network text, "isSimulated" boolean,
      "bridgeNumberId" text, "startedAt" timestamptz, "callBefore" timestamptz, tenant text, statement text, use text)) WITH ORDINALITY),
  used AS (
    INSERT INTO transit.statement_use (tenant_id, statement_id, message_ref, purge_hour)
    SELECT tenant, use, ref, hour FROM input ORDER BY tenant, use
    ON CONFLICT (tenant_id, statement_id) DO UPDATE SET purge_hour = statement_use.purge_hour RETURNING tenant_id, statement_id, message_ref),
  ours AS MATERIALIZED (
    SELECT i.*, EXISTS (
      SELECT FROM transit.message m JOIN registry.revoked_statement r
        ON r.tenant_id = i.tenant AND r.account_id = m.account_id AND r.statement_id = i.statement
      WHERE m.purge_hour = ANY($2::int[]) AND m.purge_hour = i.hour AND m.id = i.ref) AS is_revoked
    FROM input i JOIN used u ON u.tenant_id = i.tenant AND u.statement_id = i.use AND u.message_ref = i.ref),
  permitted AS (SELECT * FROM ours WHERE NOT is_revoked),
  made AS (
    SELECT a.message_ref AS ref, max(a.attempt) AS attempt FROM transit.attempt a
    WHERE a.purge_hour = ANY($2::int[]) AND a.message_ref = ANY($3::text[]) GROUP BY 1),
  changed AS (
    UPDATE transit.message m SET state = 'sending', updated_at = p."startedAt" FROM permitted p
    WHERE m.purge_hour = ANY($2::int[]) AND m.id = ANY($3::text[]) AND m.id = p.ref AND m.state = 'ready'
      AND NOT EXISTS (SELECT FROM made WHERE made.ref = p.ref AND made.attempt >= p.attempt) RETURNING m.id),
  begun AS (
    INSERT INTO transit.attempt (purge_hour, message_ref, attempt, network, is_simulated, bridge_number_id, started_at, call_before, outcome)
    SELECT hour, ref, attempt, network, "isSimulated", "bridgeNumberId", "startedAt", "callBefore", 'started' FROM permitted
    WHERE ref IN (SELECT id FROM changed) ON CONFLICT DO NOTHING RETURNING message_ref, attempt, call_before),
  open AS (INSERT INTO transit.open_attempt (message_ref, attempt, due_at) SELECT * FROM begun)
  SELECT i.ref, EXISTS (SELECT FROM ours o WHERE o.ref = i.ref) AS "isOurs", EXISTS (SELECT FROM ours o WHERE o.ref = i.ref AND o.is_revoked) AS "isRevoked",
    i.ref IN (SELECT message_ref FROM begun) AS "isBegun" FROM input i ORDER BY ordinality`;

/** A later word never takes an earlier one back: outcomes by rank. */
const rankOf = (outcome: string): string =>
  `(CASE ${outcome} WHEN 'started' THEN 0 WHEN 'unknown' THEN 1 WHEN 'accepted' THEN 2 WHEN 'sent' THEN 3 WHEN 'displayed' THEN 5 ELSE 4 END)`;

/**
 * Whether the word of `o` says more than the stored outcome. What we gave up on without having known (`unconfirmed`, and `not-sent` after the
 * silence of a network) may be put right by the network itself, as may what it took back while the handset already had it. That somebody read
 * a message is said of one that arrived, never of one that failed.
 */
const SAYS_MORE = `(${rankOf('a.outcome')} < ${rankOf('o.outcome')} AND NOT (a.outcome = 'failed' AND o.outcome = 'displayed')
  OR (a.outcome = 'unconfirmed' AND o.outcome IN ('delivered', 'failed')) OR (a.outcome = 'withdrawn' AND o.outcome = 'delivered')
  OR (a.outcome = 'not-sent' AND o.outcome IN ('accepted', 'sent', 'delivered')))`;

/**
 * `$1` to `$3` event hour, its expiry and now; `$4` outcomes (JSON array, no message and no external id twice); `$5` hours of their messages.
 * An external id (`bound`, its digest) belongs to the attempt that claimed it first: with `mustOwn`, a word about it counts for no other.
 * A state that stands already is not told again, whoever of several brings it.
 * A message that may go at once makes its lane due in the same step: an edge that died between the two would leave it at rest. A lane that
 * nothing is left in rests. `isHeld`: it keeps its place without holding others back. The sender is told of a state that is new, not of every
 * word about it. `fallsBackFrom`: the network that the lane leaves until `fallsBackUntil`.
 * Messages and lanes are locked in one order, or two of these statements would wait for each other.
 */
export const RECORD = `WITH input AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($4::jsonb) AS t(ref text, hour int, attempt smallint, outcome text, reason text, "vendorCode" text,
      segments smallint, "externalId" text, state text, "leavesLane" boolean, "lookAgainAt" timestamptz, "retryAt" timestamptz, "isHeld" boolean,
      "fallsBackFrom" text, "fallsBackUntil" timestamptz, bound text, owner text, "boundHour" int,
      "mustOwn" boolean)),
  claimed AS (
    INSERT INTO transit.received (digest, owner, purge_hour)
    SELECT decode(bound, 'base64'), owner, "boundHour" FROM input WHERE bound IS NOT NULL ORDER BY 1
    ON CONFLICT (digest) DO UPDATE SET purge_hour = received.purge_hour RETURNING digest, owner),
  ours AS MATERIALIZED (
    SELECT * FROM input i
    WHERE NOT "mustOwn" OR EXISTS (SELECT FROM claimed c WHERE c.digest = decode(i.bound, 'base64') AND c.owner = i.owner)),
  locked AS MATERIALIZED (
    SELECT found.* FROM (SELECT * FROM ours ORDER BY ref) o CROSS JOIN LATERAL (
      SELECT m.id, m.state, m.lane_id FROM transit.message m
      WHERE m.purge_hour = ANY($5::int[]) AND m.purge_hour = o.hour AND m.id = o.ref LIMIT 1 FOR UPDATE) found),
  noted AS (
    UPDATE transit.attempt a SET outcome = o.outcome, reason = coalesce(o.reason, a.reason), vendor_code = coalesce(o."vendorCode", a.vendor_code),
      segments = coalesce(o.segments, a.segments), sealed_external_id = coalesce(decode(o."externalId", 'base64'), a.sealed_external_id),
      outcome_at = $3
    FROM ours o
    WHERE a.purge_hour = ANY($5::int[]) AND a.message_ref = ANY(ARRAY(SELECT id FROM locked)) AND a.message_ref = o.ref AND a.attempt = o.attempt
      AND ${SAYS_MORE} RETURNING a.message_ref),
  news AS MATERIALIZED (SELECT * FROM ours WHERE ref IN (SELECT message_ref FROM noted)),
  open AS (
    INSERT INTO transit.open_attempt (message_ref, attempt, due_at)
    SELECT ref, attempt, "lookAgainAt" FROM news WHERE "lookAgainAt" IS NOT NULL ORDER BY ref
    ON CONFLICT (message_ref, attempt) DO UPDATE SET due_at = excluded.due_at),
  closed AS (
    DELETE FROM transit.open_attempt a USING news n
    WHERE a.message_ref = ANY(ARRAY(SELECT ref FROM news WHERE "lookAgainAt" IS NULL)) AND a.message_ref = n.ref AND a.attempt = n.attempt),
  moved AS (
    UPDATE transit.message m SET state = n.state, reason = CASE WHEN n.state = 'failed' THEN n.reason END, retry_at = n."retryAt", updated_at = $3
    FROM news n
    WHERE m.purge_hour = ANY($5::int[]) AND m.id = ANY(ARRAY(SELECT ref FROM news)) AND m.id = n.ref AND n.state IS NOT NULL
      AND m.state NOT IN ${TERMINAL_STATES} AND (m.state <> n.state OR n.state IN ('ready', 'sending'))
    RETURNING m.*, n."leavesLane", n."isHeld", n."fallsBackFrom", n."fallsBackUntil"),
  told AS (SELECT m.* FROM moved m JOIN locked k ON k.id = m.id WHERE k.state <> m.state),
  changed AS (SELECT * FROM moved WHERE "leavesLane"),
  held AS (
    UPDATE transit.lane_item i SET is_held = m."isHeld" FROM moved m
    WHERE i.lane_id = m.lane_id AND i.position = m.position AND i.is_held <> m."isHeld" AND NOT m."leavesLane"),
  ${leftItems}, ${leftEnvelopes('= ANY($5::int[])')},
  news_of_lanes AS (
    SELECT lane_id, 1 AS n, NULL AS "from", NULL AS until FROM left_items
    UNION ALL
    SELECT lane_id, 0, "fallsBackFrom", "fallsBackUntil" FROM moved WHERE state = 'ready' AND retry_at IS NULL AND NOT "leavesLane"),
  lane_order AS MATERIALIZED (
    SELECT found.id FROM (SELECT DISTINCT lane_id FROM news_of_lanes ORDER BY 1) g CROSS JOIN LATERAL (
      SELECT l.id FROM transit.lane l WHERE l.id = g.lane_id LIMIT 1 FOR UPDATE) found),
  lanes AS (
    UPDATE transit.lane l SET pending = l.pending - g.n, revision = l.revision + 1, due_at = CASE WHEN l.pending > g.n THEN $3::timestamptz END,
      fell_back_from = coalesce(g."from", l.fell_back_from), fell_back_until = coalesce(g.until, l.fell_back_until)
    FROM (SELECT lane_id, sum(n)::int AS n, max("from") AS "from", max(until) AS until FROM news_of_lanes GROUP BY 1) g
    WHERE l.id = ANY(ARRAY(SELECT id FROM lane_order)) AND l.id = g.lane_id RETURNING l.id, l.pending),
  ${tellSender('told')}
  SELECT i.ref, o.ref IS NULL AS "isAnothers", m.tenant_id AS tenant, m.account_id AS account, m.device_id AS device, m.lane_id AS lane,
    EXISTS (SELECT FROM left_items x WHERE x.lane_id = m.lane_id AND x.position = m.position) AS "hasLeftLane",
    coalesce((SELECT pending = 0 FROM lanes WHERE lanes.id = m.lane_id), false) AS "isLaneEmpty"
  FROM input i LEFT JOIN ours o ON o.ref = i.ref LEFT JOIN moved m ON m.id = i.ref`;

const MOVED = `SELECT tenant_id AS tenant, account_id AS account, device_id AS device, lane_id AS lane,
    EXISTS (SELECT FROM left_lane) AS "hasLeftLane", coalesce((SELECT pending = 0 FROM left_lane), false) AS "isLaneEmpty" FROM moved`;

/** `$1` to `$3` as above, `$4` hour and `$5` id of the message, `$6` new state, `$7` reason. */
export const STOP = `WITH moved AS (
    UPDATE transit.message SET state = $6, reason = $7, leg = CASE WHEN $6 = 'waiting-on-sender' THEN 'none' ELSE leg END, updated_at = $3
    WHERE purge_hour = $4 AND id = $5 AND state = 'ready' RETURNING *),
  changed AS (SELECT * FROM moved WHERE $6 <> 'waiting-on-sender'),
  ${leaveLane('= $4')},
  words AS (
    DELETE FROM transit.envelope
    WHERE purge_hour = $4 AND id = $5 AND $6 = 'waiting-on-sender' AND EXISTS (SELECT FROM moved)),
  ${tellSender('moved')}
  ${MOVED}`;
