import { leaveLane, tellSender, TERMINAL_STATES } from './state-events.js';

/**
 * `$1` hour, `$2` message, `$3` attempt, `$4` network, `$5` simulated, `$6` bridge number, `$7` now, `$8` call before, `$9` tenant and `$10` id
 * of the statement. The statement's row says whose it is: whoever was first.
 */
export const BEGIN = `WITH used AS (
    INSERT INTO transit.statement_use (tenant_id, statement_id, message_ref, purge_hour)
    VALUES ($9, $10, $2, $1)
    ON CONFLICT (tenant_id, statement_id) DO UPDATE SET purge_hour = statement_use.purge_hour RETURNING message_ref),
  permitted AS (SELECT EXISTS (SELECT FROM used WHERE message_ref = $2) AS ok),
  changed AS (
    UPDATE transit.message SET state = 'sending', updated_at = $7 FROM permitted
    WHERE purge_hour = $1 AND id = $2 AND permitted.ok AND state = 'ready'
      AND NOT EXISTS (SELECT FROM transit.attempt WHERE purge_hour = $1 AND message_ref = $2 AND attempt >= $3) RETURNING id),
  begun AS (
    INSERT INTO transit.attempt (purge_hour, message_ref, attempt, network, is_simulated, bridge_number_id, started_at, call_before, outcome)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'started' FROM changed ON CONFLICT DO NOTHING RETURNING attempt),
  open AS (INSERT INTO transit.open_attempt (message_ref, attempt, due_at) SELECT $2, attempt, $8 FROM begun)
  SELECT (SELECT ok FROM permitted) AS "isOurs", EXISTS (SELECT FROM begun) AS "isBegun"`;

/** A later word never takes an earlier one back: outcomes by rank. */
const RANK = `(CASE OUTCOME WHEN 'started' THEN 0 WHEN 'unknown' THEN 1 WHEN 'accepted' THEN 2 WHEN 'sent' THEN 3 ELSE 4 END)`;
const rankOf = (column: string): string => RANK.replace('OUTCOME', column);

/**
 * Whether the word `$6` says more than the stored outcome. What we gave up on without having known (`unconfirmed`, and `not-sent` after the
 * silence of a network) may be put right by the network itself.
 */
const SAYS_MORE = `(${rankOf('outcome')} < ${rankOf('$6')} OR (outcome = 'unconfirmed' AND $6 IN ('delivered', 'failed'))
  OR (outcome = 'not-sent' AND $6 IN ('accepted', 'sent', 'delivered')))`;

const MOVED_COLUMNS = `tenant_id AS tenant, account_id AS account, device_id AS device, lane_id AS lane,
    EXISTS (SELECT FROM left_lane) AS "hasLeftLane"`;

/**
 * `$1` to `$3` event hour, its expiry and now; `$4` hour and `$5` id of the message; the rest as the parameters of `record`.
 * `$16` to `$19` claim the external id for the attempt before anything else is written: digest (or null), owner, hour, and whether another
 * owner's claim refuses the word. Who has claimed it before only reads, so that the words about one attempt do not wait for each other.
 * The sender is told of a change: a second word for the state that the message has already is none. A message that may go at once makes its lane due in the same step: an edge that died between the two would leave it at rest.
 */
export const RECORD = `WITH known AS (SELECT owner FROM transit.received WHERE digest = $16::bytea),
  claimed AS (
    INSERT INTO transit.received (digest, owner, purge_hour)
    SELECT $16::bytea, $17::text, $18::int WHERE $16::bytea IS NOT NULL AND NOT EXISTS (SELECT FROM known)
    ON CONFLICT (digest) DO UPDATE SET purge_hour = received.purge_hour RETURNING owner),
  -- all of both is read, so that the claim always comes before the attempt's row: two that take them in either order wait for each other
  ours AS MATERIALIZED (
    SELECT NOT $19::boolean OR coalesce(bool_or(owner = $17::text), false) AS ok
    FROM (SELECT owner FROM known UNION ALL SELECT owner FROM claimed) AS claims),
  noted AS (
    UPDATE transit.attempt SET outcome = $6, reason = coalesce($7, reason), vendor_code = coalesce($8, vendor_code),
      segments = coalesce($9::smallint, segments), sealed_external_id = coalesce($10::bytea, sealed_external_id), outcome_at = $3
    WHERE purge_hour = $4 AND message_ref = $5 AND attempt = $11 AND ${SAYS_MORE} AND (SELECT ok FROM ours) RETURNING message_ref),
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
      AND (state <> $12 OR $12 = 'ready') AND EXISTS (SELECT FROM noted) RETURNING *),
  due AS (
    UPDATE transit.lane l SET due_at = $3, revision = l.revision + 1 FROM moved m
    WHERE l.id = m.lane_id AND m.state = 'ready' AND m.retry_at IS NULL AND NOT $13::boolean),
  changed AS (SELECT * FROM moved WHERE $13::boolean),
  ${leaveLane('= $4')}, ${tellSender('moved')}
  SELECT (SELECT ok FROM ours) AS "isOurs", m.* FROM (VALUES (1)) AS one LEFT JOIN (SELECT ${MOVED_COLUMNS} FROM moved) m ON true`;

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
  SELECT ${MOVED_COLUMNS} FROM moved`;
