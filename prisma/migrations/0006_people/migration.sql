-- What a person decided about how they are reached and what carries their words: for everybody (`peer` empty), or towards one account or contact.
CREATE TABLE registry.preference (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  peer text NOT NULL DEFAULT '',
  networks_on text[] NOT NULL DEFAULT '{}',
  not_over text[] NOT NULL DEFAULT '{}',
  route_order text[],
  removed text[] NOT NULL DEFAULT '{}',
  floor text CHECK (floor = 'sealed'),
  PRIMARY KEY (tenant_id, account_id, peer),
  FOREIGN KEY (tenant_id, account_id) REFERENCES registry.account (tenant_id, id) ON DELETE CASCADE
);

-- The way a conversation took last in one direction, so that it stays with it; only where there was more than one.
CREATE TABLE registry.route_choice (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  conversation_id text NOT NULL,
  way text NOT NULL,
  route_order text[] NOT NULL,
  PRIMARY KEY (tenant_id, account_id, conversation_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES registry.account (tenant_id, id) ON DELETE CASCADE
);

-- Permissions for a conversation that were taken back before they ended.
CREATE TABLE registry.revoked_statement (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  statement_id text NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, account_id, statement_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES registry.account (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX revoked_statement_expires ON registry.revoked_statement (expires_at);

-- The account of the person behind a contact, where its number was linked and may be found by the contact's owner.
ALTER TABLE registry.contact ADD COLUMN linked_account text;
-- Since when the owner of the contact wants to hear nothing from it: acts at delivery.
ALTER TABLE registry.contact ADD COLUMN blocked_at timestamptz;
CREATE INDEX contact_linked ON registry.contact (tenant_id, account_id, linked_account) WHERE linked_account IS NOT NULL;
