import { leaveLane, tellSender, TERMINAL_STATES } from './state-events.js';

/** One statement moves no more than this; what is left goes with the next. */
export const EXPIRED_AT_ONCE = 2_000;

/**
 * `$1` to `$3` event hour, its expiry and now; `$4` hours of the messages; `$5` since when deadlines were not looked at. Both questions are
 * answered by an index of deadlines that has nothing else in it (`message_due`, `message_under_way`): nothing is looked at before its time,
 * and what waits for its receipt is not looked at again and again.
 */
export const EXPIRE = `WITH past AS (
    SELECT purge_hour, id FROM transit.message
    WHERE purge_hour = ANY($4) AND deliver_before <= $3 AND state NOT IN ${TERMINAL_STATES}
      AND NOT (leg = 'clear' AND state IN ('sending', 'sent')) LIMIT ${EXPIRED_AT_ONCE} FOR UPDATE SKIP LOCKED),
  changed AS (
    UPDATE transit.message m SET state = CASE WHEN acknowledged_devices > 0 THEN 'delivered' ELSE 'expired' END, reason = NULL, updated_at = $3
    FROM past WHERE m.purge_hour = ANY($4) AND m.purge_hour = past.purge_hour AND m.id = past.id RETURNING m.*),
  beyond AS (
    SELECT purge_hour, id FROM transit.message
    WHERE purge_hour = ANY($4) AND deliver_before > $5 AND deliver_before <= $3 AND leg = 'clear' AND state IN ('sending', 'sent')),
  words AS (DELETE FROM transit.envelope e USING beyond WHERE e.purge_hour = ANY($4) AND e.purge_hour = beyond.purge_hour AND e.id = beyond.id),
  ${leaveLane('= ANY($4)')}, ${tellSender('changed')}
  SELECT c.tenant_id AS tenant, c.account_id AS account, c.device_id AS device, l.id AS lane, l.leg FROM changed c
  LEFT JOIN left_lane l ON l.id = c.lane_id`;
