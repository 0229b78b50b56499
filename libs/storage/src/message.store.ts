import { purgeHourOf, type Bytes, type ConversationId, type LaneId, type TransitId } from '@causeway/message-model';
import type { DeviceRef } from './account.store.js';
import type { Database } from './database.js';
import { EXPIRE, EXPIRED_AT_ONCE } from './expire.sql.js';
import { ACCEPT, ATTACH, STORED } from './message.sql.js';
import { bodyJson, boxJson, messageJson, type NewMessage, type SealedBody } from './new-message.js';
import { PartitionHours } from './statements.js';
import { eventHour, leaveLane, tellSender, withHour36, type TouchedDevice } from './state-events.js';

export interface AcceptResult {
  readonly ref: TransitId;
  readonly isNew: boolean;
  readonly isSameMessage: boolean;
  readonly state: string;
  readonly reason: string | null;
  readonly deliverBefore: Date;
  readonly lane: LaneId | null;
  /** Place in the lane, without gaps; null for what was there before. */
  readonly position: bigint | null;
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

interface StoredDigest {
  readonly asked: TransitId;
  readonly ref: TransitId;
  readonly isSameMessage: boolean;
}

type Standing = Pick<AcceptResult, 'ref' | 'state' | 'reason' | 'deliverBefore' | 'lane'>;

/** A lane that others may go on in, after a message left it. */
export interface MovedLane {
  readonly id: LaneId;
  readonly leg: 'native' | 'clear';
}

/** Messages from acceptance to their terminal state, as their sender may see them. */
export class MessageStore {
  constructor(private readonly database: Database) {}

  /**
   * Accepts a batch in one statement, hence one transaction and one round trip: digest, lane position, row, and either the boxes (idle
   * native lane) or the envelope. A digest that is already there changes nothing and comes back with what is stored.
   */
  async accept(messages: readonly NewMessage[], now: Date): Promise<readonly AcceptResult[]> {
    const boxes = messages.flatMap((message) => (message.body?.boxes ?? []).map((box) => boxJson(message.ref, box)));
    const placed = await this.database.query<Omit<AcceptResult, 'isSameMessage'>>(
      ACCEPT,
      JSON.stringify(messages.map(messageJson)),
      JSON.stringify(boxes),
      now,
    );
    const known = new Map(
      placed.filter((row) => row.isNew).map((row) => [row.ref, { ...row, isSameMessage: true }] as const),
    );
    const stored = await this.stored(messages.filter((message) => !known.has(message.ref)));
    return messages.map((message) => known.get(message.ref) ?? stored.get(message.ref) ?? forgotten(message));
  }

  private async stored(repeated: readonly NewMessage[]): Promise<ReadonlyMap<TransitId, AcceptResult>> {
    if (repeated.length === 0) return new Map();
    const digests = await this.database.query<StoredDigest>(STORED, JSON.stringify(repeated.map(messageJson)));
    const refs = digests.map(({ ref }) => ref);
    const rows = await this.database.query<Standing>(
      `SELECT id AS ref, state, reason, deliver_before AS "deliverBefore", lane_id AS lane FROM transit.message
       WHERE purge_hour = ANY($1::int[]) AND id = ANY($2::text[])`,
      PartitionHours.ofAll(refs),
      refs,
    );
    const standing = new Map(rows.map((row) => [row.ref, row]));
    const asking = new Map(repeated.map((message) => [message.ref, message]));
    return new Map(
      digests.flatMap(({ asked, ref, isSameMessage }) => {
        const message = asking.get(asked);
        const row = standing.get(ref) ?? (message && forgotten(message));
        return row
          ? [[asked, { ...row, ref, isSameMessage, isNew: false, position: null, isDelivered: false }] as const]
          : [];
      }),
    );
  }

  /**
   * Gives a waiting message its sealed body. Undefined when it is not waiting any more, or was accepted for the other leg; then nothing
   * changes.
   */
  async attach(ref: TransitId, body: SealedBody, now: Date): Promise<LaneId | undefined> {
    const rows = await this.database.query<{ lane: LaneId }>(
      ATTACH,
      PartitionHours.of(ref),
      ref,
      JSON.stringify(bodyJson(body)),
      JSON.stringify(body.boxes.map((box) => boxJson(ref, box))),
      now,
    );
    return rows[0]?.lane;
  }

  async find(sender: Pick<DeviceRef, 'tenant' | 'account'>, ref: TransitId): Promise<MessageRow | undefined> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${ROW} FROM transit.message WHERE purge_hour = $1 AND id = $2 AND tenant_id = $3 AND account_id = $4`,
      PartitionHours.of(ref),
      ref,
      sender.tenant,
      sender.account,
    );
    return rows[0];
  }

  /** Latest deadline first, without what was to leave by now; `before` is the id of the last row of the page before. */
  async list(
    sender: DeviceRef,
    page: { readonly before: TransitId | undefined; readonly limit: number; readonly now: Date },
  ): Promise<readonly MessageRow[]> {
    return this.database.query<MessageRow>(
      `SELECT ${ROW} FROM transit.message
       WHERE tenant_id = $1 AND account_id = $2 AND device_id = $3 AND purge_hour <= $4 AND (purge_hour < $4 OR id < $5)
         AND purge_hour > $7
       ORDER BY purge_hour DESC, id DESC LIMIT $6`,
      sender.tenant,
      sender.account,
      sender.device,
      page.before === undefined ? LAST_HOUR : purgeHourOf(page.before),
      page.before ?? '',
      page.limit,
      Math.floor(page.now.getTime() / 3_600_000),
    );
  }

  /** Cancels what has not begun to be sent. The lane goes on with the next one; it is null when the message had left it. */
  async cancel(
    sender: Pick<DeviceRef, 'tenant' | 'account'>,
    ref: TransitId,
    now: Date,
  ): Promise<{ readonly touched: TouchedDevice; readonly lane: MovedLane | null } | undefined> {
    const { hour, expiresAt } = eventHour(now);
    const rows = await this.database.query<TouchedDevice & { lane: LaneId | null; leg: 'native' | 'clear' | null }>(
      withHour36(
        `WITH changed AS (
           UPDATE transit.message SET state = 'cancelled', reason = NULL, updated_at = $3
           WHERE purge_hour = $4 AND id = $5 AND tenant_id = $6 AND account_id = $7 AND state IN ('accepted', 'waiting-on-sender', 'ready')
           RETURNING *),
         ${leaveLane('= $4')}, ${tellSender('changed')}
         SELECT c.tenant_id AS tenant, c.account_id AS account, c.device_id AS device, l.id AS lane, l.leg
         FROM changed c LEFT JOIN left_lane l ON l.id = c.lane_id`,
        hour,
      ),
      hour,
      expiresAt,
      now,
      PartitionHours.of(ref),
      ref,
      sender.tenant,
      sender.account,
    );
    const [row] = rows;
    return row && { touched: row, lane: movedLane(row) };
  }

  /**
   * Ends what passed its deadline: native messages that some device took count as delivered, the rest expire. What a clear network may have
   * ends by its receipt instead, and loses its sealed words where its deadline passed after `since`: nobody hands it over again. Looks at the
   * partitions of the given hours. Rows that something else moves right now wait for the next call.
   */
  async expire(
    now: Date,
    among: { readonly purgeHours: readonly number[]; readonly since: Date },
  ): Promise<{
    readonly touched: readonly TouchedDevice[];
    readonly lanes: readonly MovedLane[];
    /** False when there was more than one statement moves. */
    readonly isComplete: boolean;
  }> {
    const { hour, expiresAt } = eventHour(now);
    const rows = await this.database.query<TouchedDevice & { lane: LaneId | null; leg: 'native' | 'clear' | null }>(
      withHour36(EXPIRE, hour),
      hour,
      expiresAt,
      now,
      PartitionHours.atAll(among.purgeHours),
      among.since,
    );
    const lanes = new Map(rows.flatMap((row) => (row.lane ? [[row.lane, movedLane(row)] as const] : [])));
    const isComplete = rows.length < EXPIRED_AT_ONCE;
    return { touched: rows, lanes: [...lanes.values()].filter((lane) => lane !== null), isComplete };
  }
}

/** Later than any id's hour: the first page begins there. */
const LAST_HOUR = 2_147_483_647;

const movedLane = ({ lane, leg }: { readonly lane: LaneId | null; readonly leg: MovedLane['leg'] | null }) =>
  lane && leg ? { id: lane, leg } : null;

/** A repeated digest whose row has left with its partition: it was ended long ago. */
const forgotten = ({ ref, deliverBefore }: NewMessage): AcceptResult => ({
  ref,
  isNew: false,
  isSameMessage: true,
  state: 'expired',
  reason: null,
  deliverBefore,
  lane: null,
  position: null,
  isDelivered: false,
});
