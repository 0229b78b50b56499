import {
  lifetimeOf,
  type AliasId,
  type Bytes,
  type ContactId,
  type LinkId,
  type TenantId,
} from '@causeway/message-model';
import type { Database } from './database.js';
import { hexOf } from './opt-out.sql.js';

/** A number at rest whose digests are under an older key than the newest. */
export interface OutdatedContact {
  readonly tenant: TenantId;
  readonly contact: ContactId;
  readonly sealedNumber: Bytes;
  readonly alias: AliasId | null;
}

export interface OutdatedLink {
  readonly tenant: TenantId;
  readonly link: LinkId;
  readonly sealedNumber: Bytes;
}

export interface RenewedContact extends Pick<OutdatedContact, 'tenant' | 'contact'> {
  readonly contactDigest: Bytes;
  readonly bindingDigest: Bytes;
}

export interface RenewedLink extends Pick<OutdatedLink, 'tenant' | 'link'> {
  readonly numberDigest: Bytes;
}

export interface RenewedOptOut {
  readonly tenant: TenantId;
  readonly formerDigest: Bytes;
  readonly digest: Bytes;
}

const DAY_MS = 86_400_000;
const bytesOf = (hex: string): string => `decode(${hex}, 'hex')`;

/**
 * Look-up digests of numbers, for the job that brings them under new keys of the edge. `version` is always the newest. A page is what is
 * still outdated after `after`, in the order of ids; renewing what was renewed by somebody else changes nothing.
 */
export class NumberDigestStore {
  constructor(private readonly database: Database) {}

  async outdatedContacts(
    version: number,
    after: OutdatedContact | undefined,
    limit: number,
  ): Promise<readonly OutdatedContact[]> {
    return this.database.query<OutdatedContact>(
      `SELECT tenant_id AS tenant, id AS contact, sealed_number AS "sealedNumber", alias_id AS alias FROM registry.contact
       WHERE digest_version < $1 AND (tenant_id, id) > ($2, $3) ORDER BY tenant_id, id LIMIT $4`,
      version,
      after?.tenant ?? '',
      after?.contact ?? '',
      limit,
    );
  }

  async outdatedLinks(
    version: number,
    after: OutdatedLink | undefined,
    limit: number,
  ): Promise<readonly OutdatedLink[]> {
    return this.database.query<OutdatedLink>(
      `SELECT tenant_id AS tenant, id AS link, sealed_number AS "sealedNumber" FROM registry.link
       WHERE digest_version < $1 AND sealed_number IS NOT NULL AND (tenant_id, id) > ($2, $3) ORDER BY tenant_id, id LIMIT $4`,
      version,
      after?.tenant ?? '',
      after?.link ?? '',
      limit,
    );
  }

  async renewContacts(version: number, renewed: readonly RenewedContact[]): Promise<void> {
    await this.database.query(
      `UPDATE registry.contact c SET contact_digest = ${bytesOf('n.contact_digest')}, binding_digest = ${bytesOf('n.binding_digest')},
         digest_version = $1
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS n (tenant_id, id, contact_digest, binding_digest)
       WHERE c.tenant_id = n.tenant_id AND c.id = n.id AND c.digest_version < $1`,
      version,
      renewed.map(({ tenant }) => tenant),
      renewed.map(({ contact }) => contact),
      hexOf(renewed.map(({ contactDigest }) => contactDigest)),
      hexOf(renewed.map(({ bindingDigest }) => bindingDigest)),
    );
  }

  async renewLinks(version: number, renewed: readonly RenewedLink[]): Promise<void> {
    await this.database.query(
      `UPDATE registry.link l SET number_digest = ${bytesOf('n.number_digest')}, digest_version = $1
       FROM unnest($2::text[], $3::text[], $4::text[]) AS n (tenant_id, id, number_digest)
       WHERE l.tenant_id = n.tenant_id AND l.id = n.id AND l.digest_version < $1 AND l.number_digest IS NOT NULL`,
      version,
      renewed.map(({ tenant }) => tenant),
      renewed.map(({ link }) => link),
      hexOf(renewed.map(({ numberDigest }) => numberDigest)),
    );
  }

  /** What was said twice, once under each key, is one record afterwards. */
  async renewOptOuts(version: number, renewed: readonly RenewedOptOut[]): Promise<void> {
    await this.database.query(
      `WITH moved AS (
         DELETE FROM registry.opt_out o USING unnest($2::text[], $3::text[], $4::text[]) AS n (tenant_id, former, digest)
         WHERE o.tenant_id = n.tenant_id AND o.digest = ${bytesOf('n.former')}
         RETURNING o.tenant_id, ${bytesOf('n.digest')} AS digest, o.bridge_number_id, o.by_word, o.opted_out_at)
       INSERT INTO registry.opt_out (tenant_id, digest, digest_version, bridge_number_id, by_word, opted_out_at)
       SELECT tenant_id, digest, $1, bridge_number_id, bool_or(by_word), min(opted_out_at) FROM moved
       GROUP BY tenant_id, digest, bridge_number_id
       ON CONFLICT (tenant_id, digest, bridge_number_id) DO UPDATE
         SET by_word = opt_out.by_word OR excluded.by_word, opted_out_at = least(opt_out.opted_out_at, excluded.opted_out_at)`,
      version,
      renewed.map(({ tenant }) => tenant),
      hexOf(renewed.map(({ formerDigest }) => formerDigest)),
      hexOf(renewed.map(({ digest }) => digest)),
    );
  }

  /** What is still found by an older key alone, of each purpose. */
  async outdated(
    version: number,
    now: Date,
  ): Promise<Readonly<Record<'contact' | 'binding' | 'link' | 'opt-out', boolean>>> {
    const [row] = await this.database.query<{ contact: boolean; retired: boolean; link: boolean; optOut: boolean }>(
      `SELECT EXISTS (SELECT FROM registry.contact WHERE digest_version < $1) AS contact,
         EXISTS (SELECT FROM registry.retired_binding WHERE digest_version < $1 AND retired_at > $2) AS retired,
         EXISTS (SELECT FROM registry.link WHERE digest_version < $1 AND number_digest IS NOT NULL)
           OR EXISTS (SELECT FROM transit.link_challenge WHERE digest_version < $1 AND created_at > $3) AS link,
         EXISTS (SELECT FROM registry.opt_out WHERE digest_version < $1) AS "optOut"`,
      version,
      new Date(now.getTime() - lifetimeOf('retired-bindings').ms),
      new Date(now.getTime() - DAY_MS),
    );
    const { contact = true, retired = true, link = true, optOut = true } = row ?? {};
    return { contact, binding: contact || retired, link, 'opt-out': optOut };
  }

  /** The operator wants new keys: the edge makes them within a minute. */
  async ask(now: Date): Promise<void> {
    await this.database.query(
      `INSERT INTO registry.number_key_wish (asked_at) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET asked_at = excluded.asked_at`,
      now,
    );
  }

  /** When the operator asked for new keys that are not made yet. */
  async askedAt(): Promise<Date | undefined> {
    const [row] = await this.database.query<{ askedAt: Date }>(
      'SELECT asked_at AS "askedAt" FROM registry.number_key_wish',
    );
    return row?.askedAt;
  }

  /** What was asked at that time is done; what was asked since is not. */
  async obeyed(askedAt: Date): Promise<void> {
    await this.database.query('DELETE FROM registry.number_key_wish WHERE asked_at <= $1', askedAt);
  }
}
