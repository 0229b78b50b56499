/** The name of every sender in `registry.opt_out`. */
export const EVERY_SENDER = '*';

/** Byte strings as the driver takes many of them. */
export const hexOf = (digests: readonly Uint8Array[]): readonly string[] =>
  digests.map((digest) => Buffer.from(digest).toString('hex'));

const among = (parameter: string): string => `(SELECT decode(hex, 'hex') FROM unnest(${parameter}::text[]) AS hex)`;

/**
 * All three take: `$1` tenant, `$2` bridge number id, `$3` digests for opt-outs, the current one first, `$4` digests for bindings, `$5` now,
 * and change opt-outs and contacts together. The two that hear a word also take `$6` the digest of the word's event and `$7` its purge hour:
 * a repeated or replayed one changes nothing.
 */
const FRESH = `fresh AS (INSERT INTO transit.received (digest, purge_hour) VALUES ($6, $7) ON CONFLICT DO NOTHING RETURNING 1)`;
const KNOWN = `known AS (SELECT * FROM registry.opt_out WHERE tenant_id = $1 AND digest IN ${among('$3')})`;
const contactsOf = (scope: string): string =>
  `WHERE tenant_id = $1 AND binding_digest IN ${among('$4')} AND (${scope}.is_all OR bridge_number_id = $2)`;

/** `$8` version of the digest, `$9` whether every sender is meant, `$10` whether it was said. A second word of STOP to one sender means every sender. */
export const OPT_OUT = `WITH ${FRESH}, ${KNOWN},
  scope AS (SELECT $9::boolean OR ($10::boolean AND EXISTS (SELECT FROM known WHERE bridge_number_id = $2 AND by_word)) AS is_all FROM fresh),
  stored AS (
    INSERT INTO registry.opt_out (tenant_id, digest, digest_version, bridge_number_id, by_word, opted_out_at)
    SELECT $1, decode(($3::text[])[1], 'hex'), $8, CASE WHEN is_all THEN '${EVERY_SENDER}' ELSE $2 END, $10::boolean, $5 FROM scope
    ON CONFLICT (tenant_id, digest, bridge_number_id) DO UPDATE SET by_word = opt_out.by_word OR excluded.by_word),
  changed AS (UPDATE registry.contact SET opted_out_at = COALESCE(opted_out_at, $5) FROM scope ${contactsOf('scope')} RETURNING 1)
  SELECT EXISTS (SELECT FROM fresh) AS "isNew", (SELECT count(*)::int FROM changed) AS contacts`;

/** START takes back what was said to this sender; after a word that meant every sender, it takes back everything. */
export const OPT_IN = `WITH ${FRESH}, ${KNOWN},
  scope AS (SELECT EXISTS (SELECT FROM known WHERE bridge_number_id = '${EVERY_SENDER}') AS is_all FROM fresh),
  gone AS (
    DELETE FROM registry.opt_out o USING scope
    WHERE o.tenant_id = $1 AND o.digest IN ${among('$3')} AND (scope.is_all OR o.bridge_number_id = $2)),
  changed AS (UPDATE registry.contact SET opted_out_at = NULL FROM scope ${contactsOf('scope')} AND $5::timestamptz IS NOT NULL RETURNING 1)
  SELECT EXISTS (SELECT FROM fresh) AS "isNew", (SELECT count(*)::int FROM changed) AS contacts`;

/** The carrier refused, because the person said STOP to this sender where we did not hear it. `$6` version of the digest. */
export const OPT_OUT_AT_CARRIER = `WITH stored AS (
    INSERT INTO registry.opt_out (tenant_id, digest, digest_version, bridge_number_id, by_word, opted_out_at)
    VALUES ($1, decode(($3::text[])[1], 'hex'), $6, $2, false, $5) ON CONFLICT DO NOTHING)
  UPDATE registry.contact SET opted_out_at = COALESCE(opted_out_at, $5)
  WHERE tenant_id = $1 AND bridge_number_id = $2 AND binding_digest IN ${among('$4')}`;

/** Since when a new contact is opted out, if it is: `tenant`, `digests` and `bridge` are SQL. */
export const optedOutSince = (of: { tenant: string; digests: string; bridge: string }): string =>
  `(SELECT min(o.opted_out_at) FROM registry.opt_out o
    WHERE o.tenant_id = ${of.tenant} AND o.digest IN ${among(of.digests)} AND o.bridge_number_id IN (${of.bridge}, '${EVERY_SENDER}'))`;
