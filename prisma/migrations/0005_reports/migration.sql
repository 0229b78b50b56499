-- Reports that proved themselves. Nothing here names anyone: pseudonyms live for two weeks, digests until the key of their day is destroyed.
CREATE TABLE transit.report (
  used_digest bytea PRIMARY KEY,
  tenant_id text NOT NULL,
  about bytea NOT NULL,
  reporter bytea NOT NULL,
  day integer NOT NULL,
  assurance text NOT NULL,
  reason text NOT NULL,
  has_words boolean NOT NULL,
  is_first boolean NOT NULL
);
CREATE INDEX report_about ON transit.report (tenant_id, about);
CREATE INDEX report_reporter ON transit.report (tenant_id, reporter);
CREATE INDEX report_day ON transit.report (day);
