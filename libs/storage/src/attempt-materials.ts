import {
  purgeHourOf,
  type AccountId,
  type Bytes,
  type ContactId,
  type TenantId,
  type TransitId,
} from '@causeway/message-model';
import type { AttemptMaterial } from './attempt-words.js';
import { SEALED, sealedContact, type SealedRow } from './contact.store.js';
import type { Database } from './database.js';
import { PartitionHours } from './statements.js';

export interface MaterialQuestion {
  readonly ref: TransitId;
  readonly tenant: TenantId;
  readonly contact: ContactId | null;
  /** The sender's. */
  readonly account: AccountId;
}

/** Columns of three rows, each null when its row is not there. */
type MaterialRow = { readonly ref: TransitId } & (SealedRow | { readonly contact: null }) & {
    readonly sealed: Bytes | null;
    readonly statement: Bytes | null;
    readonly listAccount: AccountId | null;
    readonly address: string | null;
    readonly accountKey: Bytes | null;
    readonly bytes: Bytes | null;
    readonly signature: Bytes | null;
    readonly version: number | null;
  };

const MATERIALS = `SELECT asked.ref, c.*, e.*, a.*
  FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[]) AS asked(hour, ref, tenant_id, contact_id, account_id)
  LEFT JOIN LATERAL (
    SELECT ${SEALED}
    FROM registry.contact WHERE tenant_id = asked.tenant_id AND id = asked.contact_id LIMIT 1) c ON true
  LEFT JOIN LATERAL (
    SELECT sealed, statement FROM transit.envelope WHERE purge_hour = ANY($1) AND purge_hour = asked.hour AND id = asked.ref LIMIT 1) e ON true
  LEFT JOIN LATERAL (
    SELECT id AS "listAccount", address, account_key AS "accountKey", device_list AS bytes, device_list_signature AS signature,
      device_list_version AS version
    FROM registry.account WHERE tenant_id = asked.tenant_id AND id = asked.account_id LIMIT 1) a ON true`;

/** What calls for these messages are made from, in their order: one round trip however many there are. */
export async function readMaterials(
  database: Database,
  questions: readonly MaterialQuestion[],
): Promise<readonly AttemptMaterial[]> {
  const refs = questions.map(({ ref }) => ref);
  const rows = await database.query<MaterialRow>(
    MATERIALS,
    PartitionHours.ofAll(refs),
    refs.map(purgeHourOf),
    refs,
    questions.map(({ tenant }) => tenant),
    questions.map(({ contact }) => contact ?? ''),
    questions.map(({ account }) => account),
  );
  const found = new Map(rows.map(materialOf));
  return refs.map((ref) => found.get(ref) ?? NOTHING);
}

const NOTHING: AttemptMaterial = { contact: null, envelope: null, deviceList: null };

function materialOf(row: MaterialRow): readonly [TransitId, AttemptMaterial] {
  const { ref, sealed, statement, listAccount, address, accountKey, bytes, signature, version, ...contact } = row;
  const isWhole = listAccount && address !== null && accountKey && bytes && signature && version !== null;
  return [
    ref,
    {
      contact: contact.contact === null ? null : sealedContact(contact),
      envelope: sealed && { sealed, statement },
      deviceList: isWhole ? { account: listAccount, address, accountKey, bytes, signature, version } : null,
    },
  ];
}
