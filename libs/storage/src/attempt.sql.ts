import { leaveLane, tellSender, TERMINAL_STATES } from './state-events.js';

/**
 * `$1` hour, `$2` message, `$3` attempt, `$4` network, `$5` simulated, `$6` bridge number, `$7` now, `$8` call before, `$9` tenant and `$10` id
 * of the statement's use. Its row says whose it is: whoever was first. `$11` id of the statement: taken back up to this moment, it permits nothing.
 */
export const BEGIN = `WITH used AS (
    INSERT INTO transit.statement_use (tenant_id, statement_id, message_ref, purge_hour)
    VALUES ($9, $10, $2, $1)
    ON CONFLICT (tenant_id, statement_id) DO UPDATE SET purge_hour = statement_use.purge_hour RETURNING message_ref),
  permitted AS (SELECT EXISTS (SELECT FROM used WHERE message_ref = $2) AS ok, EXISTS (
    SELECT FROM transit.message m JOIN registry.revoked_statement r ON r.tenant_id = $9 AND r.account_id = m.account_id AND r.statement_id = $11
    WHERE m.purge_hour = $1 AND m.id = $2) AS is_revoked),
  changed AS (
    UPDATE transit.message SET state = 'sending', updated_at = $7 FROM permitted
    WHERE purge_hour = $1 AND id = $2 AND permitted.ok AND NOT permitted.is_revoked AND state = 'ready'
      AND NOT EXISTS (SELECT FROM transit.attempt WHERE purge_hour = $1 AND message_ref = $2 AND attempt >= $3) RETURNING id),
  begun AS (
    INSERT INTO transit.attempt (purge_hour, message_ref, attempt, network, is_simulated, bridge_number_id, started_at, call_before, outcome)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'started' FROM changed ON CONFLICT DO NOTHING RETURNING attempt),
  open AS (INSERT INTO transit.open_attempt (message_ref, attempt, due_at) SELECT $2, attempt, $8 FROM begun)
  SELECT (SELECT ok FROM permitted) AS "isOurs", (SELECT is_revoked FROM permitted) AS "isRevoked", EXISTS (SELECT FROM begun) AS "isBegun"`;

/** A later word never takes an earlier one back: outcomes by rank. */
const RANK = `(CASE OUTCOME WHEN 'started' THEN 0 WHEN 'unknown' THEN 1 WHEN 'accepted' THEN 2 WHEN 'sent' THEN 3 WHEN 'displayed' THEN 5 ELSE 4 END)`;
const rankOf = (column: string): string => RANK.replace('OUTCOME', column);

/**
 * Whether the word `$6` says more than the stored outcome. What we gave up on without having known (`unconfirmed`, and `not-sent` after the
 * silence of a network) may be put right by the network itself, as may what it took back while the handset already had it. That somebody read
 * a message is said of one that arrived, never of one that failed.
 */
const SAYS_MORE = `(${rankOf('outcome')} < ${rankOf('$6')} AND NOT (outcome = 'failed' AND $6 = 'displayed')
  OR (outcome = 'unconfirmed' AND $6 IN ('delivered', 'failed')) OR (outcome = 'withdrawn' AND $6 = 'delivered')
  OR (outcome = 'not-sent' AND $6 IN ('accepted', 'sent', 'delivered')))`;

const MOVED = `SELECT tenant_id AS tenant, account_id AS account, device_id AS device, lane_id AS lane,
    EXISTS (SELECT FROM left_lane) AS "hasLeftLane" FROM moved`;

/**
 * `$1` to `$3` event hour, its expiry and now; `$4` hour and `$5` id of the message; the rest as the parameters of `record`.
 * A state that stands already is not told again, whoever of several brings it.
 * A message that may go at once makes its lane due in the same step: an edge that died between the two would leave it at rest. `$16`: it keeps
 * its place without holding others back. The sender is told of a state that is new, not of every word about it. `$17`: the network that the lane falls back from, until `$18`.
 */
export const RECORD = `WITH noted AS (
    UPDATE transit.attempt SET outcome = $6, reason = coalesce($7, reason), vendor_code = coalesce($8, vendor_code),
      segments = coalesce($9::smallint, segments), sealed_external_id = coalesce($10::bytea, sealed_external_id), outcome_at = $3
    WHERE purge_hour = $4 AND message_ref = $5 AND attempt = $11 AND ${SAYS_MORE} RETURNING message_ref),
  open AS (
    INSERT INTO transit.open_attempt (message_ref, attempt, due_at)
    SELECT $5::text, $11::smallint, $14::timestamptz FROM noted WHERE $14::timestamptz IS NOT NULL
    ON CONFLICT (message_ref, attempt) DO UPDATE SET due_at = excluded.due_at),
  closed AS (
    DELETE FROM transit.open_attempt
    WHERE message_ref = $5 AND attempt = $11 AND $14::timestamptz IS NULL AND EXISTS (SELECT FROM noted)),
  moved AS (
    UPDATE transit.message SET state = $12, reason = CASE WHEN $12 = 'failed' THEN $7 END, retry_at = $15::timestamptz, updated_at = $3
    WHERE purge_hour = $4 AND id = $5 AND $12::text IS NOT NULL AND state NOT IN ${TERMINAL_STATES}
      AND (state <> $12 OR $12 IN ('ready', 'sending')) AND EXISTS (SELECT FROM noted)
    RETURNING *),
  told AS (
    SELECT m.* FROM moved m, (SELECT state FROM transit.message WHERE purge_hour = $4 AND id = $5) before WHERE before.state <> m.state),
  held AS (
    UPDATE transit.lane_item i SET is_held = $16::boolean FROM moved m
    WHERE i.lane_id = m.lane_id AND i.position = m.position AND i.is_held <> $16::boolean AND NOT $13::boolean),
  due AS (
    UPDATE transit.lane l SET due_at = $3, revision = l.revision + 1, fell_back_from = coalesce($17::text, l.fell_back_from),
      fell_back_until = coalesce($18::timestamptz, l.fell_back_until) FROM moved m
    WHERE l.id = m.lane_id AND m.state = 'ready' AND m.retry_at IS NULL AND NOT $13::boolean),
  changed AS (SELECT * FROM moved WHERE $13::boolean),
  ${leaveLane('= $4')}, ${tellSender('told')}
  ${MOVED}`;

/** `$1` to `$5` as above, `$6` new state, `$7` reason. */
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
