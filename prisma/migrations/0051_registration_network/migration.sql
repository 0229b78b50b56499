-- From which network an account was registered, as two names that only the guard's key of that week and of the week before can make. It goes
-- when the later of the two is destroyed. Never in a backup, and beside the account, so that nothing else of the account is written anew.
CREATE TABLE transit.registration (
  tenant_id text NOT NULL,
  account_id text NOT NULL,
  network bytea NOT NULL,
  purge_hour integer NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
);
CREATE INDEX registration_hour ON transit.registration (purge_hour);

SELECT registry.take_no_samples(made) FROM unnest(ARRAY['transit.registration']::regclass[]) AS made;
