import { purgeHourOf, type Bytes, type TransitId } from '@causeway/message-model';
import type { DeviceRef } from './account.store.js';
import type { Database } from './database.js';
import { base64OrNull, type BoxRow } from './new-message.js';
import { PartitionHours } from './statements.js';
import { eventHour, tellSender, withHour36 } from './state-events.js';

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

/** An event that was just put into a device's inbox. */
export interface NewEvent extends DeviceRef {
  readonly id: TransitId;
  readonly body: Bytes;
}

type Item = { readonly rank: number; readonly id: TransitId };

const refOf = ({ tenant, account, device }: DeviceRef): DeviceRef => ({ tenant, account, device });

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
      `SELECT found.* FROM unnest($2::int[], $3::text[]) AS asked(hour, id) CROSS JOIN LATERAL (
         SELECT i.id, i.kind, i.seal_key_id AS "sealKeyId", i.body FROM transit.inbox i
         WHERE i.purge_hour = ANY($1) AND i.purge_hour = asked.hour AND i.id = asked.id AND i.expires_at > $4 LIMIT 1) found`,
      PartitionHours.ofAll(ids),
      ids.map(purgeHourOf),
      ids,
      now,
    );
  }

  /**
   * Removes what devices have stored for good. When the last device of a message acknowledged, the message is delivered and its sender is told.
   * Ids that are not the device's change nothing. One round trip however many devices acknowledge. Returns what the senders' devices are told.
   * `metadataHours`: how much later than its boxes a message may leave.
   */
  async acknowledge(
    acknowledgements: readonly Acknowledgement[],
    facts: { readonly now: Date; readonly metadataHours: readonly number[] },
  ): Promise<readonly NewEvent[]> {
    const { hour: eventsAt, expiresAt } = eventHour(facts.now);
    const done = acknowledgements.flatMap(({ device: { tenant, account, device }, ids }) =>
      ids.map((id) => ({ tenant, account, device, hour: purgeHourOf(id), id })),
    );
    const hours = [...new Set(done.map(({ hour }) => hour))];
    return this.database.query<NewEvent>(
      withHour36(ACKNOWLEDGE, eventsAt),
      eventsAt,
      expiresAt,
      facts.now,
      JSON.stringify(done),
      PartitionHours.atAll(hours),
      PartitionHours.atAll(hours.flatMap((hour) => facts.metadataHours.map((later) => hour + later))),
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

  /** Whether the network told us before. What is not known yet may be by the time it is stored: only `acceptInbound` decides. */
  async wasReceived(digest: Uint8Array): Promise<boolean> {
    const rows = await this.database.query('SELECT 1 FROM transit.received WHERE digest = $1', digest);
    return rows.length > 0;
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

  /** Whose external id this is; undefined when nobody claimed it. */
  async ownerOfDigest(digest: Uint8Array): Promise<string | undefined> {
    const rows = await this.database.query<{ owner: string | null }>(
      'SELECT owner FROM transit.received WHERE digest = $1',
      digest,
    );
    return rows[0]?.owner ?? undefined;
  }
}

/**
 * Written so that each row is found through an index by whatever plan, also one made while the tables were empty: no table is joined.
 * `$1` event hour, `$2` its expiry, `$3` now, `$4` JSON array of device and id, `$5` hours of the boxes, `$6` hours of their messages.
 */
const ACKNOWLEDGE = `WITH
  done AS (SELECT * FROM json_to_recordset($4::json) AS t(tenant text, account text, device smallint, hour int, id text)),
  taken AS (
    DELETE FROM transit.inbox_item WHERE ctid = ANY(ARRAY(
      SELECT found.row FROM done d CROSS JOIN LATERAL (
        SELECT q.ctid AS row FROM transit.inbox_item q WHERE q.purge_hour = d.hour AND q.inbox_id = d.id
          AND q.tenant_id = d.tenant AND q.account_id = d.account AND q.device_id = d.device LIMIT 1) found))
    RETURNING purge_hour, inbox_id),
  gone AS (
    DELETE FROM transit.inbox WHERE purge_hour = ANY($5) AND id = ANY(ARRAY(SELECT inbox_id FROM taken))
    RETURNING message_hour, message_ref),
  counted AS (SELECT message_hour, message_ref, count(*) AS n FROM gone WHERE message_ref IS NOT NULL GROUP BY 1, 2),
  -- two statements that acknowledge the same messages lock them in one order, or they would wait for each other
  locked AS MATERIALIZED (
    SELECT found.id, c.n FROM (SELECT * FROM counted ORDER BY message_ref) c CROSS JOIN LATERAL (
      SELECT m.id FROM transit.message m
      WHERE m.purge_hour = ANY($6) AND m.purge_hour = c.message_hour AND m.id = c.message_ref LIMIT 1 FOR UPDATE) found),
  news AS (SELECT jsonb_object_agg(id, n) AS devices FROM locked),
  updated AS (
    UPDATE transit.message m SET acknowledged_devices = m.acknowledged_devices + (news.devices->m.id)::smallint, updated_at = $3,
      state = CASE WHEN m.state = 'sent' AND m.acknowledged_devices + (news.devices->m.id)::smallint >= m.recipient_devices THEN 'delivered'
        ELSE m.state END
    FROM news WHERE m.purge_hour = ANY($6) AND m.id = ANY(ARRAY(SELECT id FROM locked)) RETURNING m.*),
  changed AS (SELECT * FROM updated WHERE state = 'delivered' AND acknowledged_devices = recipient_devices),
  ${tellSender('changed')}
  SELECT tenant_id AS tenant, account_id AS account, device_id AS device, id, body FROM event_rows`;
