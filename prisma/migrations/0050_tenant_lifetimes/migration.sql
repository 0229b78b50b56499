-- The hour as ids have it: six digits in base 36.
CREATE FUNCTION transit.hour36(hour integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT string_agg(substr('0123456789abcdefghijklmnopqrstuvwxyz', hour / place % 36 + 1, 1), '' ORDER BY place DESC)
   FROM unnest(ARRAY[60466176, 1679616, 46656, 1296, 36, 1]) AS place $$;

-- What a tenant set for everybody in it; null where it set nothing.
CREATE FUNCTION registry.tenant_keeps(tenant text, of_class text) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT w.keep_seconds FROM registry.retention_wish w
   WHERE w.tenant_id = tenant AND w.account_id = '' AND w.conversation_id = '' AND w.class = of_class $$;

-- The strictest that anybody asked about the metadata of what an account sends in a conversation; null where nobody did.
CREATE FUNCTION registry.metadata_keeps(tenant text, account text, conversation text) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT min(w.keep_seconds) FROM registry.retention_wish w
   WHERE w.tenant_id = tenant AND w.class = 'metadata'
     AND (w.conversation_id = conversation OR (w.conversation_id = '' AND w.account_id IN ('', account))) $$;
