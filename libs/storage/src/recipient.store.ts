import type { AccountId, ContactId, ConversationId, DeviceId, TenantId } from '@causeway/message-model';
import type { GapClass } from '@causeway/abuse-control';
import type { Database } from './database.js';

export interface RecipientDevice {
  readonly deviceId: DeviceId;
  readonly registrationId: number;
  readonly sealKeyId: number;
}

/** Who a message would reach, as accept needs it. */
export interface Recipient {
  /** Undefined: there is no such conversation for this sender, for whatever reason. */
  readonly peer: AccountId | null;
  readonly contact: ContactId | null;
  /** By a block, or by a switch of the peer's that is off: both act at delivery, and neither shows. */
  readonly isBlockedByPeer: boolean;
  /** That the asker has sent to them before, and they to the asker; both make the conversation established. */
  readonly hasSent: boolean;
  readonly hasBeenSentTo: boolean;
  /** What the guard is told of who they are; null of an established conversation, which it never asks about. */
  readonly peerAddress: string | null;
  readonly country: string | null;
  readonly gapClass: GapClass | null;
  readonly peerDevices: readonly RecipientDevice[];
  readonly selfDevices: readonly RecipientDevice[];
}

export interface RecipientKey {
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly conversation: ConversationId;
}

const devicesOf = (account: string): string =>
  `coalesce((SELECT jsonb_agg(jsonb_build_object('deviceId', d.id, 'registrationId', d.registration_id, 'sealKeyId', d.seal_key_id) ORDER BY d.id)
     FROM registry.device d WHERE d.tenant_id = k.tenant AND d.account_id = ${account}), '[]'::jsonb)`;

/** A grant that was carried over from a linked account stops where that account blocks: the one that accepted the link. */
const BLOCKED_WHERE_CARRIED_FROM = `CASE WHEN c.link_id IS NULL THEN false ELSE EXISTS (
    SELECT FROM registry.link l JOIN registry.consent b ON b.tenant_id = l.tenant_id AND b.owner_account = l.linked_account
    WHERE l.tenant_id = k.tenant AND l.id = c.link_id AND b.peer_account = k.account AND b.is_blocked) END`;

/**
 * Recipients of conversations with the devices of both ends, one round trip however many are asked for. Each `LIMIT 1` keeps a plan from
 * reading a table from end to end for a join: rows are looked up by their keys, however many there are.
 */
export class RecipientStore {
  constructor(private readonly database: Database) {}

  async find(keys: readonly RecipientKey[]): Promise<readonly Recipient[]> {
    return this.database.query<Recipient>(
      `SELECT c.owner_account AS peer, t.id AS contact, coalesce((c.crosses_networks AND NOT
           (SELECT p.cross_network FROM registry.account p WHERE p.tenant_id = k.tenant AND p.id = c.owner_account)) OR c.is_blocked
           OR ${BLOCKED_WHERE_CARRIED_FROM}, false) AS "isBlockedByPeer",
         coalesce(c.peer_has_sent, t.account_has_sent, false) AS "hasSent", coalesce(o.peer_has_sent, t.contact_has_sent, false) AS "hasBeenSentTo",
         a.address AS "peerAddress", t.country, t.gap_class AS "gapClass",
         CASE WHEN c.owner_account IS NULL THEN '[]'::jsonb ELSE ${devicesOf('c.owner_account')} END AS "peerDevices",
         ${devicesOf('k.account')} AS "selfDevices"
       FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS q(value, rank),
         LATERAL (SELECT q.value->>'tenant' AS tenant, q.value->>'account' AS account, q.value->>'conversation' AS conversation) k
       LEFT JOIN LATERAL (
         SELECT owner_account, is_blocked, crosses_networks, peer_has_sent, link_id FROM registry.consent
         WHERE tenant_id = k.tenant AND conversation_id = k.conversation AND peer_account = k.account AND state = 'granted' LIMIT 1) c ON true
       LEFT JOIN LATERAL (
         SELECT peer_has_sent FROM registry.consent
         WHERE tenant_id = k.tenant AND owner_account = k.account AND peer_account = c.owner_account LIMIT 1) o ON true
       LEFT JOIN LATERAL (
         SELECT address FROM registry.account
         WHERE tenant_id = k.tenant AND id = c.owner_account AND NOT (c.peer_has_sent AND coalesce(o.peer_has_sent, false)) LIMIT 1) a ON true
       LEFT JOIN LATERAL (
         SELECT id, account_has_sent, contact_has_sent, country, gap_class FROM (
           SELECT * FROM registry.contact WHERE tenant_id = k.tenant AND conversation_id = k.conversation LIMIT 1) one
         WHERE account_id = k.account) t ON true
       ORDER BY q.rank`,
      JSON.stringify(keys.map(({ tenant, account, conversation }) => ({ tenant, account, conversation }))),
    );
  }

  /** That these senders have sent in these conversations: from the second message on there is nothing to write. */
  async noteSent(keys: readonly RecipientKey[]): Promise<void> {
    await this.database.query(
      `WITH k AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(tenant text, account text, conversation text)),
         c AS (UPDATE registry.consent u SET peer_has_sent = true FROM k
               WHERE u.tenant_id = k.tenant AND u.conversation_id = k.conversation AND u.peer_account = k.account AND NOT u.peer_has_sent)
       UPDATE registry.contact u SET account_has_sent = true FROM k
       WHERE u.tenant_id = k.tenant AND u.conversation_id = k.conversation AND u.account_id = k.account AND NOT u.account_has_sent`,
      JSON.stringify(keys.map(({ tenant, account, conversation }) => ({ tenant, account, conversation }))),
    );
  }
}
