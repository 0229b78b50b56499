import type { TenantId } from '@causeway/message-model';
import type { DatabaseAccess } from '../../support/database-access.js';

/** Everyone with so many others in a ring, so that each has as many grants, as many linked numbers that the others have, and rules for them. */
export async function seedConsents(
  database: DatabaseAccess,
  tenant: TenantId,
  { accounts, consentsEach }: { readonly accounts: readonly string[]; readonly consentsEach: number },
): Promise<void> {
  const half = Math.ceil(consentsEach / 2);
  await database.rows(
    `WITH person AS (SELECT id, rank - 1 AS place FROM unnest($2::text[]) WITH ORDINALITY AS a(id, rank)),
       pair AS (
         SELECT p.id AS one, o.id AS other, 'r_' || translate(left(encode(sha256((p.id || o.id)::bytea), 'base64'), 22), '+/', '-_') AS conversation
         FROM person p CROSS JOIN generate_series(1, ${half}) AS step
         JOIN person o ON o.place = (p.place + step) % array_length($2::text[], 1))
     INSERT INTO registry.consent (tenant_id, id, owner_account, peer_account, state, conversation_id, decided_at, peer_has_sent)
     SELECT $1, 'q_' || left(encode(sha256((owner || peer)::bytea), 'hex'), 22), owner, peer, 'granted', conversation, now(), true
     FROM (SELECT one AS owner, other AS peer, conversation FROM pair UNION ALL SELECT other, one, conversation FROM pair) both_ways`,
    tenant,
    accounts,
  );
  await database.rows(
    `INSERT INTO registry.preference (tenant_id, account_id, peer, route_order, not_over)
     SELECT c.tenant_id, c.owner_account, a.address, '{native,sms}', '{rcs}'
     FROM registry.consent c JOIN registry.account a ON a.tenant_id = c.tenant_id AND a.id = c.peer_account WHERE c.tenant_id = $1`,
    tenant,
  );
  await database.rows(
    `INSERT INTO registry.link (tenant_id, id, account_id, kind, number_digest, digest_version, sealed_number, country, findable, proved_at, expires_at)
     SELECT c.tenant_id, 'k_' || substr(c.id, 3), c.owner_account, 'number', sha256(c.id::bytea), 1, 'n', 'US', 'everyone', now(),
       now() + interval '300 days' FROM registry.consent c WHERE c.tenant_id = $1`,
    tenant,
  );
  await database.rows(
    `INSERT INTO registry.contact (tenant_id, id, account_id, conversation_id, contact_digest, binding_digest, digest_version, sealed_number,
       bridge_number_id, country, line_type, linked_account, link_id, created_at)
     SELECT c.tenant_id, 'c_' || substr(c.id, 3), c.peer_account, 'r_' || substr(c.id, 3), sha256(c.id::bytea), sha256(c.id::bytea), 1, 'n', 'b',
       'US', 'mobile', c.owner_account, 'k_' || substr(c.id, 3), now() FROM registry.consent c WHERE c.tenant_id = $1`,
    tenant,
  );
  await database.rows(
    'ANALYZE registry.consent, registry.preference, registry.contact, registry.link, registry.account',
  );
}
