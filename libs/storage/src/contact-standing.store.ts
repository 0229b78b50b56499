import type { AccountId, ContactId, ConversationId, TenantId } from '@causeway/message-model';
import { SUMMARY, type ContactSummary } from './contact.store.js';
import type { Database } from './database.js';

/** What is learnt about contacts from their networks: encrypted once, out of service, somebody else's by now. */
export class ContactStandingStore {
  constructor(private readonly database: Database) {}

  /** From now on nothing of this conversation leaves the encryption it has on that network. */
  async markEncrypted(tenant: TenantId, contact: ContactId, network: string): Promise<void> {
    await this.database.query(
      'UPDATE registry.contact SET encrypted_network = $3 WHERE tenant_id = $1 AND id = $2 AND encrypted_network IS NULL RETURNING 1',
      tenant,
      contact,
      network,
    );
  }

  /** The conversation is in the clear again, as the network says now. */
  async clearEncrypted(tenant: TenantId, contact: ContactId): Promise<void> {
    await this.database.query(
      'UPDATE registry.contact SET encrypted_network = NULL WHERE tenant_id = $1 AND id = $2 RETURNING 1',
      tenant,
      contact,
    );
  }

  /** The carrier calls the number unassigned; the first time counts. */
  async markUnknown(tenant: TenantId, contact: ContactId, since: Date): Promise<void> {
    await this.database.query(
      'UPDATE registry.contact SET unknown_since = $3 WHERE tenant_id = $1 AND id = $2 AND unknown_since IS NULL RETURNING 1',
      tenant,
      contact,
      since,
    );
  }

  /** The person was heard of: it is their number still. */
  async markKnown(tenant: TenantId, contact: ContactId): Promise<void> {
    await this.database.query(
      'UPDATE registry.contact SET unknown_since = NULL WHERE tenant_id = $1 AND id = $2 AND unknown_since IS NOT NULL RETURNING 1',
      tenant,
      contact,
    );
  }

  /** The number went to another person: nothing of the conversation passes either way from now on. */
  async end(tenant: TenantId, contact: ContactId, now: Date): Promise<void> {
    await this.database.query(
      'UPDATE registry.contact SET ended_at = $3 WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL RETURNING 1',
      tenant,
      contact,
      now,
    );
  }

  /** The account's owner adds the number of an ended contact anew: another contact and another conversation, with whoever has it now. */
  async renew(
    ended: { readonly tenant: TenantId; readonly account: AccountId; readonly contact: ContactId },
    made: {
      readonly contact: ContactId;
      readonly conversation: ConversationId;
      /** Bound to the new contact. */
      readonly sealedNumber: Uint8Array;
      readonly now: Date;
    },
  ): Promise<ContactSummary | undefined> {
    const rows = await this.database.query<ContactSummary>(
      `UPDATE registry.contact SET id = $4, conversation_id = $5, created_at = $6, sealed_number = $7, ended_at = NULL, unknown_since = NULL, encrypted_network = NULL,
         account_has_sent = false, contact_has_sent = false, linked_account = NULL, link_id = NULL, blocked_at = NULL
       WHERE tenant_id = $1 AND account_id = $2 AND id = $3 AND ended_at IS NOT NULL RETURNING ${SUMMARY}`,
      ended.tenant,
      ended.account,
      ended.contact,
      made.contact,
      made.conversation,
      made.now,
      made.sealedNumber,
    );
    return rows[0];
  }
}
