import type { AccountId, ContactId, ConversationId, TenantId } from '@causeway/message-model';
import { SUMMARY, type ContactSummary } from './contact.store.js';
import type { Database, SqlValue } from './database.js';

/** What is learnt about contacts from their networks: they wrote, encrypted once, out of service, somebody else's by now. */
export class ContactStandingStore {
  constructor(private readonly database: Database) {}

  /** From now on nothing of this conversation leaves the encryption it has on that network. */
  markEncrypted(tenant: TenantId, contact: ContactId, network: string): Promise<void> {
    return this.set('encrypted_network = $3', 'encrypted_network IS NULL', [tenant, contact, network]);
  }

  /** The conversation is in the clear again, as the network says now. */
  clearEncrypted(tenant: TenantId, contact: ContactId): Promise<void> {
    return this.set('encrypted_network = NULL', 'encrypted_network IS NOT NULL', [tenant, contact]);
  }

  /** The carrier calls the number unassigned; the first time counts. */
  markUnknown(tenant: TenantId, contact: ContactId, since: Date): Promise<void> {
    return this.set('unknown_since = $3', 'unknown_since IS NULL', [tenant, contact, since]);
  }

  /** The person was heard of: it is their number still. */
  markKnown(tenant: TenantId, contact: ContactId): Promise<void> {
    return this.set('unknown_since = NULL', 'unknown_since IS NOT NULL', [tenant, contact]);
  }

  /** The number went to another person: nothing of the conversation passes either way from now on. */
  end(tenant: TenantId, contact: ContactId, now: Date): Promise<void> {
    return this.set('ended_at = $3', 'ended_at IS NULL', [tenant, contact, now]);
  }

  /** The telephone wrote. */
  noteSent(tenant: TenantId, contact: ContactId): Promise<void> {
    return this.set('contact_has_sent = true', 'NOT contact_has_sent', [tenant, contact]);
  }

  private async set(change: string, unless: string, values: readonly SqlValue[]): Promise<void> {
    await this.database.query(
      `UPDATE registry.contact SET ${change} WHERE tenant_id = $1 AND id = $2 AND ${unless} RETURNING 1`,
      ...values,
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
