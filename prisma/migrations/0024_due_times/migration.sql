-- An index of due times has nothing in it that is not to be ended by its deadline: what waits for a carrier's word, for up to three days, is apart.
DROP INDEX transit.message_open;
CREATE INDEX message_due ON transit.message (deliver_before)
  WHERE state NOT IN ('delivered', 'failed', 'expired', 'cancelled', 'unconfirmed') AND NOT (leg = 'clear' AND state IN ('sending', 'sent'));
CREATE INDEX message_under_way ON transit.message (deliver_before) WHERE leg = 'clear' AND state IN ('sending', 'sent');
