-- A grant in advance to people whose number one has and who let one find them by it.
ALTER TABLE registry.account DROP CONSTRAINT account_consent_policy_check;
ALTER TABLE registry.account ADD CONSTRAINT account_consent_policy_check CHECK (consent_policy IN ('ask', 'contacts', 'anyone'));

-- A link that was not proved again in time ends like any other, and is shown to its owner for a while.
ALTER TABLE registry.link DROP CONSTRAINT link_ended_because_check;
ALTER TABLE registry.link ADD CONSTRAINT link_ended_because_check
  CHECK (ended_because IN ('proved-by-another', 'number-out-of-service', 'expired'));
DROP INDEX registry.link_past;
CREATE INDEX link_past ON registry.link (expires_at) WHERE ended_at IS NULL;
CREATE INDEX link_ended ON registry.link (ended_at) WHERE ended_at IS NOT NULL;
