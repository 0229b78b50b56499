-- A database is of one region for good, and so is every tenant in it (docs/custody-and-residency.md).
CREATE TABLE registry.cell (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  region text NOT NULL,
  created_at timestamptz NOT NULL
);
INSERT INTO registry.cell (region, created_at) SELECT region, created_at FROM registry.tenant ORDER BY created_at LIMIT 1;

CREATE FUNCTION registry.keep_cell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a database keeps its region' USING ERRCODE = 'CWREG';
END $$;
CREATE TRIGGER cell_stays BEFORE UPDATE OR DELETE ON registry.cell FOR EACH ROW EXECUTE FUNCTION registry.keep_cell();

CREATE FUNCTION registry.keep_region() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.region IS DISTINCT FROM OLD.region THEN
    RAISE EXCEPTION 'a home region never changes' USING ERRCODE = 'CWREG';
  END IF;
  INSERT INTO registry.cell (region, created_at) VALUES (NEW.region, NEW.created_at) ON CONFLICT DO NOTHING;
  IF NEW.region IS DISTINCT FROM (SELECT region FROM registry.cell) THEN
    RAISE EXCEPTION 'this database is of another region' USING ERRCODE = 'CWREG';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tenant_region BEFORE INSERT OR UPDATE OF region ON registry.tenant FOR EACH ROW EXECUTE FUNCTION registry.keep_region();

-- What was taken back: a backup restored later must not bring it to life again. One row per thing, its latest word. Account rows carry the
-- signed wish, so that the edge believes it.
CREATE TABLE registry.tombstone (
  table_name text NOT NULL,
  key text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('removed', 'narrowed')),
  row jsonb NOT NULL,
  proof jsonb,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (table_name, key)
);
CREATE INDEX tombstone_at ON registry.tombstone (at);

CREATE FUNCTION registry.bury(of_table text, of_key text, of_kind text, of_row jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO registry.tombstone (table_name, key, kind, row) VALUES (of_table, of_key, of_kind, of_row)
  ON CONFLICT (table_name, key) DO UPDATE SET kind = excluded.kind, row = excluded.row, at = clock_timestamp()
$$;

CREATE FUNCTION registry.account_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- of an erased account nothing is remembered but that it was erased: no device, and nobody it had to do with
  DELETE FROM registry.tombstone WHERE table_name <> 'account' AND row->>'tenant_id' = OLD.tenant_id
    AND OLD.id IN (row->>'account_id', row->>'owner_account', row->>'peer_account');
  PERFORM registry.bury('account', OLD.tenant_id || ' ' || OLD.id, 'removed', jsonb_build_object('tenant_id', OLD.tenant_id, 'id', OLD.id));
  RETURN NULL;
END $$;
CREATE TRIGGER account_removed AFTER DELETE ON registry.account FOR EACH ROW EXECUTE FUNCTION registry.account_removed();

CREATE FUNCTION registry.device_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM registry.account WHERE tenant_id = OLD.tenant_id AND id = OLD.account_id) THEN
    PERFORM registry.bury('device', encode(OLD.token_digest, 'hex'), 'removed', jsonb_build_object(
      'tenant_id', OLD.tenant_id, 'account_id', OLD.account_id, 'id', OLD.id, 'token_digest', OLD.token_digest));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER device_removed AFTER DELETE ON registry.device FOR EACH ROW EXECUTE FUNCTION registry.device_removed();

CREATE FUNCTION registry.consent_narrowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_key text := NEW.tenant_id || ' ' || NEW.owner_account || ' ' || NEW.peer_account;
BEGIN
  IF NEW.is_blocked OR NEW.state = 'refused' THEN
    PERFORM registry.bury('consent', of_key, 'narrowed', to_jsonb(NEW));
  ELSIF TG_OP = 'UPDATE' THEN
    DELETE FROM registry.tombstone WHERE table_name = 'consent' AND key = of_key;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER consent_narrowed AFTER INSERT OR UPDATE ON registry.consent FOR EACH ROW EXECUTE FUNCTION registry.consent_narrowed();

CREATE FUNCTION registry.opt_out_narrowed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM registry.tombstone WHERE table_name = 'opt_out'
      AND key = OLD.tenant_id || ' ' || encode(OLD.digest, 'hex') || ' ' || OLD.bridge_number_id;
  ELSE
    PERFORM registry.bury('opt_out', NEW.tenant_id || ' ' || encode(NEW.digest, 'hex') || ' ' || NEW.bridge_number_id, 'narrowed', to_jsonb(NEW));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER opt_out_narrowed AFTER INSERT OR UPDATE OR DELETE ON registry.opt_out FOR EACH ROW EXECUTE FUNCTION registry.opt_out_narrowed();

CREATE FUNCTION registry.contact_narrowed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.opted_out_at IS NULL THEN
    DELETE FROM registry.tombstone WHERE table_name = 'contact' AND key = NEW.tenant_id || ' ' || NEW.id;
  ELSE
    PERFORM registry.bury('contact', NEW.tenant_id || ' ' || NEW.id, 'narrowed', jsonb_build_object(
      'tenant_id', NEW.tenant_id, 'id', NEW.id, 'account_id', NEW.account_id, 'opted_out_at', NEW.opted_out_at));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER contact_narrowed AFTER UPDATE OF opted_out_at ON registry.contact FOR EACH ROW
  WHEN (NEW.opted_out_at IS DISTINCT FROM OLD.opted_out_at) EXECUTE FUNCTION registry.contact_narrowed();

-- A hold copies what the account does from then on. It begins to copy once the retention ledger shows it (`announced_at`).
CREATE TABLE registry.hold (
  id text PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES registry.tenant (id),
  account_id text NOT NULL,
  reference text NOT NULL,
  began_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  announced_at timestamptz,
  ended_at timestamptz,
  end_announced_at timestamptz
);

CREATE TABLE registry.held_message (
  hold_id text NOT NULL REFERENCES registry.hold (id) ON DELETE CASCADE,
  message_ref text NOT NULL,
  metadata jsonb NOT NULL,
  copied_at timestamptz NOT NULL,
  PRIMARY KEY (hold_id, message_ref)
);
