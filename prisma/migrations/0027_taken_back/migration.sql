-- What a person decided lately holds after a restore too: rules about ways and networks, switches, wishes about how long things are kept,
-- permissions taken back. The latest form of each is remembered as long as a backup may be restored; it goes with its account.
CREATE FUNCTION registry.decided() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  decision jsonb := to_jsonb(NEW);
  of_key text;
BEGIN
  SELECT string_agg(decision->>name, ' ' ORDER BY place) INTO of_key FROM unnest(TG_ARGV) WITH ORDINALITY AS named(name, place);
  PERFORM registry.bury(TG_TABLE_NAME, of_key, 'narrowed', decision);
  RETURN NULL;
END $$;
CREATE TRIGGER preference_decided AFTER INSERT OR UPDATE ON registry.preference
  FOR EACH ROW EXECUTE FUNCTION registry.decided('tenant_id', 'account_id', 'peer');
CREATE TRIGGER privacy_switch_decided AFTER INSERT OR UPDATE ON registry.privacy_switch
  FOR EACH ROW EXECUTE FUNCTION registry.decided('tenant_id', 'account_id', 'conversation_id');
CREATE TRIGGER retention_wish_decided AFTER INSERT OR UPDATE ON registry.retention_wish
  FOR EACH ROW EXECUTE FUNCTION registry.decided('tenant_id', 'account_id', 'conversation_id', 'class');
CREATE TRIGGER revoked_statement_decided AFTER INSERT OR UPDATE ON registry.revoked_statement
  FOR EACH ROW EXECUTE FUNCTION registry.decided('tenant_id', 'account_id', 'statement_id');

-- A number that its owner blocked, or that went to somebody else, is written to by nobody after a restore either.
CREATE FUNCTION registry.contact_shut() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_key text := registry.grave_of(NEW.tenant_id, NEW.id);
BEGIN
  IF NEW.blocked_at IS NULL AND NEW.ended_at IS NULL THEN
    DELETE FROM registry.tombstone WHERE table_name = 'contact_shut' AND key = of_key;
  ELSE
    PERFORM registry.bury('contact_shut', of_key, 'narrowed', jsonb_build_object('tenant_id', NEW.tenant_id,
      'account_id', NEW.account_id, 'blocked_at', NEW.blocked_at, 'ended_at', NEW.ended_at));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER contact_shut AFTER UPDATE OF blocked_at, ended_at ON registry.contact FOR EACH ROW
  WHEN ((NEW.blocked_at, NEW.ended_at) IS DISTINCT FROM (OLD.blocked_at, OLD.ended_at)) EXECUTE FUNCTION registry.contact_shut();
