import {
  encodeCbor,
  type AliasId,
  type Bytes,
  type ContactId,
  type LinkId,
  type TenantId,
} from '@causeway/message-model';

/** Where a sealed number rests: moved to another tenant or contact, it does not open. */
export const numberAad = (tenant: TenantId, contact: ContactId): Bytes =>
  encodeCbor(['causeway-contact-number-v1', tenant, contact]);

/** Where a network's own id of a message rests. */
export const externalIdAad = (ref: string, attempt: number): Bytes =>
  encodeCbor(['causeway-external-id-v1', ref, attempt]);

/** What a telephone is called under one alias: digests of it under two, or as an ordinary contact, have nothing in common. */
export const nameUnderAlias = (alias: AliasId, e164: string): string => `${e164} ${alias}`;

/** Where a number rests that its owner linked. */
export const linkedNumberAad = (tenant: TenantId, link: LinkId): Bytes =>
  encodeCbor(['causeway-linked-number-v1', tenant, link]);
