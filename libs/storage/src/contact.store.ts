import type { AccountId, Bytes, ContactId, ConversationId, TenantId } from '@causeway/message-model';
import { DatabaseError, type Database } from './database.js';

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
}

const SUMMARY = `id AS contact, conversation_id AS conversation, country, line_type AS "lineType"`;
const SEALED = `${SUMMARY}, tenant_id AS tenant, account_id AS account, sealed_number AS "sealedNumber", bridge_number_id AS "bridgeNumberId",
  opted_out_at IS NOT NULL AS "isOptedOut"`;

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
    readonly sealedNumber: Uint8Array;
    readonly bridgeNumberIds: readonly string[];
    readonly country: string;
    readonly lineType: string;
    readonly now: Date;
  }): Promise<ContactSummary | 'no-bridge-number'> {
    try {
      const rows = await this.database.query<ContactSummary>(
        `INSERT INTO registry.contact (tenant_id, id, account_id, conversation_id, contact_digest, binding_digest, digest_version, sealed_number,
           bridge_number_id, country, line_type, created_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, free.id, $10, $11, $12
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
      );
      return rows[0] ?? (await this.byDigest(input.tenant, input.account, input.contactDigest)) ?? 'no-bridge-number';
    } catch (error) {
      if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION) return this.create(input);
      throw error;
    }
  }

  /**
   * STOP or START, once: the network's word and its digest in one transaction, so that a repeated or replayed webhook changes nothing. With
   * `bindingDigests`, for every contact with that phone number, whoever's it is.
   */
  async setOptedOut(input: {
    readonly contact: SealedContact;
    readonly at: Date | null;
    readonly digest: Uint8Array;
    readonly digestPurgeHour: number;
    readonly bindingDigests: readonly Uint8Array[];
  }): Promise<'changed' | 'repeated'> {
    const rows = await this.database.query<{ isNew: boolean }>(
      `WITH fresh AS (INSERT INTO transit.received (digest, purge_hour) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1),
       changed AS (
         UPDATE registry.contact SET opted_out_at = $3::timestamptz FROM fresh
         WHERE tenant_id = $4 AND (id = $5 OR binding_digest IN (SELECT decode(hex, 'hex') FROM unnest($6::text[]) AS hex)))
       SELECT EXISTS (SELECT FROM fresh) AS "isNew"`,
      input.digest,
      input.digestPurgeHour,
      input.at,
      input.contact.tenant,
      input.contact.contact,
      input.bindingDigests.map((digest) => Buffer.from(digest).toString('hex')),
    );
    return rows[0]?.isNew ? 'changed' : 'repeated';
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
