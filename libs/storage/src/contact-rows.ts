import type { AccountId, Bytes, ContactId, ConversationId, TenantId } from '@causeway/message-model';
import { mergePreferences, preferencesOf } from './merge-preferences.js';
import type { Preferences, StoredPreferences } from './preference.store.js';

/** What gateway and worker may know of a contact: no number, no digest. */
export interface ContactSummary {
  readonly contact: ContactId;
  readonly conversation: ConversationId;
  readonly country: string;
  readonly lineType: string;
}

/** What the edge alone can make use of: the digest is keyed and the number sealed, both with keys of the edge. */
export interface SealedContact extends ContactSummary {
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly sealedNumber: Bytes;
  readonly bridgeNumberId: string;
  readonly isOptedOut: boolean;
  /** Its owner wants to hear nothing from it: acts at delivery. */
  readonly isBlocked: boolean;
  /** What both ends have said about their ways; the person has none of their own without a linked account. */
  readonly rules: { readonly sender: Preferences; readonly recipient: Preferences | undefined };
  /** The network on which this conversation was end-to-end encrypted once: it has no fallback. */
  readonly encryptedNetwork: string | null;
  /** Came through an alias: the account is not to learn the number. */
  readonly isThroughAlias: boolean;
  /** Both together: an established conversation, which the guard does not touch. */
  readonly accountHasSent: boolean;
  readonly contactHasSent: boolean;
}

const addressOf = (account: string): string =>
  `(SELECT a.address FROM registry.account a WHERE a.tenant_id = $1 AND a.id = ${account})`;
export const SUMMARY = `id AS contact, conversation_id AS conversation, country, line_type AS "lineType"`;
export const SEALED = `${SUMMARY}, tenant_id AS tenant, account_id AS account, sealed_number AS "sealedNumber", bridge_number_id AS "bridgeNumberId",
  opted_out_at IS NOT NULL AS "isOptedOut", blocked_at IS NOT NULL AS "isBlocked", encrypted_network AS "encryptedNetwork",
  account_has_sent AS "accountHasSent", contact_has_sent AS "contactHasSent",
  alias_id IS NOT NULL AS "isThroughAlias", linked_account AS "linkedAccount",
  ${preferencesOf('contact.account_id', ['contact.id', addressOf('contact.linked_account')])} AS sender,
  ${preferencesOf('contact.linked_account', [addressOf('contact.account_id')])} AS recipient`;

export type SealedRow = Omit<SealedContact, 'rules'> & {
  readonly linkedAccount: AccountId | null;
  readonly sender: readonly StoredPreferences[] | null;
  readonly recipient: readonly StoredPreferences[] | null;
};

export const sealedContact = ({ sender, recipient, linkedAccount, ...row }: SealedRow): SealedContact => ({
  ...row,
  rules: {
    sender: mergePreferences(sender),
    recipient: linkedAccount === null ? undefined : mergePreferences(recipient),
  },
});
