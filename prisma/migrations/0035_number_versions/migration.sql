-- Which key of the edge made the digest: the key goes once nothing that counts is under it.
ALTER TABLE registry.retired_binding ADD COLUMN digest_version integer NOT NULL DEFAULT 1;
ALTER TABLE registry.retired_binding ALTER COLUMN digest_version DROP DEFAULT;

CREATE OR REPLACE FUNCTION registry.retire_binding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO registry.retired_binding (tenant_id, bridge_number_id, binding_digest, digest_version, retired_at)
  VALUES (OLD.tenant_id, OLD.bridge_number_id, OLD.binding_digest, OLD.digest_version, now())
  ON CONFLICT (tenant_id, bridge_number_id, binding_digest) DO UPDATE SET retired_at = excluded.retired_at;
  RETURN OLD;
END $$;

-- When the operator asked for new keys of look-up digests; gone once the edge has made them.
CREATE TABLE registry.number_key_wish (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  asked_at timestamptz NOT NULL
);

SELECT registry.take_no_samples(made) FROM unnest(ARRAY['registry.retired_binding', 'registry.number_key_wish']::regclass[]) AS made;
