-- "Established" is granted, and each side has sent: kept where consent is, so that no window of the guard decides over a conversation.
-- In a row of consent the peer is who writes to the owner.
ALTER TABLE registry.consent ADD COLUMN peer_has_sent boolean NOT NULL DEFAULT false;
ALTER TABLE registry.contact ADD COLUMN account_has_sent boolean NOT NULL DEFAULT false;
ALTER TABLE registry.contact ADD COLUMN contact_has_sent boolean NOT NULL DEFAULT false;

-- Conduct of senders by week, under names that only a weekly key can make; a partition leaves when its key is destroyed.
CREATE TABLE transit.guard_conduct (
  purge_hour integer NOT NULL,
  sender text NOT NULL,
  first_seen bigint NOT NULL,
  last_send bigint,
  send_gaps integer[] NOT NULL DEFAULT '{}',
  gap_classes text NOT NULL DEFAULT '',
  outcomes text NOT NULL DEFAULT '',
  countries jsonb NOT NULL DEFAULT '{}',
  reporters jsonb NOT NULL DEFAULT '{}',
  blockers jsonb NOT NULL DEFAULT '{}',
  standing jsonb,
  pardon jsonb,
  PRIMARY KEY (purge_hour, sender)
) PARTITION BY RANGE (purge_hour);

CREATE TABLE transit.guard_pair (
  purge_hour integer NOT NULL,
  sender text NOT NULL,
  recipient text NOT NULL,
  first_at bigint NOT NULL,
  messages integer NOT NULL,
  has_answered boolean NOT NULL DEFAULT false,
  PRIMARY KEY (purge_hour, sender, recipient)
) PARTITION BY RANGE (purge_hour);

CREATE INDEX guard_pair_recent ON transit.guard_pair (purge_hour, sender, first_at DESC);

CREATE TABLE transit.guard_tally (
  purge_hour integer NOT NULL,
  tenant text NOT NULL,
  name text NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (purge_hour, tenant, name)
) PARTITION BY RANGE (purge_hour);

-- Why somebody was limited: their account and numbers about them, never a recipient.
CREATE TABLE transit.abuse_decision (
  purge_hour integer NOT NULL,
  id text NOT NULL,
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  level smallint NOT NULL,
  score real NOT NULL,
  reasons jsonb NOT NULL,
  decided_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('stands', 'appealed', 'upheld', 'lifted')),
  grounds text,
  appealed_at timestamptz,
  reviewed_at timestamptz,
  PRIMARY KEY (purge_hour, id)
) PARTITION BY RANGE (purge_hour);
CREATE INDEX abuse_decision_open ON transit.abuse_decision (tenant_id, purge_hour, id) WHERE state = 'appealed' OR (state = 'stands' AND level >= 3);
CREATE INDEX abuse_decision_of ON transit.abuse_decision (tenant_id, account_id, purge_hour, id);

-- Distinct moments of a JSON object of name -> milliseconds.
CREATE FUNCTION transit.guard_since(moments jsonb, since bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT count(*)::integer FROM jsonb_each_text(moments) WHERE value::bigint > since $$;

-- `moments` with `name` at `at`, without `old`, the youngest `most` of them.
CREATE FUNCTION transit.guard_noted(moments jsonb, old text, name text, at bigint, most integer) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
$$ SELECT jsonb_object_agg(key, value) FROM (
     SELECT key, value FROM jsonb_each(moments - old - name || jsonb_build_object(name, at)) ORDER BY value::bigint DESC LIMIT most) m $$;

-- One batch of observations, in order; answers with one snapshot each. The contract is GuardStore's. Rows of senders are locked in the order
-- of their names, so two batches never wait for each other both.
CREATE FUNCTION transit.guard_observe(batch jsonb) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
DECLARE
  o record;
  c transit.guard_conduct;
  found_pair transit.guard_pair;
  is_send boolean;
  is_new boolean;
  last_new bigint;
  gap integer;
  s record;
BEGIN
  INSERT INTO transit.guard_conduct
  SELECT w.hour, w.sender, coalesce(b.first_seen, w.at), b.last_send, coalesce(b.send_gaps, '{}'), coalesce(b.gap_classes, ''),
    coalesce(b.outcomes, ''), coalesce(b.countries, '{}'), coalesce(b.reporters, '{}'), coalesce(b.blockers, '{}'), b.standing, b.pardon
  FROM (SELECT hour, sender, min("oldHour") AS old_hour, min("oldSender") AS old_sender, min("atMs") AS at
        FROM jsonb_to_recordset(batch) AS t(hour int, sender text, "oldHour" int, "oldSender" text, "atMs" bigint, kind text)
        WHERE kind <> 'look' GROUP BY hour, sender) w
  LEFT JOIN LATERAL (SELECT * FROM transit.guard_conduct p WHERE p.purge_hour = w.old_hour AND p.sender = w.old_sender) b ON true
  ORDER BY w.hour, w.sender
  ON CONFLICT DO NOTHING;
  PERFORM 1 FROM (SELECT DISTINCT hour, sender FROM jsonb_to_recordset(batch) AS t(hour int, sender text, kind text)
                  WHERE kind <> 'look' ORDER BY hour, sender) w,
    LATERAL (SELECT 1 FROM transit.guard_conduct l WHERE l.purge_hour = w.hour AND l.sender = w.sender FOR UPDATE) l;

  FOR o IN SELECT * FROM jsonb_to_recordset(batch) AS t(hour int, sender text, recipient text, "oldHour" int, "oldSender" text,
      "oldRecipient" text, "atMs" bigint, kind text, gap text, country text)
  LOOP
    SELECT * INTO c FROM transit.guard_conduct p WHERE p.purge_hour = o.hour AND p.sender = o.sender;
    IF NOT FOUND THEN
      SELECT * INTO c FROM transit.guard_conduct p WHERE p.purge_hour = o."oldHour" AND p.sender = o."oldSender";
    END IF;
    SELECT max(first_at) INTO last_new FROM (
      (SELECT first_at FROM transit.guard_pair p WHERE p.purge_hour = o.hour AND p.sender = o.sender ORDER BY first_at DESC LIMIT 1)
      UNION ALL
      (SELECT first_at FROM transit.guard_pair p WHERE p.purge_hour = o."oldHour" AND p.sender = o."oldSender" ORDER BY first_at DESC LIMIT 1)) n;
    SELECT * INTO found_pair FROM transit.guard_pair p WHERE p.purge_hour = o.hour AND p.sender = o.sender AND p.recipient = o.recipient;
    IF NOT FOUND THEN
      SELECT * INTO found_pair FROM transit.guard_pair p
      WHERE p.purge_hour = o."oldHour" AND p.sender = o."oldSender" AND p.recipient = o."oldRecipient";
    END IF;
    is_send := o.kind IN ('request', 'message');
    is_new := is_send AND found_pair.recipient IS NULL;
    IF is_new THEN
      INSERT INTO transit.guard_pair VALUES (o.hour, o.sender, o.recipient, o."atMs", 1, false);
      found_pair.first_at := o."atMs";
      found_pair.has_answered := false;
      IF o.gap IS NOT NULL THEN c.gap_classes := right(c.gap_classes || o.gap, 20); END IF;
      IF o.country IS NOT NULL THEN c.countries := transit.guard_noted(c.countries, '', o.country, o."atMs", 60); END IF;
    ELSIF is_send THEN
      UPDATE transit.guard_pair p SET messages = messages + 1
      WHERE p.purge_hour = found_pair.purge_hour AND p.sender = found_pair.sender AND p.recipient = found_pair.recipient;
    ELSIF o.kind = 'reply' AND found_pair.recipient IS NOT NULL AND NOT found_pair.has_answered THEN
      UPDATE transit.guard_pair p SET has_answered = true
      WHERE p.purge_hour = found_pair.purge_hour AND p.sender = found_pair.sender AND p.recipient = found_pair.recipient;
      found_pair.has_answered := true;
    END IF;
    IF is_send THEN
      IF c.last_send IS NOT NULL THEN
        gap := least(greatest(0, (o."atMs" - c.last_send) / 100), 36000);
        c.send_gaps := CASE WHEN gap >= 36000 THEN '{}' ELSE (c.send_gaps || gap)[greatest(1, cardinality(c.send_gaps) - 18):] END;
      END IF;
      c.last_send := o."atMs";
    END IF;
    IF o.kind IN ('delivered', 'delivery-failed') THEN
      c.outcomes := right(c.outcomes || CASE o.kind WHEN 'delivered' THEN 'd' ELSE 'f' END, 50);
    ELSIF o.kind = 'report' THEN
      c.reporters := transit.guard_noted(c.reporters, o."oldRecipient", o.recipient, o."atMs", 20);
    ELSIF o.kind = 'block' THEN
      c.blockers := transit.guard_noted(c.blockers, o."oldRecipient", o.recipient, o."atMs", 20);
    END IF;
    IF o.kind NOT IN ('look', 'reply') THEN
      UPDATE transit.guard_conduct u SET last_send = c.last_send, send_gaps = c.send_gaps, gap_classes = c.gap_classes,
        outcomes = c.outcomes, countries = c.countries, reporters = c.reporters, blockers = c.blockers
      WHERE u.purge_hour = o.hour AND u.sender = o.sender;
    END IF;
    SELECT coalesce(sum(messages) FILTER (WHERE NOT has_answered), 0) AS unanswered,
      count(*) FILTER (WHERE age < 60000) AS n0, count(*) FILTER (WHERE age < 600000) AS n1, count(*) FILTER (WHERE age < 3600000) AS n2,
      count(*) FILTER (WHERE age < 86400000) AS n3, count(*) FILTER (WHERE age < 604800000) AS n4,
      count(*) FILTER (WHERE age < 1209600000) AS n5,
      count(*) FILTER (WHERE age >= 60000 AND age < 600000) AS c0,
      count(*) FILTER (WHERE age >= 60000 AND age < 600000 AND has_answered) AS a0,
      count(*) FILTER (WHERE age >= 600000 AND age < 3600000) AS c1,
      count(*) FILTER (WHERE age >= 600000 AND age < 3600000 AND has_answered) AS a1,
      count(*) FILTER (WHERE age >= 3600000 AND age < 86400000) AS c2,
      count(*) FILTER (WHERE age >= 3600000 AND age < 86400000 AND has_answered) AS a2,
      count(*) FILTER (WHERE age >= 86400000 AND age < 259200000) AS c3,
      count(*) FILTER (WHERE age >= 86400000 AND age < 259200000 AND has_answered) AS a3,
      count(*) FILTER (WHERE age >= 259200000 AND age < 1209600000) AS c4,
      count(*) FILTER (WHERE age >= 259200000 AND age < 1209600000 AND has_answered) AS a4
    INTO s FROM (
      SELECT o."atMs" - first_at AS age, has_answered, messages FROM (
        (SELECT first_at, has_answered, messages FROM transit.guard_pair p
         WHERE p.purge_hour = o.hour AND p.sender = o.sender ORDER BY first_at DESC LIMIT 1000)
        UNION ALL
        (SELECT first_at, has_answered, messages FROM transit.guard_pair p
         WHERE p.purge_hour = o."oldHour" AND p.sender = o."oldSender" ORDER BY first_at DESC LIMIT 1000)) q) w;
    RETURN NEXT jsonb_build_object(
      'pair', jsonb_build_object('isNew', is_new, 'hasAnswered', coalesce(found_pair.has_answered, false),
        'firstAtMs', coalesce(found_pair.first_at, o."atMs")),
      'firstSeenAtMs', least(c.first_seen, o."atMs"),
      'newContacts', jsonb_build_array(s.n0, s.n1, s.n2, s.n3, s.n4, s.n5),
      'answers', jsonb_build_array(
        jsonb_build_object('contacted', s.c0, 'answered', s.a0), jsonb_build_object('contacted', s.c1, 'answered', s.a1),
        jsonb_build_object('contacted', s.c2, 'answered', s.a2), jsonb_build_object('contacted', s.c3, 'answered', s.a3),
        jsonb_build_object('contacted', s.c4, 'answered', s.a4)),
      'unansweredMessages', s.unanswered,
      'gapClasses', coalesce(c.gap_classes, ''),
      'sendGapsDs', to_jsonb(coalesce(c.send_gaps, '{}')),
      'lastNewAtMs', last_new,
      'reporters', jsonb_build_array(transit.guard_since(coalesce(c.reporters, '{}'), o."atMs" - 86400000),
        transit.guard_since(coalesce(c.reporters, '{}'), o."atMs" - 604800000)),
      'blockers', jsonb_build_array(transit.guard_since(coalesce(c.blockers, '{}'), o."atMs" - 86400000),
        transit.guard_since(coalesce(c.blockers, '{}'), o."atMs" - 604800000)),
      'countries', coalesce((SELECT jsonb_agg(key ORDER BY key) FROM jsonb_each_text(c.countries) WHERE value::bigint > o."atMs" - 86400000), '[]'),
      'outcomes', jsonb_build_object('known', length(coalesce(c.outcomes, '')),
        'failed', length(coalesce(c.outcomes, '')) - length(replace(coalesce(c.outcomes, ''), 'f', ''))),
      'standing', c.standing, 'pardon', c.pardon);
  END LOOP;
END $$;

SELECT registry.take_no_samples(made) FROM unnest(ARRAY[
  'registry.consent', 'registry.contact', 'transit.guard_conduct', 'transit.guard_pair', 'transit.guard_tally', 'transit.abuse_decision']::regclass[]) AS made;
