import type { AccountId, Bytes, DeviceId, TenantId } from '@causeway/message-model';
import type { DeviceRef, SignedKey } from './account.store.js';
import type { Database } from './database.js';

export interface OneTimeKey {
  readonly keyId: number;
  readonly publicKey: Uint8Array;
}

export interface StoredBundle {
  readonly deviceId: DeviceId;
  readonly registrationId: number;
  readonly identityKey: Bytes;
  readonly signedPreKey: { readonly keyId: number; readonly publicKey: Bytes; readonly signature: Bytes };
  readonly preKey: { readonly keyId: number; readonly publicKey: Bytes } | null;
  readonly kyberPreKey: { readonly keyId: number; readonly publicKey: Bytes; readonly signature: Bytes };
}

interface BundleRow {
  deviceId: DeviceId;
  registrationId: number;
  identityKey: Bytes;
  signedId: number;
  signedKey: Bytes;
  signedSignature: Bytes;
  ecId: number | null;
  ecKey: Bytes | null;
  kyberId: number;
  kyberKey: Bytes;
  kyberSignature: Bytes;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Public pre-keys. A one-time key is deleted by the statement that hands it out, so it is handed out once. */
export class PreKeyStore {
  constructor(private readonly database: Database) {}

  /** A list that is present replaces all stored keys of its kind; what is absent stays. */
  async upload(
    device: DeviceRef,
    keys: {
      readonly signedPreKey?: SignedKey | undefined;
      readonly lastResortKyber?: SignedKey | undefined;
      readonly ec?: readonly OneTimeKey[] | undefined;
      readonly kyber?: readonly SignedKey[] | undefined;
    },
  ): Promise<void> {
    const where = { tenantId: device.tenant, accountId: device.account, id: device.device };
    await this.database.transaction(async (tx) => {
      if (keys.signedPreKey) {
        const { keyId, publicKey, signature } = keys.signedPreKey;
        await tx.device.updateMany({
          where,
          data: {
            signedPreKeyId: keyId,
            signedPreKey: new Uint8Array(publicKey),
            signedPreKeySignature: new Uint8Array(signature),
          },
        });
      }
      if (keys.lastResortKyber) {
        const { keyId, publicKey, signature } = keys.lastResortKyber;
        await tx.device.updateMany({
          where,
          data: {
            lastResortKeyId: keyId,
            lastResortKey: new Uint8Array(publicKey),
            lastResortKeySignature: new Uint8Array(signature),
          },
        });
      }
      for (const [kind, list] of [
        ['ec', keys.ec],
        ['kyber', keys.kyber],
      ] as const) {
        if (!list) continue;
        const owner = { tenantId: device.tenant, accountId: device.account, deviceId: device.device };
        await tx.oneTimeKey.deleteMany({ where: { ...owner, kind } });
        await tx.$queryRawUnsafe(
          `INSERT INTO registry.one_time_key (tenant_id, account_id, device_id, kind, key_id, public_key, signature)
           SELECT $1, $2, $3, $4, "keyId", decode("publicKey", 'base64'), decode(signature, 'base64')
           FROM jsonb_to_recordset($5::jsonb) AS k("keyId" int, "publicKey" text, signature text) ON CONFLICT DO NOTHING RETURNING 1`,
          device.tenant,
          device.account,
          device.device,
          kind,
          JSON.stringify(
            list.map((key) => ({
              keyId: key.keyId,
              publicKey: base64(key.publicKey),
              signature: 'signature' in key ? base64(key.signature) : null,
            })),
          ),
        );
      }
    });
  }

  async count(device: DeviceRef): Promise<{ ec: number; kyber: number }> {
    const rows = await this.database.query<{ kind: string; n: bigint }>(
      `SELECT kind, count(*) AS n FROM registry.one_time_key WHERE tenant_id = $1 AND account_id = $2 AND device_id = $3 GROUP BY kind`,
      device.tenant,
      device.account,
      device.device,
    );
    const of = (kind: string): number => Number(rows.find((row) => row.kind === kind)?.n ?? 0n);
    return { ec: of('ec'), kyber: of('kyber') };
  }

  /** Takes one one-time key of each kind per device; without a Kyber one, the last-resort key stands in. One statement; who takes at once takes others. */
  async take(tenant: TenantId, account: AccountId, devices: readonly DeviceId[]): Promise<readonly StoredBundle[]> {
    const rows = await this.database.query<BundleRow>(
      `WITH wanted AS (
         SELECT k.device_id, k.kind, k.key_id FROM unnest($3::int[]) AS d(id), (VALUES ('ec'), ('kyber')) AS t(kind), LATERAL (
           SELECT device_id, kind, key_id FROM registry.one_time_key
           WHERE tenant_id = $1 AND account_id = $2 AND device_id = d.id AND kind = t.kind
           ORDER BY key_id LIMIT 1 FOR UPDATE SKIP LOCKED) k),
       taken AS (
         DELETE FROM registry.one_time_key k USING wanted w
         WHERE k.tenant_id = $1 AND k.account_id = $2 AND k.device_id = w.device_id AND k.kind = w.kind AND k.key_id = w.key_id
         RETURNING k.device_id, k.kind, k.key_id, k.public_key, k.signature)
       SELECT d.id AS "deviceId", d.registration_id AS "registrationId", d.identity_key AS "identityKey",
         d.signed_pre_key_id AS "signedId", d.signed_pre_key AS "signedKey", d.signed_pre_key_signature AS "signedSignature",
         e.key_id AS "ecId", e.public_key AS "ecKey",
         coalesce(q.key_id, d.last_resort_key_id) AS "kyberId", coalesce(q.public_key, d.last_resort_key) AS "kyberKey",
         coalesce(q.signature, d.last_resort_key_signature) AS "kyberSignature"
       FROM registry.device d
       LEFT JOIN taken e ON e.device_id = d.id AND e.kind = 'ec' LEFT JOIN taken q ON q.device_id = d.id AND q.kind = 'kyber'
       WHERE d.tenant_id = $1 AND d.account_id = $2 AND d.id = ANY($3) ORDER BY d.id`,
      tenant,
      account,
      devices,
    );
    return rows.map((row) => ({
      deviceId: row.deviceId,
      registrationId: row.registrationId,
      identityKey: row.identityKey,
      signedPreKey: { keyId: row.signedId, publicKey: row.signedKey, signature: row.signedSignature },
      preKey: row.ecId === null || row.ecKey === null ? null : { keyId: row.ecId, publicKey: row.ecKey },
      kyberPreKey: { keyId: row.kyberId, publicKey: row.kyberKey, signature: row.kyberSignature },
    }));
  }
}
