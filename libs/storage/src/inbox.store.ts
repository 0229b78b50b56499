import { purgeHourOf, type Bytes, type TransitId } from '@causeway/message-model';
import type { DeviceRef } from './account.store.js';
import type { Database } from './database.js';
import { base64OrNull, type BoxRow } from './new-message.js';
import { eventHour, tellSender, withHour36, type TouchedDevice } from './state-events.js';

export interface InboxRow {
  readonly id: TransitId;
  readonly kind: 'box' | 'event';
  readonly sealKeyId: number | null;
  readonly body: Bytes;
}

export interface InboxQuestion {
  readonly device: DeviceRef;
  /** Ids that the device was given and has not acknowledged. */
  readonly underWay: readonly TransitId[];
  readonly limit: number;
}

export interface Acknowledgement {
  readonly device: DeviceRef;
  readonly ids: readonly TransitId[];
}

type Item = { readonly rank: number; readonly id: TransitId };

const refOf = ({ tenant, account, device }: DeviceRef): DeviceRef => ({ tenant, account, device });
const hoursOf = (ids: readonly TransitId[]): readonly number[] => [...new Set(ids.map(purgeHourOf))];

/** What lies ready for devices, until they acknowledge it. Expired rows are never handed out, however late the purge. */
export class InboxStore {
  constructor(private readonly database: Database) {}

  /**
   * For each device, in order of arrival, without the ids that are on their way already: as many as its limit unless there are no more.
   * Two round trips however many devices ask: the rows are fetched by their hours, so that PostgreSQL plans for these partitions only.
   */
  async pending(questions: readonly InboxQuestion[], now: Date): Promise<readonly (readonly InboxRow[])[]> {
    const asked = questions.map(({ device, underWay, limit }, rank) => ({ ...refOf(device), rank, underWay, limit }));
    const items = await this.database.query<Item>(
      `SELECT r.rank, q.inbox_id AS id
       FROM jsonb_to_recordset($1::jsonb) AS r(rank int, tenant text, account text, device smallint, "underWay" jsonb, "limit" int)
       CROSS JOIN LATERAL (
         SELECT position, inbox_id FROM transit.inbox_item q
         WHERE q.tenant_id = r.tenant AND q.account_id = r.account AND q.device_id = r.device AND q.expires_at > $2
           AND NOT r."underWay" ? q.inbox_id
         ORDER BY position LIMIT r."limit") q
       ORDER BY r.rank, q.position`,
      JSON.stringify(asked),
      now,
    );
    const ids = [...new Set(items.map(({ id }) => id))];
    const rows = ids.length === 0 ? [] : await this.rows(ids, now);
    const found = new Map(rows.map((row) => [row.id, row]));
    const answers: InboxRow[][] = questions.map(() => []);
    for (const { rank, id } of items) {
      const row = found.get(id);
      if (row) answers[rank]?.push(row);
    }
    return answers;
  }

  private async rows(ids: readonly TransitId[], now: Date): Promise<readonly InboxRow[]> {
    return this.database.query<InboxRow>(
      `SELECT id, kind, seal_key_id AS "sealKeyId", body FROM transit.inbox
       WHERE purge_hour = ANY($1::int[]) AND id = ANY($2::text[]) AND expires_at > $3`,
      hoursOf(ids),
      ids,
      now,
    );
  }

  /**
   * Removes what devices have stored for good. When the last device of a message acknowledged, the message is delivered and its sender is told.
   * Ids that are not the device's change nothing. One round trip however many devices acknowledge. Returns the senders' devices.
   * `metadataHours`: how much later than its boxes a message leaves.
   */
  async acknowledge(
    acknowledgements: readonly Acknowledgement[],
    facts: { readonly now: Date; readonly metadataHours: number },
  ): Promise<readonly TouchedDevice[]> {
    const { hour, expiresAt } = eventHour(facts.now);
    const done = acknowledgements.flatMap(({ device, ids }) => ids.map((id) => ({ ...refOf(device), id })));
    const hours = hoursOf(done.map(({ id }) => id));
    return this.database.query<TouchedDevice>(
      withHour36(ACKNOWLEDGE, hour),
      hour,
      expiresAt,
      facts.now,
      JSON.stringify(done),
      hours,
      hours.map((boxHour) => boxHour + facts.metadataHours),
    );
  }

  /** Events for devices of their own: metadata, as JSON. */
  async addEvents(
    events: readonly {
      readonly id: TransitId;
      readonly to: DeviceRef;
      readonly json: string;
      readonly expiresAt: Date;
    }[],
  ): Promise<void> {
    const rows = events.map((event) => ({
      id: event.id,
      hour: purgeHourOf(event.id),
      ...event.to,
      json: event.json,
      expiresAt: event.expiresAt,
    }));
    await this.database.query(
      `WITH rows AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(id text, hour int, tenant text, account text, device smallint, json text, "expiresAt" timestamptz)),
       stored AS (
         INSERT INTO transit.inbox (purge_hour, id, tenant_id, account_id, device_id, kind, body, expires_at)
         SELECT hour, id, tenant, account, device, 'event', convert_to(json, 'UTF8'), "expiresAt" FROM rows)
       INSERT INTO transit.inbox_item (tenant_id, account_id, device_id, purge_hour, inbox_id, expires_at)
       SELECT tenant, account, device, hour, id, "expiresAt" FROM rows RETURNING 1`,
      JSON.stringify(rows),
    );
  }

  /**
   * An inbound message, sealed to each device, and its digest in one transaction. `repeated` when the digest is known: the network told us
   * twice, and nothing is stored again.
   */
  async acceptInbound(input: {
    readonly digest: Uint8Array;
    readonly digestPurgeHour: number;
    readonly boxes: readonly BoxRow[];
  }): Promise<'accepted' | 'repeated'> {
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
         INSERT INTO transit.inbox_item (tenant_id, account_id, device_id, purge_hour, inbox_id, expires_at)
         SELECT tenant, account, device, hour, id, "expiresAt" FROM boxes)
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

/** `$1` event hour, `$2` its expiry, `$3` now, `$4` JSON array of device and id, `$5` hours of the boxes, `$6` hours of their messages. */
const ACKNOWLEDGE = `WITH done AS (SELECT * FROM jsonb_to_recordset($4::jsonb) AS t(tenant text, account text, device smallint, id text)),
  taken AS (
    DELETE FROM transit.inbox_item q USING done d
    WHERE q.tenant_id = d.tenant AND q.account_id = d.account AND q.device_id = d.device AND q.inbox_id = d.id
    RETURNING q.tenant_id, q.account_id, q.device_id, q.purge_hour, q.inbox_id),
  gone AS (
    DELETE FROM transit.inbox i USING taken t
    WHERE i.purge_hour = ANY($5::int[]) AND i.purge_hour = t.purge_hour AND i.id = t.inbox_id
      AND i.tenant_id = t.tenant_id AND i.account_id = t.account_id AND i.device_id = t.device_id
    RETURNING i.message_hour, i.message_ref),
  counted AS (SELECT message_hour, message_ref, count(*)::smallint AS n FROM gone WHERE message_ref IS NOT NULL GROUP BY 1, 2),
  -- two statements that acknowledge the same messages lock them in one order, or they would wait for each other
  locked AS (
    SELECT m.purge_hour, m.id, c.n FROM transit.message m JOIN counted c ON m.purge_hour = c.message_hour AND m.id = c.message_ref
    WHERE m.purge_hour = ANY($6::int[]) ORDER BY m.id FOR UPDATE OF m),
  updated AS (
    UPDATE transit.message m SET acknowledged_devices = m.acknowledged_devices + l.n, updated_at = $3,
      state = CASE WHEN m.state = 'sent' AND m.acknowledged_devices + l.n >= m.recipient_devices THEN 'delivered' ELSE m.state END
    FROM locked l WHERE m.purge_hour = ANY($6::int[]) AND m.purge_hour = l.purge_hour AND m.id = l.id RETURNING m.*),
  changed AS (SELECT * FROM updated WHERE state = 'delivered' AND acknowledged_devices = recipient_devices),
  ${tellSender('changed')}
  SELECT DISTINCT tenant_id AS tenant, account_id AS account, device_id AS device FROM changed`;
