import { createHash, randomBytes } from 'node:crypto';
import {
  mintAccountId,
  mintConversationId,
  parseDeviceId,
  parseTenantId,
  toBase64Url,
  toBytes,
  type AccountId,
  type ConversationId,
  type DeviceId,
  type TenantId,
} from '@causeway/message-model';
import { generateKeyPair } from '@causeway/signal-protocol';
import type { DatabaseAccess } from '../../support/database-access.js';

export interface BenchDevice {
  readonly account: AccountId;
  readonly deviceId: DeviceId;
  readonly token: string;
  readonly sealKey: Uint8Array;
}

/** Two people who may write to each other, two devices each. */
export interface BenchPair {
  readonly tenant: TenantId;
  readonly conversation: ConversationId;
  readonly sender: readonly BenchDevice[];
  readonly recipient: readonly BenchDevice[];
}

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('a fixture is not valid');
  return value;
};
const tenantOf = (name: string): TenantId => must(parseTenantId(name));

export const SEEDED = { tenant: tenantOf('default'), registrationId: 7, sealKeyId: 1 } as const;
const SEAL_KEYS = generateKeyPair();
const BATCH = 5_000;

/** A second tenant on the same gateway. */
export async function seedTenant(database: DatabaseAccess, name: string): Promise<TenantId> {
  const tenant = tenantOf(name);
  await database.rows(
    `INSERT INTO registry.tenant (id, native_host, region, registration, created_at)
     SELECT $1, $2, region, registration, now() FROM registry.tenant WHERE id = $3 ON CONFLICT DO NOTHING`,
    tenant,
    `${name}.local`,
    SEEDED.tenant,
  );
  return tenant;
}

/** Writes accounts, devices and grants straight into the registry: registering is not what is measured. */
export async function seedPairs(
  database: DatabaseAccess,
  count: number,
  tenant: TenantId = SEEDED.tenant,
): Promise<readonly BenchPair[]> {
  const pairs = Array.from({ length: count }, () => ({
    tenant,
    conversation: mintConversationId(),
    sender: person(2),
    recipient: person(2),
  }));
  await seedDevices(
    database,
    tenant,
    pairs.flatMap((pair) => [...pair.sender, ...pair.recipient]),
  );
  const grants = pairs.flatMap(({ conversation, sender, recipient }) => {
    const [ada, bob] = [must(sender[0]).account, must(recipient[0]).account];
    return [
      { conversation, owner: ada, peer: bob },
      { conversation, owner: bob, peer: ada },
    ];
  });
  await database.rows(
    `INSERT INTO registry.consent (tenant_id, id, owner_account, peer_account, state, conversation_id, requested_at, decided_at)
     SELECT $1, 'q_' || owner, owner, peer, 'granted', conversation, now(), now()
     FROM jsonb_to_recordset($2::jsonb) AS g(owner text, peer text, conversation text)`,
    tenant,
    JSON.stringify(grants),
  );
  return pairs;
}

/** People nobody writes to, one device each. */
export async function seedStrangers(database: DatabaseAccess, count: number): Promise<readonly BenchDevice[]> {
  const strangers = Array.from({ length: count }, () => person(1)).flat();
  await seedDevices(database, SEEDED.tenant, strangers);
  return strangers;
}

async function seedDevices(database: DatabaseAccess, tenant: TenantId, devices: readonly BenchDevice[]): Promise<void> {
  for (let from = 0; from < devices.length; from += BATCH)
    await seedBatch(database, tenant, devices.slice(from, from + BATCH));
}

async function seedBatch(database: DatabaseAccess, tenant: TenantId, devices: readonly BenchDevice[]): Promise<void> {
  const keyAndNoSignature = [
    Buffer.from(SEAL_KEYS.publicKey).toString('base64'),
    Buffer.alloc(64).toString('base64'),
  ] as const;
  await database.rows(
    `INSERT INTO registry.account (tenant_id, id, address, account_key, device_list, device_list_signature, device_list_version, created_at)
     SELECT $1, id, 'mimi://' || (SELECT native_host FROM registry.tenant WHERE id = $1) || '/u/' || encode(sha256(id::bytea), 'hex'),
       decode($3, 'base64'), decode($3, 'base64'), decode($4, 'base64'), 1, now()
     FROM unnest($2::text[]) AS a(id)`,
    tenant,
    [...new Set(devices.map((device) => device.account))],
    ...keyAndNoSignature,
  );
  await database.rows(
    `INSERT INTO registry.preference (tenant_id, account_id, networks_on) SELECT $1, id, '{sms,rcs}' FROM unnest($2::text[]) AS a(id)`,
    tenant,
    [...new Set(devices.map((device) => device.account))],
  );
  await database.rows(
    `INSERT INTO registry.device (tenant_id, account_id, id, registration_id, identity_key, seal_key_id, seal_key, signed_pre_key_id, signed_pre_key,
       signed_pre_key_signature, last_resort_key_id, last_resort_key, last_resort_key_signature, token_digest, created_at)
     SELECT $1, d.account, d.device, ${SEEDED.registrationId}, decode($3, 'base64'), ${SEEDED.sealKeyId}, decode($3, 'base64'), 1, decode($3, 'base64'),
       decode($4, 'base64'), 1, decode($3, 'base64'), decode($4, 'base64'), decode(d.token, 'base64'), now()
     FROM jsonb_to_recordset($2::jsonb) AS d(account text, device smallint, token text)`,
    tenant,
    JSON.stringify(
      devices.map((device) => ({ account: device.account, device: device.deviceId, token: digestOf(device.token) })),
    ),
    ...keyAndNoSignature,
  );
}

function person(deviceCount: 1 | 2): readonly BenchDevice[] {
  const account = mintAccountId();
  return [1, 2].slice(0, deviceCount).map((id) => ({
    account,
    deviceId: must(parseDeviceId(id)),
    token: toBase64Url(toBytes(randomBytes(32))),
    sealKey: SEAL_KEYS.publicKey,
  }));
}

const digestOf = (token: string): string =>
  createHash('sha256').update(Buffer.from(token, 'base64url')).digest('base64');
