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
} from '@causeway/message-model';
import { generateKeyPair } from '@causeway/signal-protocol';
import type { Stores } from '@causeway/storage';

export interface BenchDevice {
  readonly account: AccountId;
  readonly deviceId: DeviceId;
  readonly token: string;
  readonly sealKey: Uint8Array;
}

/** Two people who may write to each other, two devices each. */
export interface BenchPair {
  readonly conversation: ConversationId;
  readonly sender: readonly BenchDevice[];
  readonly recipient: readonly BenchDevice[];
}

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('a fixture is not valid');
  return value;
};
const TENANT = must(parseTenantId('default'));
const REGISTRATION_ID = 7;
const SEAL_KEY_ID = 1;

export const BENCH = { tenant: TENANT, registrationId: REGISTRATION_ID, sealKeyId: SEAL_KEY_ID } as const;

/** Writes accounts, devices and grants straight into the registry: registering is not what is measured. */
export async function seedPairs(stores: Stores, count: number): Promise<readonly BenchPair[]> {
  const key = generateKeyPair();
  const pairs = Array.from({ length: count }, () => ({
    conversation: mintConversationId(),
    sender: people(key.publicKey),
    recipient: people(key.publicKey),
  }));
  const devices = pairs.flatMap((pair) => [...pair.sender, ...pair.recipient]);
  const accounts = [...new Set(devices.map((device) => device.account))];
  const zeros = Buffer.alloc(64).toString('base64');
  const publicKey = Buffer.from(key.publicKey).toString('base64');
  await stores.database.query(
    `INSERT INTO registry.account (tenant_id, id, address, account_key, device_list, device_list_signature, device_list_version, created_at)
     SELECT $1, id, 'mimi://causeway.local/u/' || lower(replace(replace(id, '_', '.'), '-', '.')) || '.' || rank, decode($3, 'base64'), decode($3, 'base64'), decode($4, 'base64'), 1, now()
     FROM unnest($2::text[]) WITH ORDINALITY AS a(id, rank) RETURNING 1`,
    TENANT,
    accounts,
    publicKey,
    zeros,
  );
  await stores.database.query(
    `INSERT INTO registry.device (tenant_id, account_id, id, registration_id, identity_key, seal_key_id, seal_key, signed_pre_key_id, signed_pre_key,
       signed_pre_key_signature, last_resort_key_id, last_resort_key, last_resort_key_signature, token_digest, created_at)
     SELECT $1, d.account, d.device, ${REGISTRATION_ID}, decode($3, 'base64'), ${SEAL_KEY_ID}, decode($3, 'base64'), 1, decode($3, 'base64'), decode($4, 'base64'), 1,
       decode($3, 'base64'), decode($4, 'base64'), decode(d.token, 'base64'), now()
     FROM jsonb_to_recordset($2::jsonb) AS d(account text, device smallint, token text) RETURNING 1`,
    TENANT,
    JSON.stringify(
      devices.map((device) => ({ account: device.account, device: device.deviceId, token: digestOf(device.token) })),
    ),
    publicKey,
    zeros,
  );
  const grants = pairs.flatMap(({ conversation, sender, recipient }) => {
    const [ada, bob] = [must(sender[0]).account, must(recipient[0]).account];
    return [
      { conversation, owner: ada, peer: bob },
      { conversation, owner: bob, peer: ada },
    ];
  });
  await stores.database.query(
    `INSERT INTO registry.consent (tenant_id, id, owner_account, peer_account, state, conversation_id, requested_at, decided_at)
     SELECT $1, 'q_' || owner, owner, peer, 'granted', conversation, now(), now()
     FROM jsonb_to_recordset($2::jsonb) AS g(owner text, peer text, conversation text) RETURNING 1`,
    TENANT,
    JSON.stringify(grants),
  );
  return pairs;
}

function people(sealKey: Uint8Array): readonly BenchDevice[] {
  const account = mintAccountId();
  return [1, 2].map((id) => ({
    account,
    deviceId: must(parseDeviceId(id)),
    token: toBase64Url(toBytes(randomBytes(32))),
    sealKey,
  }));
}

const digestOf = (token: string): string =>
  createHash('sha256').update(Buffer.from(token, 'base64url')).digest('base64');
