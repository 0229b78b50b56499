-- A link of two accounts as a device of each signed it, for the devices of those whom the accepting account (`linked_account`) granted:
-- they check both signatures before they write to the other account. Links from before have none and lead nowhere.
ALTER TABLE registry.link ADD COLUMN document bytea;
ALTER TABLE registry.link ADD COLUMN offered bytea;
ALTER TABLE registry.link ADD COLUMN accepted bytea;
ALTER TABLE registry.link ADD CONSTRAINT link_signed CHECK (num_nulls(document, offered, accepted) IN (0, 3));

-- The link that this grant was carried over by; a grant that somebody gave themselves has none. It goes with its link.
ALTER TABLE registry.consent ADD COLUMN link_id text;
CREATE INDEX consent_of_link ON registry.consent (tenant_id, link_id) WHERE link_id IS NOT NULL;

CREATE OR REPLACE FUNCTION registry.link_narrowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_key text := registry.grave_of(OLD.tenant_id, OLD.id);
  owned jsonb := jsonb_build_object('tenant_id', OLD.tenant_id, 'account_id', OLD.account_id);
BEGIN
  UPDATE registry.contact SET linked_account = NULL, link_id = NULL WHERE tenant_id = OLD.tenant_id AND link_id = OLD.id;
  DELETE FROM registry.consent WHERE tenant_id = OLD.tenant_id AND link_id = OLD.id AND NOT is_blocked;
  -- a block outlives what it was about
  UPDATE registry.consent SET state = 'refused', link_id = NULL WHERE tenant_id = OLD.tenant_id AND link_id = OLD.id;
  IF NOT EXISTS (SELECT FROM registry.account WHERE tenant_id = OLD.tenant_id AND id = OLD.account_id) THEN
    RETURN NULL;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM registry.bury('link', of_key, 'removed', owned);
  ELSE
    PERFORM registry.bury('link', of_key, 'narrowed', owned || jsonb_build_object(
      'findable', NEW.findable, 'ended_at', NEW.ended_at, 'ended_because', NEW.ended_because));
  END IF;
  RETURN NULL;
END $$;

SELECT registry.take_no_samples(changed) FROM unnest(ARRAY['registry.link', 'registry.consent']::regclass[]) AS changed;
