import {
  purgeHourOf,
  type AccountId,
  type Bytes,
  type ContactId,
  type TenantId,
  type TransitId,
} from '@causeway/message-model';
import type { AttemptMaterial } from './attempt-words.js';
import type { SealedContact } from './contact.store.js';
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
type MaterialRow = { readonly ref: TransitId } & {
  readonly [Name in keyof SealedContact]: SealedContact[Name] | null;
} & {
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
    SELECT id AS contact, conversation_id AS conversation, country, line_type AS "lineType", tenant_id AS tenant, account_id AS account,
      sealed_number AS "sealedNumber", bridge_number_id AS "bridgeNumberId", opted_out_at IS NOT NULL AS "isOptedOut",
      encrypted_network AS "encryptedNetwork"
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
  const found = new Map(rows.map((row) => [row.ref, materialOf(row)]));
  return refs.map((ref) => found.get(ref) ?? NOTHING);
}

const NOTHING: AttemptMaterial = { contact: null, envelope: null, deviceList: null };

const materialOf = (row: MaterialRow): AttemptMaterial => ({
  contact: contactOf(row),
  envelope: row.sealed && { sealed: row.sealed, statement: row.statement },
  deviceList: listOf(row),
});

function contactOf(row: MaterialRow): SealedContact | null {
  const { contact, conversation, country, lineType, tenant, account, sealedNumber, bridgeNumberId, isOptedOut } = row;
  if (!contact || !conversation || country === null || lineType === null || !tenant || !account) return null;
  if (!sealedNumber || bridgeNumberId === null || isOptedOut === null) return null;
  const { encryptedNetwork } = row;
  const summary = { contact, conversation, country, lineType };
  return { ...summary, tenant, account, sealedNumber, bridgeNumberId, isOptedOut, encryptedNetwork };
}

function listOf({ listAccount, address, accountKey, bytes, signature, version }: MaterialRow) {
  if (!listAccount || address === null || !accountKey || !bytes || !signature || version === null) return null;
  return { account: listAccount, address, accountKey, bytes, signature, version };
}
