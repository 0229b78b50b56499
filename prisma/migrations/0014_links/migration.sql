-- A tenant can have several native networks, each with a host, handles and accounts of its own. `tenant.native_host` is the first of them.
CREATE TABLE registry.native_host (
  host text PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES registry.tenant (id)
);
INSERT INTO registry.native_host (host, tenant_id) SELECT native_host, id FROM registry.tenant;

-- Whether people of the tenant's other native networks may write to this account, and this account to them. Off until the person turns it on.
ALTER TABLE registry.account ADD COLUMN cross_network boolean NOT NULL DEFAULT false;
-- Addresses never change, so what a pair crosses is known when its row is made: the path of a message does not compare addresses.
ALTER TABLE registry.consent ADD COLUMN crosses_networks boolean NOT NULL DEFAULT false;

CREATE FUNCTION registry.network_of(address text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT split_part(address, '/', 3) $$;

CREATE FUNCTION registry.mark_crossing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.crosses_networks := (
    SELECT count(DISTINCT registry.network_of(address)) > 1 FROM registry.account
    WHERE tenant_id = NEW.tenant_id AND id = ANY (ARRAY[NEW.owner_account, NEW.peer_account]));
  RETURN NEW;
END $$;
CREATE TRIGGER consent_crossing BEFORE INSERT ON registry.consent FOR EACH ROW EXECUTE FUNCTION registry.mark_crossing();

-- A number or another account that a person has shown to be theirs. Of a number: a keyed digest to find it by, and the number sealed to the edge.
CREATE TABLE registry.link (
  tenant_id text NOT NULL,
  id text NOT NULL,
  account_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('account', 'number')),
  linked_account text,
  number_digest bytea,
  digest_version integer,
  sealed_number bytea,
  country text,
  findable text NOT NULL DEFAULT 'nobody' CHECK (findable IN ('nobody', 'contacts', 'everyone')),
  proved_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  ended_because text CHECK (ended_because IN ('proved-by-another', 'number-out-of-service')),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES registry.account (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, linked_account) REFERENCES registry.account (tenant_id, id) ON DELETE CASCADE
);
-- one number is one person's: a newer proof takes it
CREATE UNIQUE INDEX link_number ON registry.link (tenant_id, number_digest) WHERE number_digest IS NOT NULL;
CREATE UNIQUE INDEX link_accounts ON registry.link (tenant_id, account_id, linked_account) WHERE linked_account IS NOT NULL;
CREATE INDEX link_of_account ON registry.link (tenant_id, account_id, id);
CREATE INDEX link_of_linked ON registry.link (tenant_id, linked_account) WHERE linked_account IS NOT NULL;
CREATE INDEX link_past ON registry.link (expires_at);

-- A one-time code on its way to a telephone, as a keyed digest.
CREATE TABLE transit.link_challenge (
  tenant_id text NOT NULL,
  id text NOT NULL,
  account_id text NOT NULL,
  number_digest bytea NOT NULL,
  digest_version integer NOT NULL,
  sealed_number bytea NOT NULL,
  country text NOT NULL,
  code_digest bytea NOT NULL,
  tries smallint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX link_challenge_account ON transit.link_challenge (tenant_id, account_id, created_at);
CREATE INDEX link_challenge_number ON transit.link_challenge (tenant_id, number_digest, created_at);
CREATE INDEX link_challenge_past ON transit.link_challenge (created_at);

-- An address that a person hands out in place of their own: whoever texts it to a bridge number may write to them, until it is revoked.
CREATE TABLE registry.alias (
  tenant_id text NOT NULL,
  id text NOT NULL,
  account_id text NOT NULL,
  code text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('contact', 'listing', 'public')),
  expires_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, code),
  FOREIGN KEY (tenant_id, account_id) REFERENCES registry.account (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX alias_of_account ON registry.alias (tenant_id, account_id, id);
CREATE INDEX alias_past ON registry.alias (expires_at) WHERE expires_at IS NOT NULL;

-- The alias through which this conversation came, if it did. With the alias go its conversations, number and all.
ALTER TABLE registry.contact ADD COLUMN alias_id text;
ALTER TABLE registry.contact ADD CONSTRAINT contact_alias
  FOREIGN KEY (tenant_id, alias_id) REFERENCES registry.alias (tenant_id, id) ON DELETE CASCADE;
CREATE INDEX contact_of_alias ON registry.contact (tenant_id, alias_id) WHERE alias_id IS NOT NULL;

-- Which bridge number a telephone knew for a conversation that is gone. Nobody gets that pair for a while, so that a late answer reaches
-- nobody it was not meant for; whose conversation it was is not kept.
CREATE TABLE registry.retired_binding (
  tenant_id text NOT NULL,
  bridge_number_id text NOT NULL,
  binding_digest bytea NOT NULL,
  retired_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, bridge_number_id, binding_digest)
);
CREATE INDEX retired_binding_past ON registry.retired_binding (retired_at);

CREATE FUNCTION registry.retire_binding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO registry.retired_binding (tenant_id, bridge_number_id, binding_digest, retired_at)
  VALUES (OLD.tenant_id, OLD.bridge_number_id, OLD.binding_digest, now())
  ON CONFLICT (tenant_id, bridge_number_id, binding_digest) DO UPDATE SET retired_at = excluded.retired_at;
  RETURN OLD;
END $$;
-- a trigger, since contacts also go with their account and with their alias
CREATE TRIGGER contact_retired AFTER DELETE ON registry.contact FOR EACH ROW EXECUTE FUNCTION registry.retire_binding();

-- Who asked for whom today, as keyed digests that go after their day: enough to limit, and no record of it afterwards.
CREATE TABLE transit.discovery (
  day integer NOT NULL,
  asker bytea NOT NULL,
  target bytea NOT NULL,
  PRIMARY KEY (day, asker, target)
);
CREATE INDEX discovery_target ON transit.discovery (day, target);

-- Which link the account of a contact was found by: when that ends, or is not to be found any more, so does the way.
ALTER TABLE registry.contact ADD COLUMN link_id text;
CREATE INDEX contact_of_link ON registry.contact (tenant_id, link_id) WHERE link_id IS NOT NULL;

-- A random id as a digest: a restored row is known by it, and what is gone cannot be read from it.
CREATE FUNCTION registry.grave_of(tenant text, id text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT encode(sha256(convert_to(tenant || ' ' || id, 'UTF8')), 'hex') $$;

CREATE FUNCTION registry.link_narrowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_key text := registry.grave_of(OLD.tenant_id, OLD.id);
  owned jsonb := jsonb_build_object('tenant_id', OLD.tenant_id, 'account_id', OLD.account_id);
BEGIN
  UPDATE registry.contact SET linked_account = NULL, link_id = NULL WHERE tenant_id = OLD.tenant_id AND link_id = OLD.id;
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
CREATE TRIGGER link_removed AFTER DELETE ON registry.link FOR EACH ROW EXECUTE FUNCTION registry.link_narrowed();
CREATE TRIGGER link_narrowed AFTER UPDATE OF findable, ended_at ON registry.link FOR EACH ROW
  WHEN (NEW.findable IS DISTINCT FROM OLD.findable OR NEW.ended_at IS DISTINCT FROM OLD.ended_at) EXECUTE FUNCTION registry.link_narrowed();

CREATE FUNCTION registry.owned_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM registry.account WHERE tenant_id = OLD.tenant_id AND id = OLD.account_id) THEN
    DELETE FROM registry.tombstone WHERE table_name = TG_ARGV[0] AND key = OLD.tenant_id || ' ' || OLD.id;
    PERFORM registry.bury(TG_ARGV[0], registry.grave_of(OLD.tenant_id, OLD.id), 'removed',
      jsonb_build_object('tenant_id', OLD.tenant_id, 'account_id', OLD.account_id));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER alias_removed AFTER DELETE ON registry.alias FOR EACH ROW EXECUTE FUNCTION registry.owned_removed('alias');
CREATE TRIGGER contact_removed AFTER DELETE ON registry.contact FOR EACH ROW EXECUTE FUNCTION registry.owned_removed('contact');

CREATE FUNCTION registry.cross_network_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.cross_network THEN
    DELETE FROM registry.tombstone WHERE table_name = 'cross_network' AND key = NEW.tenant_id || ' ' || NEW.id;
  ELSE
    PERFORM registry.bury('cross_network', NEW.tenant_id || ' ' || NEW.id, 'narrowed',
      jsonb_build_object('tenant_id', NEW.tenant_id, 'account_id', NEW.id));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER cross_network_changed AFTER UPDATE OF cross_network ON registry.account FOR EACH ROW
  WHEN (NEW.cross_network IS DISTINCT FROM OLD.cross_network) EXECUTE FUNCTION registry.cross_network_changed();

SELECT registry.take_no_samples(made) FROM unnest(ARRAY['registry.native_host', 'registry.link', 'transit.link_challenge', 'registry.alias',
  'registry.retired_binding', 'transit.discovery', 'registry.account', 'registry.consent', 'registry.contact']::regclass[]) AS made;
