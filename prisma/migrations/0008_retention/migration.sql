-- What a tenant, an account or a conversation wants kept for less long than the table of policies says. Empty names mean the level above.
-- Rows are changed, never removed: `keep_seconds` is empty where a wish was taken back, so that it is known that there was one.
CREATE TABLE registry.retention_wish (
  tenant_id text NOT NULL REFERENCES registry.tenant (id),
  account_id text NOT NULL,
  conversation_id text NOT NULL,
  class text NOT NULL,
  keep_seconds integer CHECK (keep_seconds > 0),
  set_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, account_id, conversation_id, class)
);
CREATE INDEX retention_wish_conversation ON registry.retention_wish (tenant_id, conversation_id);

-- The purge ledger: one signed entry per purge, chained by hash, only ever added to. No message, no person, no number.
CREATE TABLE registry.purge_ledger (
  sequence bigint PRIMARY KEY,
  entry bytea NOT NULL,
  hash bytea NOT NULL,
  signature bytea NOT NULL,
  public_key bytea NOT NULL
);

-- What is being purged: noted before it goes, taken into the ledger once it is gone, so that a crash in between loses no entry.
CREATE TABLE registry.purge_note (
  class text NOT NULL,
  key_id text NOT NULL,
  row_count bigint NOT NULL,
  byte_count bigint NOT NULL,
  key_check text,
  noted_at timestamptz NOT NULL,
  dropped_at timestamptz,
  destroyed_at timestamptz,
  scan text,
  PRIMARY KEY (class, key_id)
);
