-- ANALYZE copies values of rows into pg_statistic, where no purge and no erasure finds them. No column of ours is sampled: plans are
-- made for keys and do not need it. PostgreSQL hands the setting on to no partition and no copy, so whoever makes a table calls this.
CREATE FUNCTION registry.take_no_samples(made regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE (
    SELECT format('ALTER TABLE %s %s', made, string_agg(format('ALTER COLUMN %I SET STATISTICS 0', attname), ', '))
    FROM pg_attribute WHERE attrelid = made AND attnum > 0 AND NOT attisdropped);
END $$;

SELECT registry.take_no_samples(oid) FROM pg_class
WHERE relnamespace IN ('registry'::regnamespace, 'transit'::regnamespace) AND relkind IN ('r', 'p');
