import type { AccountId, Bytes, ContactId, ConversationId, TenantId } from '@causeway/message-model';
import { DatabaseError, type Database } from './database.js';
import { personParameters, type ConsentingPerson, type ConsentWordInput } from './consent-word.js';
import { hexOf, OPT_IN, OPT_OUT, OPT_OUT_AT_CARRIER, optedOutSince } from './opt-out.sql.js';

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
  /** The network on which this conversation was end-to-end encrypted once: it has no fallback. */
  readonly encryptedNetwork: string | null;
  /** Since when the carrier calls the number unassigned. */
  readonly unknownSince: Date | null;
}

const SUMMARY = `id AS contact, conversation_id AS conversation, country, line_type AS "lineType", ended_at IS NOT NULL AS "isEnded"`;
const SEALED = `${SUMMARY}, tenant_id AS tenant, account_id AS account, sealed_number AS "sealedNumber", bridge_number_id AS "bridgeNumberId",
  opted_out_at IS NOT NULL AS "isOptedOut", encrypted_network AS "encryptedNetwork",
  unknown_since AS "unknownSince"`;

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
    const rows = await this.database.query<SealedContact>(
      `SELECT ${SEALED} FROM registry.contact WHERE tenant_id = $1 AND id = $2`,
      tenant,
      contact,
    );
    return rows[0];
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
      'SELECT count(*) AS n FROM registry.contact WHERE tenant_id = $1 AND account_id = $2 AND created_at > $3',
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
    const rows = await this.database.query<SealedContact>(
      `SELECT ${SEALED} FROM registry.contact WHERE tenant_id = $1 AND bridge_number_id = $2 AND binding_digest = $3`,
      tenant,
      bridgeNumberId,
      bindingDigest,
    );
    return rows[0];
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
    readonly digestVersion: number;
    /** Under which the number may have opted out before anyone had it as a contact. */
    readonly optOutDigests: readonly Uint8Array[];
    readonly sealedNumber: Uint8Array;
    readonly bridgeNumberIds: readonly string[];
    readonly country: string;
    readonly lineType: string;
    readonly now: Date;
  }): Promise<ContactSummary | 'no-bridge-number'> {
    try {
      const rows = await this.database.query<ContactSummary>(
        `INSERT INTO registry.contact (tenant_id, id, account_id, conversation_id, contact_digest, binding_digest, digest_version, sealed_number,
           bridge_number_id, country, line_type, created_at, opted_out_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, free.id, $10, $11, $12, ${optedOutSince({ tenant: '$1', digests: '$13', bridge: 'free.id' })}
         FROM unnest($9::text[]) WITH ORDINALITY AS free(id, rank)
         WHERE NOT EXISTS (SELECT FROM registry.contact c WHERE c.tenant_id = $1 AND c.bridge_number_id = free.id AND c.binding_digest = $6)
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
    const { person, word, scope, digest, digestPurgeHour } = input;
    const common = [...personParameters(person), digest, digestPurgeHour];
    const rows =
      word === 'opt-out'
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
      `UPDATE registry.contact SET id = $4, conversation_id = $5, created_at = $6, sealed_number = $7, ended_at = NULL, unknown_since = NULL, encrypted_network = NULL
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

  /** The carrier says that the person said STOP to this sender. Repeating it changes nothing. */
  async optOutAtCarrier(person: ConsentingPerson): Promise<void> {
    await this.database.query(OPT_OUT_AT_CARRIER, ...personParameters(person), person.digestVersion);
  }

  /** Sealed numbers in the order of their ids, for the job that seals them again under a new key. */
  async sealedNumbers(after: SealedNumber | undefined, limit: number): Promise<readonly SealedNumber[]> {
    return this.database.query<SealedNumber>(
      `SELECT tenant_id AS tenant, id AS contact, sealed_number AS "sealedNumber" FROM registry.contact
       WHERE (tenant_id, id) > ($1, $2) ORDER BY tenant_id, id LIMIT $3`,
      after?.tenant ?? '',
      after?.contact ?? '',
      limit,
    );
  }

  async replaceSealedNumber({ tenant, contact, sealedNumber }: SealedNumber): Promise<void> {
    await this.database.query(
      'UPDATE registry.contact SET sealed_number = $3 WHERE tenant_id = $1 AND id = $2',
      tenant,
      contact,
      sealedNumber,
    );
  }
}

export interface SealedNumber {
  readonly tenant: TenantId;
  readonly contact: ContactId;
  readonly sealedNumber: Bytes;
}

/** Another account took the bridge number for the same phone number a moment ago: the next one is tried. */
const UNIQUE_VIOLATION = '23505';
