import type { AccountId, Bytes, LinkId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';
import { hexOf } from './opt-out.sql.js';

type Owner = { readonly tenant: TenantId; readonly account: AccountId };

/** Who may find a person by a number of theirs. */
export type Findable = 'nobody' | 'contacts' | 'everyone';

/** A link as its owner sees it; the number itself is not readable here. */
export interface LinkRow {
  readonly link: LinkId;
  readonly kind: 'account' | 'number';
  /** Address of the linked account. */
  readonly address: string | null;
  readonly country: string | null;
  readonly findable: Findable;
  readonly provedAt: Date;
  readonly expiresAt: Date;
  readonly endedBecause: string | null;
}

export interface ProvedNumber {
  readonly link: LinkId;
  readonly numberDigest: Bytes;
  readonly digestVersion: number;
  readonly sealedNumber: Bytes;
  readonly country: string;
}

export interface SealedLink {
  readonly tenant: TenantId;
  readonly link: LinkId;
  readonly sealedNumber: Bytes;
}

/** What a device of each of two linked accounts signed, for the devices of others to check. */
export interface SignedLink {
  readonly document: Bytes;
  readonly offered: Bytes;
  readonly accepted: Bytes;
}

/** What one account may have, numbers and accounts together. */
const MOST_LINKS = 20;

const SAME_NUMBER = `number_digest = ANY (ARRAY(SELECT decode(hex, 'hex') FROM unnest($3::text[]) AS hex))`;
const END_OTHERS = `UPDATE registry.link SET number_digest = NULL, sealed_number = NULL, findable = 'nobody', ended_at = $4,
  ended_because = 'proved-by-another' WHERE tenant_id = $1 AND account_id <> $2 AND ${SAME_NUMBER}`;
const RENEW_NUMBER = `UPDATE registry.link SET number_digest = $4, digest_version = $5, sealed_number = $6, proved_at = $7, expires_at = $8,
  ended_at = NULL, ended_because = NULL WHERE tenant_id = $1 AND account_id = $2 AND ${SAME_NUMBER}`;
const LINK_NUMBER = `INSERT INTO registry.link (tenant_id, id, account_id, kind, number_digest, digest_version, sealed_number, proved_at,
    expires_at, country)
  SELECT $1, $3, $2, 'number', $4, $5, $6, $7, $8, $9
  WHERE (SELECT count(*) FROM registry.link WHERE tenant_id = $1 AND account_id = $2) < ${MOST_LINKS} ON CONFLICT DO NOTHING`;

/** Who may be found by a number, and by which link. */
export interface Findee {
  readonly link: LinkId;
  readonly account: AccountId;
  readonly address: string;
}

/** Numbers and accounts that people showed to be theirs. A number lies here as a keyed digest and sealed to the edge. */
export class LinkStore {
  constructor(private readonly database: Database) {}

  /** Links of an account, and those that another account of the same person made to it. */
  async list(owner: Owner): Promise<readonly LinkRow[]> {
    return this.database.query<LinkRow>(
      `SELECT l.id AS link, l.kind, a.address, l.country, l.findable, l.proved_at AS "provedAt", l.expires_at AS "expiresAt",
         l.ended_because AS "endedBecause"
       FROM (SELECT * FROM registry.link WHERE tenant_id = $1 AND account_id = $2
             UNION ALL SELECT * FROM registry.link WHERE tenant_id = $1 AND linked_account = $2) l
       LEFT JOIN registry.account a ON l.linked_account IS NOT NULL AND a.tenant_id = l.tenant_id
         AND a.id = CASE WHEN l.account_id = $2 THEN l.linked_account ELSE l.account_id END
       ORDER BY l.id`,
      owner.tenant,
      owner.account,
    );
  }

  /**
   * The number belongs to who proved it last: a link of somebody else's to it ends, since numbers are given to new people. The own link to
   * it is renewed and keeps who may find it. `false` when there is no room for another.
   */
  async linkNumber(
    owner: Owner,
    proved: ProvedNumber & { readonly numberDigests: readonly Uint8Array[] },
    times: { readonly now: Date; readonly expiresAt: Date },
  ): Promise<boolean> {
    const digests = hexOf(proved.numberDigests);
    const { numberDigest, digestVersion, sealedNumber } = proved;
    const values = [numberDigest, digestVersion, sealedNumber, times.now, times.expiresAt] as const;
    return this.database.transaction(async (tx) => {
      await tx.$executeRawUnsafe('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `links ${owner.tenant}`);
      await tx.$executeRawUnsafe(END_OTHERS, owner.tenant, owner.account, digests, times.now);
      if ((await tx.$executeRawUnsafe(RENEW_NUMBER, owner.tenant, owner.account, digests, ...values)) > 0) return true;
      const { link, country } = proved;
      return (await tx.$executeRawUnsafe(LINK_NUMBER, owner.tenant, owner.account, link, ...values, country)) > 0;
    });
  }

  /** Both accounts signed for it: `owner`, who offered, and `linked`. Made again, it is renewed. `undefined` when there is no room for another. */
  async linkAccounts(
    owner: Owner,
    linked: SignedLink & { readonly link: LinkId; readonly account: AccountId },
    times: { readonly now: Date; readonly expiresAt: Date },
  ): Promise<LinkId | undefined> {
    const rows = await this.database.query<{ link: LinkId }>(
      `INSERT INTO registry.link (tenant_id, id, account_id, kind, linked_account, proved_at, expires_at, document, offered, accepted)
       SELECT $1, $3, $2, 'account', $4, $5, $6, $7, $8, $9
       WHERE (SELECT count(*) FROM registry.link WHERE tenant_id = $1 AND account_id = $2) < ${MOST_LINKS}
       ON CONFLICT (tenant_id, account_id, linked_account) WHERE linked_account IS NOT NULL
       DO UPDATE SET proved_at = excluded.proved_at, expires_at = excluded.expires_at, ended_at = NULL, ended_because = NULL,
         document = excluded.document, offered = excluded.offered, accepted = excluded.accepted RETURNING id AS link`,
      owner.tenant,
      owner.account,
      linked.link,
      linked.account,
      times.now,
      times.expiresAt,
      linked.document,
      linked.offered,
      linked.accepted,
    );
    return rows[0]?.link;
  }

  /** At once, by either of two linked accounts. Nothing of it is kept. */
  async revoke(owner: Owner, link: LinkId): Promise<boolean> {
    const rows = await this.database.query(
      'DELETE FROM registry.link WHERE tenant_id = $1 AND id = $3 AND (account_id = $2 OR linked_account = $2) RETURNING 1',
      owner.tenant,
      owner.account,
      link,
    );
    return rows.length > 0;
  }

  /** Of a number that is linked; `false` when there is no such link. */
  async setFindable(owner: Owner, link: LinkId, findable: Findable): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE registry.link SET findable = $4 WHERE tenant_id = $1 AND account_id = $2 AND id = $3 AND number_digest IS NOT NULL RETURNING 1`,
      owner.tenant,
      owner.account,
      link,
      findable,
    );
    return rows.length > 0;
  }

  /** The numbers that an account proved, for the edge to open. */
  async numbersOf(owner: Owner, now: Date): Promise<readonly SealedLink[]> {
    return this.database.query<SealedLink>(
      `SELECT tenant_id AS tenant, id AS link, sealed_number AS "sealedNumber" FROM registry.link
       WHERE tenant_id = $1 AND account_id = $2 AND sealed_number IS NOT NULL AND expires_at > $3`,
      owner.tenant,
      owner.account,
      now,
    );
  }

  /**
   * The native address of who proved a number and may be found by this asker: by everyone, or because one of the asker's own numbers is a
   * contact of theirs. `null` for every other number, registered or not: one statement, the same for all.
   */
  async findable(question: {
    readonly asker: Owner;
    readonly numberDigests: readonly Uint8Array[];
    /** Digests, for contacts, of the numbers that the asker proved. */
    readonly askerDigests: readonly Uint8Array[];
    readonly now: Date;
  }): Promise<Findee | null> {
    const rows = await this.database.query<Findee>(
      `SELECT l.id AS link, l.account_id AS account, a.address FROM registry.link l JOIN registry.account a ON a.tenant_id = l.tenant_id AND a.id = l.account_id
       WHERE l.tenant_id = $1 AND l.number_digest = ANY (ARRAY(SELECT decode(hex, 'hex') FROM unnest($3::text[]) AS hex))
         AND l.expires_at > $5 AND l.account_id <> $2
         AND (l.findable = 'everyone' OR (l.findable = 'contacts' AND EXISTS (
           SELECT FROM registry.contact c WHERE c.tenant_id = $1 AND c.account_id = l.account_id
             AND c.contact_digest = ANY (ARRAY(SELECT decode(hex, 'hex') FROM unnest($4::text[]) AS hex)))))`,
      question.asker.tenant,
      question.asker.account,
      hexOf(question.numberDigests),
      hexOf(question.askerDigests),
      question.now,
    );
    return rows[0] ?? null;
  }

  /** The number is nobody's any more, or somebody else's: whoever linked it is not found by it from now on. */
  async endNumber(tenant: TenantId, numberDigests: readonly Uint8Array[], now: Date): Promise<void> {
    await this.database.query(
      `UPDATE registry.link SET number_digest = NULL, sealed_number = NULL, findable = 'nobody', ended_at = $3, ended_because = 'number-out-of-service'
       WHERE tenant_id = $1 AND number_digest = ANY (ARRAY(SELECT decode(hex, 'hex') FROM unnest($2::text[]) AS hex))`,
      tenant,
      hexOf(numberDigests),
      now,
    );
  }

  /** In the order of their ids, for the job that seals numbers again under a new key. */
  async sealedNumbers(after: SealedLink | undefined, limit: number): Promise<readonly SealedLink[]> {
    return this.database.query<SealedLink>(
      `SELECT tenant_id AS tenant, id AS link, sealed_number AS "sealedNumber" FROM registry.link
       WHERE (tenant_id, id) > ($1, $2) AND sealed_number IS NOT NULL ORDER BY tenant_id, id LIMIT $3`,
      after?.tenant ?? '',
      after?.link ?? '',
      limit,
    );
  }

  async replaceSealedNumber({ tenant, link, sealedNumber }: SealedLink): Promise<void> {
    await this.database.query(
      'UPDATE registry.link SET sealed_number = $3 WHERE tenant_id = $1 AND id = $2 AND sealed_number IS NOT NULL',
      tenant,
      link,
      sealedNumber,
    );
  }
}
