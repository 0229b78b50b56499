import {
  purgeHourOf,
  type AccountId,
  type Bytes,
  type ContactId,
  type ConversationId,
  type DeviceId,
  type LaneId,
  type MessageId,
  type TenantId,
  type TransitId,
} from '@causeway/message-model';
import type { DeviceRef } from './account.store.js';
import { ACCEPT, ATTACH, STORED } from './message.sql.js';
import type { Database } from './database.js';
import { eventHour, TERMINAL_STATES, tellSender, withHour36, type TouchedDevice } from './state-events.js';

/** A sealed box for one device; its id is the sealer's, its row id carries the hour. */
export interface BoxRow {
  readonly id: TransitId;
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly sealKeyId: number;
  readonly body: Bytes;
  readonly isSync: boolean;
  readonly expiresAt: Date;
}

export interface SealedBody {
  readonly leg: 'native' | 'clear';
  readonly planDigest: string;
  readonly networks: readonly string[];
  readonly edgeKeyId: string | null;
  /** Clear leg: the box to the edge. Native: none, the boxes are rows of their own. */
  readonly sealed: Bytes | null;
  readonly statement: Bytes | null;
  readonly recipientDevices: number;
  readonly boxes: readonly BoxRow[];
}

export interface NewMessage {
  readonly ref: TransitId;
  readonly sender: DeviceRef;
  readonly messageId: MessageId;
  readonly conversation: ConversationId;
  readonly laneId: LaneId;
  readonly laneLeg: 'native' | 'clear';
  readonly contact: ContactId | null;
  /** Set for a first contact without a grant. */
  readonly requestAddress: string | null;
  readonly floor: string;
  readonly onUnknown: string;
  readonly waitReason: string | null;
  readonly body: SealedBody | null;
  readonly deliverBefore: Date;
  readonly digest: Bytes;
  readonly previousDigest: Bytes;
  readonly fingerprint: Bytes;
}

export interface AcceptResult {
  readonly ref: TransitId;
  readonly isNew: boolean;
  readonly isSameMessage: boolean;
  readonly state: string;
  readonly reason: string | null;
  readonly deliverBefore: Date;
  readonly lane: LaneId | null;
  /** True when the lane was idle and the boxes are in the inboxes already. */
  readonly isDelivered: boolean;
}

export interface MessageRow {
  readonly id: TransitId;
  readonly messageId: Bytes;
  readonly conversation: ConversationId;
  readonly leg: 'none' | 'native' | 'clear';
  readonly state: string;
  readonly reason: string | null;
  readonly isDelayed: boolean;
  readonly networks: readonly string[];
  readonly deliverBefore: Date;
}

const ROW = `id, message_id AS "messageId", conversation_id AS conversation, leg, state, reason, is_delayed AS "isDelayed", networks,
  deliver_before AS "deliverBefore"`;

export const base64OrNull = (bytes: Uint8Array | null): string | null => (bytes ? Buffer.from(bytes).toString('base64') : null);

const boxJson = (ref: TransitId, box: BoxRow) => ({ ...box, ref, hour: purgeHourOf(box.id), body: base64OrNull(box.body) });

const bodyJson = (body: SealedBody | null) => ({
  leg: body?.leg ?? 'none',
  planDigest: body?.planDigest ?? null,
  networks: body?.networks ?? [],
  edgeKeyId: body?.edgeKeyId ?? null,
  sealed: base64OrNull(body?.sealed ?? null),
  statement: base64OrNull(body?.statement ?? null),
  recipientDevices: body?.recipientDevices ?? 0,
});

/** Messages from acceptance to their terminal state, as their sender may see them. */
export class MessageStore {
  constructor(private readonly database: Database) {}

  /**
   * Accepts a batch in one statement, hence one transaction and one round trip: digest, lane position, row, and either the boxes (idle
   * native lane) or the envelope. A digest that is already there changes nothing and comes back with what is stored.
   */
  async accept(messages: readonly NewMessage[], now: Date): Promise<readonly AcceptResult[]> {
    const input = messages.map((message, order) => ({
      ...bodyJson(message.body),
      order,
      ref: message.ref,
      hour: purgeHourOf(message.ref),
      ...message.sender,
      messageId: Buffer.from(message.messageId, 'base64url').toString('base64'),
      conversation: message.conversation,
      laneId: message.laneId,
      laneLeg: message.laneLeg,
      contact: message.contact,
      requestAddress: message.requestAddress,
      floor: message.floor,
      onUnknown: message.onUnknown,
      reason: message.waitReason,
      state: message.body ? 'ready' : 'waiting-on-sender',
      canGoNow: message.body?.leg === 'native',
      deliverBefore: message.deliverBefore,
      digest: base64OrNull(message.digest),
      previousDigest: base64OrNull(message.previousDigest),
      fingerprint: base64OrNull(message.fingerprint),
    }));
    const boxes = messages.flatMap((message) => (message.body?.boxes ?? []).map((box) => boxJson(message.ref, box)));
    const placed = await this.database.query<Omit<AcceptResult, 'isSameMessage'>>(ACCEPT, JSON.stringify(input), JSON.stringify(boxes), now);
    const known = new Map(placed.filter((row) => row.isNew).map((row) => [row.ref, { ...row, isSameMessage: true }]));
    const repeated = messages.filter((message) => !known.has(message.ref));
    const stored = await this.stored(repeated);
    return messages.map((message, index) => known.get(message.ref) ?? stored.get(message.ref) ?? refused(placed[index], message));
  }

  private async stored(repeated: readonly NewMessage[]): Promise<ReadonlyMap<TransitId, AcceptResult>> {
    if (repeated.length === 0) return new Map();
    const asked = repeated.map((message) => ({
      ref: message.ref,
      digest: base64OrNull(message.digest),
      previousDigest: base64OrNull(message.previousDigest),
      fingerprint: base64OrNull(message.fingerprint),
    }));
    const rows = await this.database.query<AcceptResult & { readonly asked: TransitId }>(STORED, JSON.stringify(asked));
    return new Map(rows.map((row) => [row.asked, row]));
  }

  /** Gives a waiting message its sealed body. Undefined when it is not waiting any more (then nothing changes). */
  async attach(ref: TransitId, body: SealedBody, now: Date): Promise<LaneId | undefined> {
    const rows = await this.database.query<{ lane: LaneId }>(
      ATTACH,
      purgeHourOf(ref),
      ref,
      JSON.stringify(bodyJson(body)),
      JSON.stringify(body.boxes.map((box) => boxJson(ref, box))),
      now,
    );
    return rows[0]?.lane;
  }

  async find(sender: DeviceRef, ref: TransitId): Promise<MessageRow | undefined> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${ROW} FROM transit.message WHERE purge_hour = $1 AND id = $2 AND tenant_id = $3 AND account_id = $4`,
      purgeHourOf(ref),
      ref,
      sender.tenant,
      sender.account,
    );
    return rows[0];
  }

  /** Newest partition first; `before` is the id of the last row of the page before. */
  async list(sender: DeviceRef, page: { readonly before: string | undefined; readonly limit: number }): Promise<readonly MessageRow[]> {
    return this.database.query<MessageRow>(
      `SELECT ${ROW} FROM transit.message
       WHERE tenant_id = $1 AND account_id = $2 AND device_id = $3 AND ($4::text IS NULL OR id < $4) ORDER BY id DESC LIMIT $5`,
      sender.tenant,
      sender.account,
      sender.device,
      page.before ?? null,
      page.limit,
    );
  }

  /** Cancels what has not begun to be sent. The lane goes on with the next one. */
  async cancel(sender: DeviceRef, ref: TransitId, now: Date): Promise<{ readonly lane: LaneId; readonly leg: 'native' | 'clear' } | undefined> {
    const { hour, expiresAt } = eventHour(now);
    const rows = await this.database.query<{ lane: LaneId; leg: 'native' | 'clear' }>(
      withHour36(
        `WITH changed AS (
           UPDATE transit.message SET state = 'cancelled', reason = NULL, updated_at = $3
           WHERE purge_hour = $4 AND id = $5 AND tenant_id = $6 AND account_id = $7 AND state IN ('accepted', 'waiting-on-sender', 'ready')
           RETURNING *),
         ${LEAVE_LANE}, ${tellSender('changed')}
         SELECT lane_id AS lane, left_lane.leg FROM changed JOIN left_lane ON left_lane.id = changed.lane_id`,
        hour,
      ),
      hour,
      expiresAt,
      now,
      purgeHourOf(ref),
      ref,
      sender.tenant,
      sender.account,
    );
    return rows[0];
  }

  /**
   * Ends what passed its deadline: native messages that some device took count as delivered, the rest expire. The deadline is in the id's
   * hour, so only the partitions of the last hours are looked at. Returns the senders' devices and the lanes that moved.
   */
  async expire(now: Date, metadataHours: number): Promise<{ readonly touched: readonly TouchedDevice[]; readonly lanes: readonly { id: LaneId; leg: 'native' | 'clear' }[] }> {
    const { hour, expiresAt } = eventHour(now);
    const deadlineHour = Math.floor(now.getTime() / 3_600_000) + metadataHours;
    const rows = await this.database.query<TouchedDevice & { lane: LaneId | null; leg: 'native' | 'clear' | null }>(
      withHour36(
        `WITH changed AS (
           UPDATE transit.message SET state = CASE WHEN acknowledged_devices > 0 THEN 'delivered' ELSE 'expired' END, reason = NULL, updated_at = $3
           WHERE purge_hour BETWEEN $4 AND $5 AND deliver_before <= $3 AND state NOT IN ${TERMINAL_STATES}
             AND NOT (leg = 'clear' AND state IN ('sending', 'sent')) RETURNING *),
         ${LEAVE_LANE}, ${tellSender('changed')}
         SELECT c.tenant_id AS tenant, c.account_id AS account, c.device_id AS device, l.id AS lane, l.leg FROM changed c
         LEFT JOIN left_lane l ON l.id = c.lane_id`,
        hour,
      ),
      hour,
      expiresAt,
      now,
      deadlineHour - 24,
      deadlineHour + 1,
    );
    const lanes = new Map(rows.flatMap((row) => (row.lane && row.leg ? [[row.lane, { id: row.lane, leg: row.leg }] as const] : [])));
    return { touched: rows, lanes: [...lanes.values()] };
  }
}

/** SQL: the rows of `changed` leave their lanes and lose their sealed words. */
export const LEAVE_LANE = `
  left_items AS (
    DELETE FROM transit.lane_item i USING changed c WHERE i.lane_id = c.lane_id AND i.position = c.position RETURNING i.lane_id),
  left_lane AS (
    UPDATE transit.lane l SET pending = l.pending - g.n, revision = l.revision + 1, due_at = $3
    FROM (SELECT lane_id, count(*)::int AS n FROM left_items GROUP BY lane_id) g WHERE l.id = g.lane_id RETURNING l.id, l.leg),
  left_envelopes AS (
    DELETE FROM transit.envelope e USING changed c WHERE e.purge_hour = c.purge_hour AND e.id = c.id)`;

/** A repeated digest whose row has left with its partition: it was ended long ago. */
function refused(placed: Omit<AcceptResult, 'isSameMessage'> | undefined, message: NewMessage): AcceptResult {
  return {
    ref: placed?.ref ?? message.ref,
    isNew: false,
    isSameMessage: true,
    state: 'expired',
    reason: null,
    deliverBefore: message.deliverBefore,
    lane: null,
    isDelivered: false,
  };
}
