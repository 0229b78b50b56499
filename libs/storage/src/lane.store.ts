import {
  type AccountId,
  type Bytes,
  type ContactId,
  type ConversationId,
  type DeviceId,
  type LaneId,
  type TenantId,
  type TransitId,
} from '@causeway/message-model';
import type { DeviceRef } from './account.store.js';
import type { Database } from './database.js';
import { DRAIN_NATIVE } from './message.sql.js';
import { PartitionHours } from './statements.js';

export interface DueLane {
  readonly id: LaneId;
  readonly leg: 'native' | 'clear';
}

/** A message at or near the head of its lane, with what a dispatcher needs to re-check and send it. */
export interface LaneMessage {
  readonly ref: TransitId;
  readonly position: bigint;
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly messageId: Bytes;
  readonly conversation: ConversationId;
  readonly contact: ContactId | null;
  readonly requestAddress: string | null;
  readonly isRequestLodged: boolean;
  readonly onUnknown: 'report' | 'resend';
  readonly leg: 'none' | 'native' | 'clear';
  readonly planDigest: string | null;
  readonly floor: string;
  readonly networks: readonly string[];
  readonly edgeKeyId: string | null;
  readonly state: string;
  /** Why it waits on its sender's device, where it does. */
  readonly reason: string | null;
  readonly isDelayed: boolean;
  readonly acceptedAt: Date;
  /** Not to be tried before; null when it may go at once. */
  readonly retryAt: Date | null;
  readonly deliverBefore: Date;
  readonly attempts: number;
  readonly firstAttemptAt: Date | null;
  /** Of the last attempt; null before the first. */
  readonly lastNetwork: string | null;
  readonly lastOutcome: string | null;
  /** When its outcome was last written, or until when its call may begin: before that nobody else makes it again. */
  readonly lastUntil: Date | null;
}

export interface LaneHead {
  /** Changes whenever someone adds to the lane; `settle` refuses to put a lane to rest on an outdated one. */
  readonly revision: bigint;
  readonly messages: readonly LaneMessage[];
  /** The network this lane fell back from, and until when it stays away. */
  readonly fellBackFrom: string | null;
  readonly fellBackUntil: Date | null;
  /** Messages that a network took and another may still have to carry, oldest first. */
  readonly held: readonly TransitId[];
}

export interface Drained {
  readonly moved: number;
  readonly touched: readonly DeviceRef[];
}

/** How long a wake is trusted before the sweeper wakes the lane again, milliseconds. */
const WAKE_LEASE_MS = 5_000;

const NO_LANE: LaneHead = { revision: 0n, messages: [], held: [], fellBackFrom: null, fellBackUntil: null };

export class LaneStore {
  constructor(private readonly database: Database) {}

  /** Takes due lanes and postpones them a little, so that two sweepers do not wake the same ones. */
  async takeDue(now: Date, limit: number): Promise<readonly DueLane[]> {
    return this.database.query<DueLane>(
      `UPDATE transit.lane SET due_at = $2 WHERE id IN (
         SELECT id FROM transit.lane WHERE due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING id, leg`,
      now,
      new Date(now.getTime() + WAKE_LEASE_MS),
      limit,
    );
  }

  async head(lane: LaneId, limit: number): Promise<LaneHead> {
    const [head] = await this.heads([lane], limit);
    return head ?? NO_LANE;
  }

  /** The same of many lanes, in their order: two round trips however many there are. */
  async heads(lanes: readonly LaneId[], limit: number): Promise<readonly LaneHead[]> {
    const rows = await this.database.query<Omit<LaneHead, 'messages'> & { lane: LaneId; refs: TransitId[] }>(
      `SELECT l.id AS lane, l.revision, l.fell_back_from AS "fellBackFrom", l.fell_back_until AS "fellBackUntil",
         ARRAY(SELECT i.message_ref FROM transit.lane_item i WHERE i.lane_id = l.id AND NOT i.is_held ORDER BY i.position LIMIT $2) AS refs,
         ARRAY(SELECT i.message_ref FROM transit.lane_item i WHERE i.lane_id = l.id AND i.is_held ORDER BY i.position) AS held
       FROM transit.lane l WHERE l.id = ANY($1::text[])`,
      lanes,
      limit,
    );
    const messages = await this.messages(rows.flatMap(({ refs }) => refs));
    const found = new Map(
      rows.map(({ lane, refs, ...rest }) => [
        lane,
        { ...rest, messages: refs.flatMap((ref) => messages.get(ref) ?? []) },
      ]),
    );
    return lanes.map((lane) => found.get(lane) ?? NO_LANE);
  }

  private async messages(refs: readonly TransitId[]): Promise<ReadonlyMap<TransitId, LaneMessage>> {
    if (refs.length === 0) return new Map();
    const messages = await this.database.query<LaneMessage>(
      `SELECT m.id AS ref, m.position, m.tenant_id AS tenant, m.account_id AS account, m.device_id AS device, m.message_id AS "messageId",
         m.conversation_id AS conversation, m.contact_id AS contact, m.request_address AS "requestAddress", m.is_request_lodged AS "isRequestLodged",
         m.on_unknown AS "onUnknown", m.leg, m.plan_digest AS "planDigest", m.floor, m.networks, m.edge_key_id AS "edgeKeyId", m.state, m.reason,
         m.is_delayed AS "isDelayed", m.accepted_at AS "acceptedAt", m.retry_at AS "retryAt", m.deliver_before AS "deliverBefore",
         (SELECT count(*)::int FROM transit.attempt a WHERE a.purge_hour = ANY($1::int[]) AND a.purge_hour = m.purge_hour AND a.message_ref = m.id) AS attempts,
         (SELECT min(a.started_at) FROM transit.attempt a
          WHERE a.purge_hour = ANY($1::int[]) AND a.purge_hour = m.purge_hour AND a.message_ref = m.id) AS "firstAttemptAt",
         last.network AS "lastNetwork", last.outcome AS "lastOutcome", last.until AS "lastUntil"
       FROM transit.message m LEFT JOIN LATERAL (
         SELECT a.network, a.outcome, coalesce(a.outcome_at, a.call_before) AS until FROM transit.attempt a
         WHERE a.purge_hour = ANY($1::int[]) AND a.purge_hour = m.purge_hour AND a.message_ref = m.id ORDER BY a.attempt DESC LIMIT 1) last ON true
       WHERE m.purge_hour = ANY($1::int[]) AND m.id = ANY($2::text[])`,
      PartitionHours.ofAll(refs),
      refs,
    );
    return new Map(messages.map((message) => [message.ref, message]));
  }

  /** Puts a drained lane to rest until `dueAt`. Does nothing when the lane changed since `revision` was read: then it stays due. */
  async settle(lane: LaneId, revision: bigint, dueAt: Date | null): Promise<void> {
    await this.database.query(
      'UPDATE transit.lane SET due_at = $3::timestamptz WHERE id = $1 AND revision = $2 RETURNING 1',
      lane,
      revision,
      dueAt,
    );
  }

  /**
   * Moves ready native messages from their lane to the inboxes, unless they are past their deadline. Boxes for the recipients of `withheld`,
   * who blocked their sender, are written where no device looks; those of `dropped`, who are not there any more, are not. Answers how many left,
   * and whose inbox was filled.
   */
  async drainNative(
    refs: readonly TransitId[],
    { withheld, dropped }: { readonly withheld: readonly TransitId[]; readonly dropped: readonly TransitId[] },
    now: Date,
  ): Promise<Drained> {
    const hours = PartitionHours.ofAll(refs);
    const [drained] = await this.database.query<Drained>(DRAIN_NATIVE, hours, refs, now, withheld, dropped);
    return drained ?? { moved: 0, touched: [] };
  }

  /** What these messages have to tell somebody else was told. */
  async markLodged(refs: readonly TransitId[]): Promise<void> {
    await this.database.query(
      'UPDATE transit.message SET is_request_lodged = true WHERE purge_hour = ANY($1::int[]) AND id = ANY($2::text[]) RETURNING 1',
      PartitionHours.ofAll(refs),
      refs,
    );
  }
}
