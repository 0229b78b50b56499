-- Who does not want to be written to, whether or not anyone has them as a contact: a keyed digest of the number, the bridge number it was
-- said to (`*` for every sender) and since when. `by_word` is false where only the carrier's refusal told us.
CREATE TABLE registry.opt_out (
  tenant_id text NOT NULL,
  digest bytea NOT NULL,
  digest_version integer NOT NULL,
  bridge_number_id text NOT NULL,
  by_word boolean NOT NULL,
  opted_out_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, digest, bridge_number_id)
);
