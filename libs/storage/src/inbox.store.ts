import { purgeHourOf, type Bytes, type TransitId } from '@causeway/message-model';
import type { DeviceRef } from './account.store.js';
import type { Database } from './database.js';
import { base64OrNull, type BoxRow } from './message.store.js';
import { eventHour, tellSender, withHour36, type TouchedDevice } from './state-events.js';

export interface InboxRow {
  readonly id: TransitId;
  readonly kind: 'box' | 'event';
  readonly sealKeyId: number | null;
  readonly body: Bytes;
}

/** What lies ready for devices, until they acknowledge it. Expired rows are never handed out, however late the purge. */
export class InboxStore {
  constructor(private readonly database: Database) {}

  /** In order of arrival, without the ids that are on their way already. */
  async pending(device: DeviceRef, input: { readonly underWay: readonly TransitId[]; readonly limit: number; readonly now: Date }): Promise<readonly InboxRow[]> {
    return this.database.query<InboxRow>(
      `SELECT i.id, i.kind, i.seal_key_id AS "sealKeyId", i.body FROM (
         SELECT position, purge_hour, inbox_id FROM transit.inbox_item
         WHERE tenant_id = $1 AND account_id = $2 AND device_id = $3 AND NOT (inbox_id = ANY($4::text[])) ORDER BY position LIMIT $5) q
       JOIN transit.inbox i ON i.purge_hour = q.purge_hour AND i.id = q.inbox_id
         AND i.tenant_id = $1 AND i.account_id = $2 AND i.device_id = $3
       WHERE i.expires_at > $6 ORDER BY q.position`,
      device.tenant,
      device.account,
      device.device,
      input.underWay,
      input.limit,
      input.now,
    );
  }

  /**
   * Removes what a device has stored for good. When the last device of a message acknowledged, the message is delivered and its sender is told.
   * Ids that are not this device's change nothing.
   */
  async acknowledge(device: DeviceRef, ids: readonly TransitId[], now: Date): Promise<readonly TouchedDevice[]> {
    const { hour, expiresAt } = eventHour(now);
    return this.database.query<TouchedDevice>(
      withHour36(
        `WITH taken AS (
           DELETE FROM transit.inbox_item WHERE tenant_id = $4 AND account_id = $5 AND device_id = $6 AND inbox_id = ANY($7::text[])
           RETURNING purge_hour, inbox_id),
         gone AS (
           DELETE FROM transit.inbox i USING taken t WHERE i.purge_hour = ANY($8::int[]) AND i.purge_hour = t.purge_hour AND i.id = t.inbox_id
             AND i.tenant_id = $4 AND i.account_id = $5 AND i.device_id = $6 RETURNING i.message_hour, i.message_ref),
         counted AS (SELECT message_hour, message_ref, count(*)::smallint AS n FROM gone WHERE message_ref IS NOT NULL GROUP BY 1, 2),
         updated AS (
           UPDATE transit.message m SET acknowledged_devices = m.acknowledged_devices + c.n, updated_at = $3,
             state = CASE WHEN m.state = 'sent' AND m.acknowledged_devices + c.n >= m.recipient_devices THEN 'delivered' ELSE m.state END
           FROM counted c WHERE m.purge_hour = c.message_hour AND m.id = c.message_ref RETURNING m.*),
         changed AS (SELECT * FROM updated WHERE state = 'delivered' AND acknowledged_devices = recipient_devices),
         ${tellSender('changed')}
         SELECT DISTINCT tenant_id AS tenant, account_id AS account, device_id AS device FROM changed`,
        hour,
      ),
      hour,
      expiresAt,
      now,
      device.tenant,
      device.account,
      device.device,
      ids,
      [...new Set(ids.map(purgeHourOf))],
    );
  }

  /** Events for devices of their own: metadata, as JSON. */
  async addEvents(events: readonly { readonly id: TransitId; readonly to: DeviceRef; readonly json: string; readonly expiresAt: Date }[]): Promise<void> {
    const rows = events.map((event) => ({ id: event.id, hour: purgeHourOf(event.id), ...event.to, json: event.json, expiresAt: event.expiresAt }));
    await this.database.query(
      `WITH rows AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(id text, hour int, tenant text, account text, device smallint, json text, "expiresAt" timestamptz)),
       stored AS (
         INSERT INTO transit.inbox (purge_hour, id, tenant_id, account_id, device_id, kind, body, expires_at)
         SELECT hour, id, tenant, account, device, 'event', convert_to(json, 'UTF8'), "expiresAt" FROM rows)
       INSERT INTO transit.inbox_item (tenant_id, account_id, device_id, purge_hour, inbox_id) SELECT tenant, account, device, hour, id FROM rows RETURNING 1`,
      JSON.stringify(rows),
    );
  }

  /**
   * An inbound message, sealed to each device, and its digest in one transaction. `repeated` when the digest is known: the network told us
   * twice, and nothing is stored again.
   */
  async acceptInbound(input: { readonly digest: Uint8Array; readonly digestPurgeHour: number; readonly boxes: readonly BoxRow[] }): Promise<'accepted' | 'repeated'> {
    const boxes = input.boxes.map((box) => ({ ...box, hour: purgeHourOf(box.id), body: base64OrNull(box.body) }));
    const rows = await this.database.query<{ isNew: boolean }>(
      `WITH fresh AS (INSERT INTO transit.received (digest, purge_hour) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1),
       boxes AS (
         SELECT b.* FROM fresh, jsonb_to_recordset($3::jsonb) AS b(id text, hour int, tenant text, account text, device smallint, "sealKeyId" int,
           body text, "expiresAt" timestamptz)),
       stored AS (
         INSERT INTO transit.inbox (purge_hour, id, tenant_id, account_id, device_id, kind, seal_key_id, body, expires_at)
         SELECT hour, id, tenant, account, device, 'box', "sealKeyId", decode(body, 'base64'), "expiresAt" FROM boxes),
       items AS (
         INSERT INTO transit.inbox_item (tenant_id, account_id, device_id, purge_hour, inbox_id) SELECT tenant, account, device, hour, id FROM boxes)
       SELECT EXISTS (SELECT FROM fresh) AS "isNew"`,
      input.digest,
      input.digestPurgeHour,
      JSON.stringify(boxes),
    );
    return rows[0]?.isNew ? 'accepted' : 'repeated';
  }

  /** An external id belongs to one attempt: true for the first owner who claims it, and for that owner again. */
  async claimDigest(digest: Uint8Array, owner: string, purgeHour: number): Promise<boolean> {
    const rows = await this.database.query<{ owner: string | null }>(
      `INSERT INTO transit.received (digest, owner, purge_hour) VALUES ($1, $2, $3)
       ON CONFLICT (digest) DO UPDATE SET purge_hour = received.purge_hour RETURNING owner`,
      digest,
      owner,
      purgeHour,
    );
    return rows[0]?.owner === owner;
  }
}
