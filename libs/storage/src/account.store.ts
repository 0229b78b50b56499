import type { AccountId, Bytes, ConsentPolicy, DeviceId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';

export interface DeviceRef {
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly device: DeviceId;
}

/** The device a bearer token stands for. */
export interface AuthenticatedDevice extends DeviceRef {
  readonly address: string;
  readonly host: string;
  /** All native hosts of its tenant, which are the addresses of this cell. */
  readonly hosts: readonly string[];
  readonly region: string;
  /** Whether this account takes part in conversations between the tenant's native networks. */
  readonly crossNetwork: boolean;
  /** When the account was made. */
  readonly registeredAt: Date;
}

export interface SignedKey {
  readonly keyId: number;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

export interface NewDevice {
  readonly deviceId: DeviceId;
  readonly registrationId: number;
  readonly identityKey: Uint8Array;
  readonly sealKeyId: number;
  readonly sealKey: Uint8Array;
  readonly signedPreKey: SignedKey;
  readonly lastResortKyber: SignedKey;
  readonly tokenDigest: Uint8Array;
}

export interface StoredDeviceList {
  readonly account: AccountId;
  readonly address: string;
  readonly accountKey: Bytes;
  readonly bytes: Bytes;
  readonly signature: Bytes;
  readonly version: number;
}

export interface StoredList {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly version: number;
}

const LIST_COLUMNS = `id AS account, address, account_key AS "accountKey", device_list AS bytes, device_list_signature AS signature, device_list_version AS version`;

const INSERT_DEVICE = `INSERT INTO registry.device (tenant_id, account_id, id, registration_id, identity_key, seal_key_id, seal_key,
  signed_pre_key_id, signed_pre_key, signed_pre_key_signature, last_resort_key_id, last_resort_key, last_resort_key_signature, token_digest, created_at)`;

const deviceValues = (device: NewDevice) =>
  [
    device.deviceId,
    device.registrationId,
    device.identityKey,
    device.sealKeyId,
    device.sealKey,
    device.signedPreKey.keyId,
    device.signedPreKey.publicKey,
    device.signedPreKey.signature,
    device.lastResortKyber.keyId,
    device.lastResortKyber.publicKey,
    device.lastResortKyber.signature,
    device.tokenDigest,
  ] as const;

/** Accounts, their signed device lists and devices. The lists are opaque here: whoever uses one verifies it. */
export class AccountStore {
  constructor(private readonly database: Database) {}

  /** `exists` when the address or the account id is taken; nothing is written then. */
  async create(input: {
    readonly tenant: TenantId;
    readonly account: AccountId;
    readonly address: string;
    readonly accountKey: Uint8Array;
    readonly list: StoredList;
    readonly device: NewDevice;
    /** Names of the network it is registered from, and the hour by which they go. */
    readonly network: { readonly names: Uint8Array; readonly purgeHour: number } | undefined;
    readonly now: Date;
  }): Promise<'created' | 'exists'> {
    const rows = await this.database.query(
      `WITH created AS (
         INSERT INTO registry.account (tenant_id, id, address, account_key, device_list, device_list_signature, device_list_version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING tenant_id, id),
       seen AS (
         INSERT INTO transit.registration (tenant_id, account_id, network, purge_hour)
         SELECT tenant_id, id, $21, $22 FROM created WHERE $21::bytea IS NOT NULL)
       ${INSERT_DEVICE} SELECT tenant_id, id, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $8 FROM created RETURNING id`,
      input.tenant,
      input.account,
      input.address,
      input.accountKey,
      input.list.bytes,
      input.list.signature,
      input.list.version,
      input.now,
      ...deviceValues(input.device),
      input.network?.names ?? null,
      input.network?.purgeHour ?? null,
    );
    return rows.length === 1 ? 'created' : 'exists';
  }

  /** The devices that tokens stand for, null for a token nobody has. One round trip however many are asked for. */
  async authenticate(tokenDigests: readonly Uint8Array[]): Promise<readonly (AuthenticatedDevice | null)[]> {
    const rows = await this.database.query<AuthenticatedDevice & { readonly rank: bigint }>(
      `SELECT t.rank, d.tenant_id AS tenant, d.account_id AS account, d.id AS device, a.address, registry.network_of(a.address) AS host,
         n.native_host || ARRAY(SELECT h.host FROM registry.native_host h WHERE h.tenant_id = n.id) AS hosts, n.region, a.cross_network AS "crossNetwork", a.created_at AS "registeredAt"
       FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS t(digest, rank)
       JOIN registry.device d ON d.token_digest = decode(t.digest, 'base64')
       JOIN registry.account a ON a.tenant_id = d.tenant_id AND a.id = d.account_id JOIN registry.tenant n ON n.id = d.tenant_id`,
      JSON.stringify(tokenDigests.map((digest) => Buffer.from(digest).toString('base64'))),
    );
    const found = new Map(rows.map(({ rank, ...device }) => [Number(rank), device]));
    return tokenDigests.map((_, index) => found.get(index + 1) ?? null);
  }

  async deviceLists(tenant: TenantId, accounts: readonly AccountId[]): Promise<readonly StoredDeviceList[]> {
    return this.database.query<StoredDeviceList>(
      `SELECT ${LIST_COLUMNS} FROM registry.account WHERE tenant_id = $1 AND id = ANY($2)`,
      tenant,
      accounts,
    );
  }

  async byAddress(tenant: TenantId, address: string): Promise<StoredDeviceList | undefined> {
    const rows = await this.database.query<StoredDeviceList>(
      `SELECT ${LIST_COLUMNS} FROM registry.account WHERE tenant_id = $1 AND address = $2`,
      tenant,
      address,
    );
    return rows[0];
  }

  /**
   * Puts a newer list in the place of the stored one and adds its new devices. Devices that are not listed any more go, with their keys,
   * token and inbox. `stale` when the version does not grow: the row decides, so two updates cannot both win.
   */
  async replaceDeviceList(input: {
    readonly owner: Pick<DeviceRef, 'tenant' | 'account'>;
    readonly list: StoredList;
    readonly listed: readonly { readonly deviceId: number; readonly sealKeyId: number; readonly sealKey: Uint8Array }[];
    readonly added: readonly NewDevice[];
    readonly now: Date;
  }): Promise<'replaced' | 'stale'> {
    const { tenant, account } = input.owner;
    const kept = input.listed.map((device) => device.deviceId);
    return this.database.transaction(async (tx) => {
      const updated = await tx.account.updateMany({
        where: { tenantId: tenant, id: account, deviceListVersion: { lt: input.list.version } },
        data: {
          deviceList: new Uint8Array(input.list.bytes),
          deviceListSignature: new Uint8Array(input.list.signature),
          deviceListVersion: input.list.version,
        },
      });
      if (updated.count === 0) return 'stale';
      await tx.device.deleteMany({ where: { tenantId: tenant, accountId: account, id: { notIn: kept } } });
      await tx.inboxItem.deleteMany({ where: { tenantId: tenant, accountId: account, deviceId: { notIn: kept } } });
      for (const device of input.listed) {
        await tx.device.updateMany({
          where: { tenantId: tenant, accountId: account, id: device.deviceId },
          data: { sealKeyId: device.sealKeyId, sealKey: new Uint8Array(device.sealKey) },
        });
      }
      for (const device of input.added) {
        await tx.$queryRawUnsafe(
          `${INSERT_DEVICE} VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $3)`,
          tenant,
          account,
          input.now,
          ...deviceValues(device),
        );
      }
      return 'replaced';
    });
  }

  /** Registration ids by device, to tell a sender which boxes were made for a device that is gone or new. */
  async devices(
    tenant: TenantId,
    accounts: readonly AccountId[],
  ): Promise<readonly { account: AccountId; deviceId: DeviceId; registrationId: number; sealKeyId: number }[]> {
    return this.database.query(
      `SELECT account_id AS account, id AS "deviceId", registration_id AS "registrationId", seal_key_id AS "sealKeyId"
       FROM registry.device WHERE tenant_id = $1 AND account_id = ANY($2) ORDER BY account_id, id`,
      tenant,
      accounts,
    );
  }

  async setCrossNetwork(owner: Pick<DeviceRef, 'tenant' | 'account'>, isOn: boolean): Promise<void> {
    await this.database.query(
      'UPDATE registry.account SET cross_network = $3 WHERE tenant_id = $1 AND id = $2',
      owner.tenant,
      owner.account,
      isOn,
    );
  }

  async setConsentPolicy(owner: Pick<DeviceRef, 'tenant' | 'account'>, policy: ConsentPolicy): Promise<void> {
    await this.database.query(
      'UPDATE registry.account SET consent_policy = $3 WHERE tenant_id = $1 AND id = $2',
      owner.tenant,
      owner.account,
      policy,
    );
  }
}
