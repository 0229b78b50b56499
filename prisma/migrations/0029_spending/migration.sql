-- What a tenant spent on networks that cost money, by day and country. Here and nowhere else: a queue that was wiped must not open the purse.
CREATE TABLE transit.spending (
  tenant_id text NOT NULL,
  day integer NOT NULL,
  country text NOT NULL,
  units bigint NOT NULL,
  purge_hour integer NOT NULL,
  PRIMARY KEY (tenant_id, day, country)
);
CREATE INDEX spending_hour ON transit.spending (purge_hour);

-- Takes each wish in its order, whole or not at all, within the quota of its country and of all countries ('*'). Answers per wish with what
-- that quota still has, negative when it did not suffice, and which one it was. Tenants in the order of their names, so that two batches
-- never wait for each other both.
CREATE FUNCTION transit.spend(batch jsonb) RETURNS TABLE (rank integer, is_taken boolean, in_country bigint, in_all bigint) LANGUAGE plpgsql AS $$
DECLARE
  w record;
  spent_all bigint;
  spent_here bigint;
BEGIN
  INSERT INTO transit.spending (tenant_id, day, country, units, purge_hour)
  SELECT DISTINCT t.tenant, t.day, c.country, 0, (t.day + 2) * 24
  FROM jsonb_to_recordset(batch) AS t(tenant text, day int, country text), LATERAL (VALUES ('*'), (t.country)) AS c(country)
  ORDER BY t.tenant, t.day, c.country
  ON CONFLICT DO NOTHING;
  FOR w IN SELECT * FROM jsonb_to_recordset(batch)
      AS t(rank int, tenant text, day int, country text, units bigint, "ofCountry" bigint, "ofAll" bigint) ORDER BY t.tenant, t.rank
  LOOP
    SELECT s.units INTO spent_all FROM transit.spending s
    WHERE s.tenant_id = w.tenant AND s.day = w.day AND s.country = '*' FOR UPDATE;
    SELECT s.units INTO spent_here FROM transit.spending s
    WHERE s.tenant_id = w.tenant AND s.day = w.day AND s.country = w.country FOR UPDATE;
    rank := w.rank;
    in_country := w."ofCountry" - spent_here - w.units;
    in_all := w."ofAll" - spent_all - w.units;
    is_taken := in_country >= 0 AND in_all >= 0;
    IF is_taken THEN
      UPDATE transit.spending s SET units = s.units + w.units
      WHERE s.tenant_id = w.tenant AND s.day = w.day AND s.country IN ('*', w.country);
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;

SELECT registry.take_no_samples(made) FROM unnest(ARRAY['transit.spending']::regclass[]) AS made;
