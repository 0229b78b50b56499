-- Whether a person lets others see that they write or have read, for the account (`*`) or for one conversation; no row leaves the default.
CREATE TABLE registry.privacy_switch (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  conversation_id text NOT NULL,
  typing text NOT NULL CHECK (typing IN ('off', 'sealed', 'everywhere', 'on', 'default')),
  read_reports text NOT NULL CHECK (read_reports IN ('off', 'sealed', 'everywhere', 'on', 'default')),
  PRIMARY KEY (tenant_id, account_id, conversation_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES registry.account (tenant_id, id) ON DELETE CASCADE
);
-- Since when the carrier calls the number unassigned: who writes from it next may be somebody else.
ALTER TABLE registry.contact ADD COLUMN unknown_since timestamptz;
-- The number went to another person. Nothing passes either way until its owner adds it anew.
ALTER TABLE registry.contact ADD COLUMN ended_at timestamptz;

SELECT registry.take_no_samples(made) FROM unnest(ARRAY['registry.privacy_switch', 'registry.contact']::regclass[]) AS made;
