-- registry: long-lived, backed up. transit: leaves with its partition or on acknowledgement, never in a backup. PROTOCOL: storage classes.
CREATE SCHEMA IF NOT EXISTS registry;
CREATE SCHEMA IF NOT EXISTS transit;

CREATE TABLE registry.tenant (
  id text PRIMARY KEY,
  native_host text NOT NULL UNIQUE,
  region text NOT NULL,
  registration text NOT NULL CHECK (registration IN ('open', 'invite')),
  created_at timestamptz NOT NULL
);

CREATE TABLE registry.invite (
  token_digest bytea PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES registry.tenant (id),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

CREATE TABLE registry.account (
  tenant_id text NOT NULL REFERENCES registry.tenant (id),
  id text NOT NULL,
  address text NOT NULL,
  account_key bytea NOT NULL,
  device_list bytea NOT NULL,
  device_list_signature bytea NOT NULL,
  device_list_version integer NOT NULL,
  consent_policy text NOT NULL DEFAULT 'ask' CHECK (consent_policy IN ('ask', 'anyone')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, address)
);

CREATE TABLE registry.device (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  id smallint NOT NULL CHECK (id BETWEEN 1 AND 127),
  registration_id integer NOT NULL,
  identity_key bytea NOT NULL,
  seal_key_id integer NOT NULL,
  seal_key bytea NOT NULL,
  signed_pre_key_id integer NOT NULL,
  signed_pre_key bytea NOT NULL,
  signed_pre_key_signature bytea NOT NULL,
  last_resort_key_id integer NOT NULL,
  last_resort_key bytea NOT NULL,
  last_resort_key_signature bytea NOT NULL,
  token_digest bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, account_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES registry.account (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE registry.one_time_key (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  device_id smallint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('ec', 'kyber')),
  key_id integer NOT NULL,
  public_key bytea NOT NULL,
  signature bytea,
  PRIMARY KEY (tenant_id, account_id, device_id, kind, key_id),
  FOREIGN KEY (tenant_id, account_id, device_id) REFERENCES registry.device (tenant_id, account_id, id) ON DELETE CASCADE
);

-- One person's decision about another: the owner decides, the peer is who wants to write. `requested_at` is empty while the peer never asked.
CREATE TABLE registry.consent (
  tenant_id text NOT NULL,
  id text NOT NULL,
  owner_account text NOT NULL,
  peer_account text NOT NULL,
  state text NOT NULL CHECK (state IN ('requested', 'welcome', 'granted', 'refused')),
  is_blocked boolean NOT NULL DEFAULT false,
  conversation_id text NOT NULL,
  requested_at timestamptz,
  decided_at timestamptz,
  PRIMARY KEY (tenant_id, owner_account, peer_account),
  UNIQUE (tenant_id, id),
  -- conversation ids are proposed by requesters: one person may not put two pairs into one conversation
  UNIQUE (tenant_id, conversation_id, peer_account),
  FOREIGN KEY (tenant_id, owner_account) REFERENCES registry.account (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, peer_account) REFERENCES registry.account (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX consent_requested ON registry.consent (tenant_id, owner_account, id) WHERE state = 'requested';

-- An account's random name for an address on another network. The number is sealed to the edge; the digest is keyed, and only the edge has the key.
CREATE TABLE registry.contact (
  tenant_id text NOT NULL,
  id text NOT NULL,
  account_id text NOT NULL,
  conversation_id text NOT NULL,
  contact_digest bytea NOT NULL,
  binding_digest bytea NOT NULL,
  digest_version integer NOT NULL,
  sealed_number bytea NOT NULL,
  bridge_number_id text NOT NULL,
  country text NOT NULL,
  line_type text NOT NULL,
  opted_out_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, account_id, contact_digest),
  UNIQUE (tenant_id, bridge_number_id, binding_digest),
  UNIQUE (tenant_id, conversation_id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES registry.account (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_created ON registry.contact (tenant_id, account_id, created_at);

-- Partition key of the four tables below: hours since the epoch, also in the row's id.
CREATE TABLE transit.message (
  purge_hour integer NOT NULL,
  id text NOT NULL,
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  device_id smallint NOT NULL,
  message_id bytea NOT NULL,
  conversation_id text NOT NULL,
  lane_id text NOT NULL,
  position bigint NOT NULL,
  contact_id text,
  request_address text,
  is_request_lodged boolean NOT NULL DEFAULT false,
  floor text NOT NULL,
  on_unknown text NOT NULL,
  leg text NOT NULL CHECK (leg IN ('none', 'native', 'clear')),
  plan_digest text,
  networks text[] NOT NULL DEFAULT '{}',
  edge_key_id text,
  state text NOT NULL,
  reason text,
  is_delayed boolean NOT NULL DEFAULT false,
  recipient_devices smallint NOT NULL DEFAULT 0,
  acknowledged_devices smallint NOT NULL DEFAULT 0,
  retry_at timestamptz,
  deliver_before timestamptz NOT NULL,
  accepted_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (purge_hour, id)
) PARTITION BY RANGE (purge_hour);
CREATE INDEX message_open ON transit.message (deliver_before)
  WHERE state NOT IN ('delivered', 'failed', 'expired', 'cancelled', 'unconfirmed');
CREATE INDEX message_by_device ON transit.message (tenant_id, account_id, device_id, purge_hour, id);

-- The sealed words, apart, so that they go at the terminal state while the metadata stays for its lifetime.
CREATE TABLE transit.envelope (
  purge_hour integer NOT NULL,
  id text NOT NULL,
  sealed bytea NOT NULL,
  statement bytea,
  PRIMARY KEY (purge_hour, id)
) PARTITION BY RANGE (purge_hour);

CREATE TABLE transit.attempt (
  purge_hour integer NOT NULL,
  message_ref text NOT NULL,
  attempt smallint NOT NULL,
  network text NOT NULL,
  is_simulated boolean NOT NULL,
  bridge_number_id text NOT NULL,
  started_at timestamptz NOT NULL,
  call_before timestamptz NOT NULL,
  outcome text NOT NULL,
  reason text,
  vendor_code text,
  segments smallint,
  sealed_external_id bytea,
  outcome_at timestamptz,
  PRIMARY KEY (purge_hour, message_ref, attempt)
) PARTITION BY RANGE (purge_hour);

CREATE TABLE transit.inbox (
  purge_hour integer NOT NULL,
  id text NOT NULL,
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  device_id smallint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('box', 'event')),
  seal_key_id integer,
  body bytea NOT NULL,
  message_hour integer,
  message_ref text,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (purge_hour, id)
) PARTITION BY RANGE (purge_hour);

-- Narrow work lists of random ids; nothing here outlives its work.
CREATE TABLE transit.lane (
  id text PRIMARY KEY,
  tenant_id text NOT NULL,
  conversation_id text NOT NULL,
  account_id text NOT NULL,
  leg text NOT NULL CHECK (leg IN ('native', 'clear')),
  next_position bigint NOT NULL DEFAULT 0,
  pending integer NOT NULL DEFAULT 0,
  revision bigint NOT NULL DEFAULT 0,
  due_at timestamptz,
  used_hour integer NOT NULL DEFAULT 0,
  UNIQUE (tenant_id, conversation_id, account_id, leg)
);
CREATE INDEX lane_due ON transit.lane (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX lane_idle ON transit.lane (used_hour) WHERE pending = 0;

CREATE TABLE transit.lane_item (
  lane_id text NOT NULL,
  position bigint NOT NULL,
  purge_hour integer NOT NULL,
  message_ref text NOT NULL,
  PRIMARY KEY (lane_id, position)
);

CREATE TABLE transit.inbox_item (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  device_id smallint NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  purge_hour integer NOT NULL,
  inbox_id text NOT NULL,
  expires_at timestamptz NOT NULL DEFAULT 'infinity',
  PRIMARY KEY (tenant_id, account_id, device_id, position)
);
CREATE INDEX inbox_item_row ON transit.inbox_item (purge_hour, inbox_id);

-- Uniqueness across partitions: keyed digests only. `received.owner` is the attempt an external id is bound to. `open_attempt` holds the attempts whose outcome is not final.
CREATE TABLE transit.accepted (
  digest bytea PRIMARY KEY,
  fingerprint bytea NOT NULL,
  message_ref text NOT NULL,
  purge_hour integer NOT NULL
);
CREATE INDEX accepted_purge ON transit.accepted (purge_hour);

CREATE TABLE transit.received (
  digest bytea PRIMARY KEY,
  owner text,
  purge_hour integer NOT NULL
);
CREATE INDEX received_purge ON transit.received (purge_hour);

CREATE TABLE transit.statement_use (
  tenant_id text NOT NULL,
  statement_id text NOT NULL,
  message_ref text NOT NULL,
  purge_hour integer NOT NULL,
  PRIMARY KEY (tenant_id, statement_id)
);
CREATE INDEX statement_use_purge ON transit.statement_use (purge_hour);

CREATE TABLE transit.open_attempt (
  message_ref text NOT NULL,
  attempt smallint NOT NULL,
  due_at timestamptz NOT NULL,
  PRIMARY KEY (message_ref, attempt)
);
CREATE INDEX open_attempt_due ON transit.open_attempt (due_at);

-- Ids made inside a statement have the form that the rest of Causeway mints: class, hour in base 36, 16 random bytes as base64url.
CREATE FUNCTION transit.base64url(bytes bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT translate(rtrim(replace(encode(bytes, 'base64'), E'\n', ''), '='), '+/', '-_') $$;

CREATE FUNCTION transit.new_inbox_id(hour_base36 text) RETURNS text LANGUAGE sql VOLATILE AS
$$ SELECT 'i' || hour_base36 || transit.base64url(uuid_send(gen_random_uuid())) $$;
