/**
 * `$1` messages, `$2` boxes (JSON arrays), `$3` now. See MessageStore.accept. Boxes are many with few members and are read as they are written,
 * which takes half of what reading them into `jsonb` first does; of messages, with many members, it is the other way round.
 */
const INPUT = `
  input AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS t("order" int, ref text, hour int, tenant text, account text, device smallint,
      "messageId" text, conversation text, "laneId" text, "laneLeg" text, contact text, "requestAddress" text, floor text, "onUnknown" text,
      leg text, "planDigest" text, networks jsonb, "edgeKeyId" text, sealed text, statement text, "recipientDevices" smallint,
      state text, reason text, "canGoNow" boolean, "deliverBefore" timestamptz, digest text, "previousDigest" text, fingerprint text))`;

const BOX_COLUMNS = `ref text, id text, hour int, tenant text, account text, device smallint, "sealKeyId" int, body text, "isSync" boolean,
  "expiresAt" timestamptz`;

/**
 * The boxes of `source` go into inboxes, in the order of `rank`. A box whose id is taken is left out with its item: ids are the sealer's, and
 * nobody may point at another's row.
 */
const fillInboxes = (source: string): string => `
  inbox_rows AS (
    INSERT INTO transit.inbox (purge_hour, id, tenant_id, account_id, device_id, kind, seal_key_id, body, message_hour, message_ref, expires_at)
    SELECT hour, id, tenant, account, device, 'box', "sealKeyId", decode(body, 'base64'), CASE WHEN NOT "isSync" THEN "messageHour" END,
      CASE WHEN NOT "isSync" THEN ref END, "expiresAt"
    FROM (SELECT * FROM ${source} ORDER BY rank) b ON CONFLICT DO NOTHING
    RETURNING tenant_id, account_id, device_id, purge_hour, id, expires_at),
  inbox_items AS (
    INSERT INTO transit.inbox_item (tenant_id, account_id, device_id, purge_hour, inbox_id, expires_at)
    SELECT * FROM inbox_rows)`;

/** Boxes that cannot go yet rest as one JSON text. */
const stowed = (source: string): string =>
  `convert_to((SELECT coalesce(jsonb_agg(to_jsonb(b) ORDER BY b.rank), '[]')::text FROM ${source}), 'UTF8')`;

/**
 * The lane's row decides: its UPDATE hands out positions and, through \`pending\`, tells whether the lane was idle. Nothing else may be asked
 * for that, since a statement reads the other tables as they were before it waited for the lane.
 */
export const ACCEPT = `WITH ${INPUT},
  fresh AS (
    INSERT INTO transit.accepted (digest, fingerprint, message_ref, purge_hour)
    SELECT decode(digest, 'base64'), decode(fingerprint, 'base64'), ref, hour FROM input
    WHERE coalesce((SELECT false FROM transit.accepted a WHERE a.digest = decode(input."previousDigest", 'base64')), true)
    ORDER BY digest, "order" ON CONFLICT DO NOTHING RETURNING message_ref),
  grouped AS (
    SELECT tenant, conversation, account, "laneLeg", min("laneId") AS "laneId", count(*)::int AS n, bool_and("canGoNow") AS "canGoNow"
    FROM input JOIN fresh ON fresh.message_ref = input.ref GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4),
  lanes AS (
    INSERT INTO transit.lane AS lane (id, tenant_id, conversation_id, account_id, leg, next_position, pending, revision, due_at, used_hour)
    SELECT "laneId", tenant, conversation, account, "laneLeg", n, CASE WHEN "canGoNow" THEN 0 ELSE n END, 1,
      CASE WHEN "canGoNow" THEN NULL ELSE $3::timestamptz END, floor(extract(epoch FROM $3::timestamptz) / 3600)::int
    FROM grouped ORDER BY tenant, conversation, account, "laneLeg"
    ON CONFLICT (tenant_id, conversation_id, account_id, leg) DO UPDATE SET
      next_position = lane.next_position + excluded.next_position,
      pending = CASE WHEN lane.pending = 0 AND excluded.pending = 0 THEN 0 ELSE lane.pending + excluded.next_position::int END,
      revision = lane.revision + 1,
      used_hour = excluded.used_hour,
      due_at = CASE WHEN lane.pending = 0 AND excluded.pending = 0 THEN lane.due_at ELSE $3::timestamptz END
    RETURNING id, tenant_id, conversation_id, account_id, leg, next_position, pending),
  placed AS (
    SELECT i.*, l.id AS lane, l.pending = 0 AS "isDelivered",
      l.next_position - g.n + row_number() OVER (PARTITION BY l.id ORDER BY i."order") - 1 AS position
    FROM input i JOIN fresh f ON f.message_ref = i.ref
    JOIN lanes l ON l.tenant_id = i.tenant AND l.conversation_id = i.conversation AND l.account_id = i.account AND l.leg = i."laneLeg"
    JOIN grouped g ON g.tenant = i.tenant AND g.conversation = i.conversation AND g.account = i.account AND g."laneLeg" = i."laneLeg"),
  message_rows AS (
    INSERT INTO transit.message (purge_hour, id, tenant_id, account_id, device_id, message_id, conversation_id, lane_id, position, contact_id,
      request_address, floor, on_unknown, leg, plan_digest, networks, edge_key_id, state, reason, recipient_devices, deliver_before, accepted_at, updated_at)
    SELECT hour, ref, tenant, account, device, decode("messageId", 'base64'), conversation, lane, position, contact, "requestAddress", floor, "onUnknown",
      leg, "planDigest", ARRAY(SELECT jsonb_array_elements_text(networks)), "edgeKeyId", CASE WHEN "isDelivered" THEN 'sent' ELSE state END, reason,
      "recipientDevices", "deliverBefore", $3::timestamptz, $3::timestamptz FROM placed),
  items AS (INSERT INTO transit.lane_item (lane_id, position, purge_hour, message_ref) SELECT lane, position, hour, ref FROM placed WHERE NOT "isDelivered"),
  boxes AS (
    SELECT b.*, p.hour AS "messageHour", p."isDelivered", p."laneLeg", row_number() OVER (ORDER BY p."order", b.device) AS rank
    FROM json_to_recordset($2::json) AS b(${BOX_COLUMNS}) JOIN placed p ON p.ref = b.ref),
  going AS (SELECT * FROM boxes WHERE "isDelivered" OR ("isSync" AND "laneLeg" = 'clear')),
  envelopes AS (
    INSERT INTO transit.envelope (purge_hour, id, sealed, statement)
    SELECT p.hour, p.ref, coalesce(decode(p.sealed, 'base64'),
        ${stowed('boxes b WHERE b.ref = p.ref')}), decode(p.statement, 'base64')
    FROM placed p WHERE NOT p."isDelivered" AND p.leg <> 'none'),
  ${fillInboxes('going')}
  SELECT i.ref, f.message_ref IS NOT NULL AS "isNew", CASE WHEN p."isDelivered" THEN 'sent' ELSE i.state END AS state, i.reason,
    i."deliverBefore", p.lane, p.position, coalesce(p."isDelivered", false) AS "isDelivered"
  FROM input i LEFT JOIN fresh f ON f.message_ref = i.ref LEFT JOIN placed p ON p.ref = i.ref ORDER BY i."order"`;

/** What is stored under digests that were there before. `$1` JSON array of {ref, digest, previousDigest, fingerprint}. */
export const STORED = `
  SELECT t.ref AS asked, a.message_ref AS ref, a.fingerprint = decode(t.fingerprint, 'base64') AS "isSameMessage"
  FROM jsonb_to_recordset($1::jsonb) AS t(ref text, digest text, "previousDigest" text, fingerprint text)
  JOIN transit.accepted a ON a.digest IN (decode(t.digest, 'base64'), decode(t."previousDigest", 'base64'))`;

/** `$1` hour, `$2` ref, `$3` body, `$4` boxes (JSON), `$5` now. Only a waiting message takes a body, and only one for the leg of its lane. */
export const ATTACH = `WITH body AS (
    SELECT * FROM jsonb_to_record($3::jsonb) AS t(leg text, "planDigest" text, networks jsonb, "edgeKeyId" text, sealed text, statement text,
      "recipientDevices" smallint)),
  changed AS (
    UPDATE transit.message m SET state = 'ready', reason = NULL, leg = body.leg, plan_digest = body."planDigest",
      networks = ARRAY(SELECT jsonb_array_elements_text(body.networks)), edge_key_id = body."edgeKeyId",
      recipient_devices = body."recipientDevices", updated_at = $5::timestamptz
    FROM body, transit.lane l
    WHERE m.purge_hour = $1 AND m.id = $2 AND m.state = 'waiting-on-sender' AND l.id = m.lane_id AND l.leg = body.leg RETURNING m.*),
  boxes AS (
    SELECT b.*, c.purge_hour AS "messageHour", row_number() OVER (ORDER BY b.device) AS rank FROM jsonb_to_recordset($4::jsonb) AS b(${BOX_COLUMNS}) JOIN changed c ON c.id = b.ref),
  going AS (SELECT b.* FROM boxes b JOIN changed c ON c.id = b.ref WHERE b."isSync" AND c.leg = 'clear'),
  envelopes AS (
    INSERT INTO transit.envelope (purge_hour, id, sealed, statement)
    SELECT c.purge_hour, c.id, coalesce(decode(body.sealed, 'base64'),
        ${stowed('boxes b')}), decode(body.statement, 'base64')
    FROM changed c, body),
  lanes AS (UPDATE transit.lane l SET due_at = $5::timestamptz, revision = l.revision + 1 FROM changed c WHERE l.id = c.lane_id),
  ${fillInboxes('going')}
  SELECT lane_id AS lane FROM changed`;

/**
 * `$1` hours, `$2` refs, `$3` now, `$4` refs whose recipients' boxes are withheld (see `boxJson`), `$5` those whose boxes are dropped, since
 * there is no recipient any more: native heads that are ready leave their lane and their stored boxes become inbox rows. Past its deadline none
 * goes: the sweep ends it.
 */
export const DRAIN_NATIVE = `WITH changed AS (
    UPDATE transit.message m SET state = 'sent', updated_at = $3::timestamptz
    WHERE m.purge_hour = ANY($1::int[]) AND m.id = ANY($2::text[]) AND m.state = 'ready' AND m.leg = 'native'
      AND m.deliver_before > $3::timestamptz RETURNING m.*),
  left_items AS (DELETE FROM transit.lane_item i USING changed c WHERE i.lane_id = c.lane_id AND i.position = c.position RETURNING i.lane_id),
  left_lane AS (
    UPDATE transit.lane l SET pending = l.pending - g.n, revision = l.revision + 1
    FROM (SELECT lane_id, count(*)::int AS n FROM left_items GROUP BY lane_id) g WHERE l.id = g.lane_id),
  opened AS (
    DELETE FROM transit.envelope e USING changed c WHERE e.purge_hour = ANY($1::int[]) AND e.purge_hour = c.purge_hour AND e.id = c.id
    RETURNING e.sealed, e.id AS ref, e.purge_hour AS "messageHour", c.position AS message_position),
  going AS (
    SELECT b.ref, b.id, b.hour, b.tenant, b.account, b."sealKeyId", b.body, b."isSync", b."expiresAt", o."messageHour",
      CASE WHEN NOT b."isSync" AND o.ref = ANY($4::text[]) THEN -abs(b.device) ELSE b.device END AS device,
      row_number() OVER (ORDER BY o.message_position, b.device) AS rank
    FROM opened o, jsonb_to_recordset(convert_from(o.sealed, 'UTF8')::jsonb) AS b(${BOX_COLUMNS})
    WHERE b."isSync" OR NOT (o.ref = ANY($5::text[]))),
  ${fillInboxes('going')}
  SELECT (SELECT count(*)::int FROM left_items) AS moved,
    coalesce((SELECT jsonb_agg(DISTINCT jsonb_build_object('tenant', tenant, 'account', account, 'device', device)) FROM going WHERE device > 0), '[]'::jsonb) AS touched`;
