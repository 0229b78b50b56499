import type { AccountId, ContactId, ConversationId, DeviceId, TenantId } from '@causeway/message-model';
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

/** Recipients of conversations with the devices of both ends, one round trip however many are asked for. */
export class RecipientStore {
  constructor(private readonly database: Database) {}

  async find(keys: readonly RecipientKey[]): Promise<readonly Recipient[]> {
    return this.database.query<Recipient>(
      `SELECT c.owner_account AS peer, t.id AS contact, coalesce(c.is_blocked OR (c.crosses_networks AND NOT
           (SELECT p.cross_network FROM registry.account p WHERE p.tenant_id = k.tenant AND p.id = c.owner_account)), false) AS "isBlockedByPeer",
         CASE WHEN c.owner_account IS NULL THEN '[]'::jsonb ELSE ${devicesOf('c.owner_account')} END AS "peerDevices",
         ${devicesOf('k.account')} AS "selfDevices"
       FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS a(value, rank),
         LATERAL (SELECT a.value->>'tenant' AS tenant, a.value->>'account' AS account, a.value->>'conversation' AS conversation) k
       LEFT JOIN LATERAL (
         SELECT owner_account, is_blocked, crosses_networks FROM registry.consent
         WHERE tenant_id = k.tenant AND conversation_id = k.conversation AND peer_account = k.account AND state = 'granted' LIMIT 1) c ON true
       LEFT JOIN LATERAL (
         SELECT id FROM registry.contact
         WHERE tenant_id = k.tenant AND conversation_id = k.conversation AND account_id = k.account LIMIT 1) t ON true
       ORDER BY a.rank`,
      JSON.stringify(keys.map(({ tenant, account, conversation }) => ({ tenant, account, conversation }))),
    );
  }
}
