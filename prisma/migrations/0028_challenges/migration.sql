-- A decision that holds messages can be passed: by a token that an issuer signed blindly, or by an operator who was asked to.
-- What a partition was made with it keeps when its parent changes, so each is changed by itself.
ALTER TABLE transit.abuse_decision DROP CONSTRAINT abuse_decision_state_check;
DO $$
DECLARE
  made regclass;
BEGIN
  FOR made IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'transit.abuse_decision'::regclass LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS abuse_decision_state_check', made);
  END LOOP;
END $$;
ALTER TABLE transit.abuse_decision ADD CONSTRAINT abuse_decision_state_check
  CHECK (state IN ('stands', 'asked', 'passed', 'appealed', 'upheld', 'lifted'));

DROP INDEX transit.abuse_decision_open;
CREATE INDEX abuse_decision_open ON transit.abuse_decision (tenant_id, purge_hour, id)
  WHERE state IN ('appealed', 'asked') OR (state = 'stands' AND level >= 3);

-- Neither of them says whose it was. A token can be spent while its challenge stands, a voucher until it was exchanged for one.
CREATE TABLE transit.spent_token (
  digest bytea PRIMARY KEY,
  purge_hour integer NOT NULL
);
CREATE INDEX spent_token_hour ON transit.spent_token (purge_hour);

CREATE TABLE transit.voucher (
  digest bytea PRIMARY KEY,
  purge_hour integer NOT NULL
);
CREATE INDEX voucher_hour ON transit.voucher (purge_hour);

SELECT registry.take_no_samples(made) FROM unnest(ARRAY[
  'transit.abuse_decision', 'transit.spent_token', 'transit.voucher']::regclass[]) AS made;
