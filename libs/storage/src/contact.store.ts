import type { GapClass } from '@causeway/abuse-control';
import {
  lifetimeOf,
  type AccountId,
  type AliasId,
  type Bytes,
  type ContactId,
  type ConversationId,
  type LinkId,
  type TenantId,
} from '@causeway/message-model';
import { personParameters, type ConsentingPerson, type ConsentWordInput } from './consent-word.js';
import { DatabaseError, type Database } from './database.js';
import { mergePreferences, preferencesOf } from './merge-preferences.js';
import { hexOf, OPT_IN, OPT_OUT, OPT_OUT_AT_CARRIER, optedOutSince } from './opt-out.sql.js';
import type { Preferences, StoredPreferences } from './preference.store.js';

/** What gateway and worker may know of a contact: no number, no digest. */
export interface ContactSummary {
  readonly contact: ContactId;
  readonly conversation: ConversationId;
  readonly country: string;
  readonly lineType: string;
  /** The number went to another person: nothing passes until the account adds it anew. */
  readonly isEnded: boolean;
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
  /** Both together: an established conversation, which the guard does not touch. */
  readonly accountHasSent: boolean;
  readonly contactHasSent: boolean;
  /** Came through an alias: the account is not to learn the number. */
  readonly isThroughAlias: boolean;
  /** Since when the carrier calls the number unassigned. */
  readonly unknownSince: Date | null;
}

const addressOf = (account: string): string =>
  `(SELECT a.address FROM registry.account a WHERE a.tenant_id = contact.tenant_id AND a.id = ${account})`;
export const SUMMARY = `id AS contact, conversation_id AS conversation, country, line_type AS "lineType", ended_at IS NOT NULL AS "isEnded"`;
/** Columns of `registry.contact` that {@link sealedContact} makes a contact of. */
export const SEALED = `${SUMMARY}, tenant_id AS tenant, account_id AS account, sealed_number AS "sealedNumber", bridge_number_id AS "bridgeNumberId",
  opted_out_at IS NOT NULL AS "isOptedOut", blocked_at IS NOT NULL AS "isBlocked", encrypted_network AS "encryptedNetwork",
  account_has_sent AS "accountHasSent", contact_has_sent AS "contactHasSent",
  alias_id IS NOT NULL AS "isThroughAlias", linked_account AS "linkedAccount", unknown_since AS "unknownSince",
  ${preferencesOf('contact.tenant_id', 'contact.account_id', ['contact.id', addressOf('contact.linked_account')])} AS sender,
  ${preferencesOf('contact.tenant_id', 'contact.linked_account', [addressOf('contact.account_id')])} AS recipient`;

/** Whether a table has nothing under this telephone and bridge number that still counts. */
const isFree = (table: 'contact' | 'retired_binding', counts: string): string =>
  `NOT EXISTS (SELECT FROM registry.${table} WHERE tenant_id = $1 AND bridge_number_id = free.id
     AND binding_digest = ANY (ARRAY(SELECT decode(hex, 'hex') FROM unnest($15::text[]) AS hex)) AND ${counts})`;

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

export class ContactStore {
  constructor(private readonly database: Database) {}

  async summary(
    owner: { readonly tenant: TenantId; readonly account: AccountId },
    contact: ContactId,
  ): Promise<ContactSummary | undefined> {
    const rows = await this.database.query<ContactSummary>(
      `SELECT ${SUMMARY} FROM registry.contact WHERE tenant_id = $1 AND account_id = $2 AND id = $3`,
      owner.tenant,
      owner.account,
      contact,
    );
    return rows[0];
  }

  async byConversation(
    owner: { readonly tenant: TenantId; readonly account: AccountId },
    conversation: ConversationId,
  ): Promise<ContactSummary | undefined> {
    const rows = await this.database.query<ContactSummary>(
      `SELECT ${SUMMARY} FROM registry.contact WHERE tenant_id = $1 AND account_id = $2 AND conversation_id = $3`,
      owner.tenant,
      owner.account,
      conversation,
    );
    return rows[0];
  }

  async sealed(tenant: TenantId, contact: ContactId): Promise<SealedContact | undefined> {
    const rows = await this.database.query<SealedRow>(
      `SELECT ${SEALED} FROM registry.contact WHERE tenant_id = $1 AND id = $2`,
      tenant,
      contact,
    );
    return rows[0] && sealedContact(rows[0]);
  }

  async byDigest(tenant: TenantId, account: AccountId, contactDigest: Uint8Array): Promise<ContactSummary | undefined> {
    const rows = await this.database.query<ContactSummary>(
      `SELECT ${SUMMARY} FROM registry.contact WHERE tenant_id = $1 AND account_id = $2 AND contact_digest = $3`,
      tenant,
      account,
      contactDigest,
    );
    return rows[0];
  }

  async countSince(tenant: TenantId, account: AccountId, since: Date): Promise<number> {
    const rows = await this.database.query<{ n: bigint }>(
      'SELECT count(*) AS n FROM registry.contact WHERE tenant_id = $1 AND account_id = $2 AND created_at > $3 AND alias_id IS NULL',
      tenant,
      account,
      since,
    );
    return Number(rows[0]?.n ?? 0n);
  }

  /** Whom a text from (bridge number, sender) belongs to; the pair is unique, so there is at most one. */
  async byBinding(
    tenant: TenantId,
    bridgeNumberId: string,
    bindingDigest: Uint8Array,
  ): Promise<SealedContact | undefined> {
    const rows = await this.database.query<SealedRow>(
      `SELECT ${SEALED} FROM registry.contact WHERE tenant_id = $1 AND bridge_number_id = $2 AND binding_digest = $3`,
      tenant,
      bridgeNumberId,
      bindingDigest,
    );
    return rows[0] && sealedContact(rows[0]);
  }

  /**
   * Binds a new contact to the first bridge number of the list that this phone number does not know yet, so that an answer finds its
   * conversation. `no-bridge-number` when the phone number already talks through every one of them.
   */
  async create(input: {
    readonly tenant: TenantId;
    readonly account: AccountId;
    readonly contact: ContactId;
    readonly conversation: ConversationId;
    readonly contactDigest: Uint8Array;
    readonly bindingDigest: Uint8Array;
    /** The same under earlier versions of the key, under which others may have this number. */
    readonly formerBindingDigests?: readonly Uint8Array[];
    readonly digestVersion: number;
    /** Under which the number may have opted out before anyone had it as a contact. */
    readonly optOutDigests: readonly Uint8Array[];
    readonly sealedNumber: Uint8Array;
    readonly bridgeNumberIds: readonly string[];
    readonly country: string;
    readonly lineType: string;
    /** How close it is to others of this account, when they wrote it down themselves. */
    readonly gapClass?: GapClass;
    readonly now: Date;
    readonly alias?: AliasId;
  }): Promise<ContactSummary | 'no-bridge-number'> {
    try {
      const rows = await this.database.query<ContactSummary>(
        `INSERT INTO registry.contact (tenant_id, id, account_id, conversation_id, contact_digest, binding_digest, digest_version, sealed_number,
           bridge_number_id, country, line_type, created_at, opted_out_at, alias_id, gap_class)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, free.id, $10, $11, $12, ${optedOutSince({ tenant: '$1', digests: '$13', bridge: 'free.id' })}, $14, $17
         FROM unnest($9::text[]) WITH ORDINALITY AS free(id, rank)
         WHERE ${isFree('contact', 'true')} AND ${isFree('retired_binding', "$12::timestamptz < retired_at + $16::int * interval '1 day'")}
         ORDER BY rank LIMIT 1
         ON CONFLICT (tenant_id, account_id, contact_digest) DO UPDATE SET country = contact.country RETURNING ${SUMMARY}`,
        input.tenant,
        input.contact,
        input.account,
        input.conversation,
        input.contactDigest,
        input.bindingDigest,
        input.digestVersion,
        input.sealedNumber,
        input.bridgeNumberIds,
        input.country,
        input.lineType,
        input.now,
        hexOf(input.optOutDigests),
        input.alias ?? null,
        hexOf([input.bindingDigest, ...(input.formerBindingDigests ?? [])]),
        lifetimeOf('retired-bindings').days,
        input.gapClass ?? null,
      );
      return rows[0] ?? (await this.byDigest(input.tenant, input.account, input.contactDigest)) ?? 'no-bridge-number';
    } catch (error) {
      if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION) return this.create(input);
      throw error;
    }
  }

  /**
   * STOP or START, once: opt-outs, contacts and the digest of the word's event in one statement, so that a repeated or replayed webhook
   * changes nothing. A number that is nobody's contact is remembered all the same.
   */
  async hearConsentWord(input: ConsentWordInput): Promise<'changed' | 'repeated'> {
    const { person, isStopped, scope, digest, digestPurgeHour } = input;
    const common = [...personParameters(person), digest, digestPurgeHour];
    const rows = isStopped
      ? await this.database.query<{ isNew: boolean }>(
          OPT_OUT,
          ...common,
          person.digestVersion,
          scope === 'all',
          input.isByWord,
        )
      : await this.database.query<{ isNew: boolean }>(OPT_IN, ...common);
    return rows[0]?.isNew ? 'changed' : 'repeated';
  }

  /** With its number; the pair of telephone and bridge number is given to nobody for a while. */
  async removeOwn(
    owner: { readonly tenant: TenantId; readonly account: AccountId },
    contact: ContactId,
  ): Promise<boolean> {
    const rows = await this.database.query(
      'DELETE FROM registry.contact WHERE tenant_id = $1 AND account_id = $2 AND id = $3 RETURNING 1',
      owner.tenant,
      owner.account,
      contact,
    );
    return rows.length > 0;
  }

  /** What comes from this number is dropped from then on; null ends that. A contact of somebody else is left alone. */
  async setBlocked(
    owner: { readonly tenant: TenantId; readonly account: AccountId },
    contact: ContactId,
    since: Date | null,
  ): Promise<void> {
    await this.database.query(
      'UPDATE registry.contact SET blocked_at = $4 WHERE tenant_id = $1 AND account_id = $2 AND id = $3',
      owner.tenant,
      owner.account,
      contact,
      since,
    );
  }

  /** The account whose owner lets this contact's owner find them by the number; null when there is none (any more). */
  async setLinked(
    { tenant, contact }: { readonly tenant: TenantId; readonly contact: ContactId },
    found: { readonly link: LinkId; readonly account: AccountId } | null,
  ): Promise<void> {
    await this.database.query(
      `UPDATE registry.contact SET linked_account = $3, link_id = $4
       WHERE tenant_id = $1 AND id = $2 AND (linked_account, link_id) IS DISTINCT FROM ($3, $4)`,
      tenant,
      contact,
      found?.account ?? null,
      found?.link ?? null,
    );
  }

  /** Whether the person said STOP to this sender or to all, contact or not. */
  async isOptedOut({ tenant, optOutDigests, bridgeNumberId }: ConsentingPerson): Promise<boolean> {
    const rows = await this.database.query<{ since: Date | null }>(
      `SELECT ${optedOutSince({ tenant: '$1', digests: '$2', bridge: '$3' })} AS since`,
      tenant,
      hexOf(optOutDigests),
      bridgeNumberId,
    );
    return (rows[0]?.since ?? null) !== null;
  }

  /** The carrier says that the person said STOP to this sender. Repeating it changes nothing. */
  async optOutAtCarrier(person: ConsentingPerson): Promise<void> {
    await this.database.query(OPT_OUT_AT_CARRIER, ...personParameters(person), person.digestVersion);
  }
}

/** Another account took the bridge number for the same phone number a moment ago: the next one is tried. */
const UNIQUE_VIOLATION = '23505';
