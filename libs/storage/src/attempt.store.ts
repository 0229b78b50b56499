import {
  type AccountId,
  type Bytes,
  type ContactId,
  type ConversationId,
  type LaneId,
  type MessageId,
  type TenantId,
  type TransitId,
} from '@causeway/message-model';
import type { DeviceRef } from './account.store.js';
import type { Database } from './database.js';
import { BEGIN, RECORD, STOP } from './attempt.sql.js';
import { PartitionHours } from './statements.js';
import { eventHour, leaveLane, withHour36 } from './state-events.js';

export interface AttemptKey {
  readonly ref: TransitId;
  readonly attempt: number;
}

export interface AttemptRow extends AttemptKey {
  readonly network: string;
  readonly isSimulated: boolean;
  readonly bridgeNumberId: string;
  readonly startedAt: Date;
  readonly outcome: string;
  readonly vendorCode: string | null;
  readonly segments: number | null;
  readonly sealedExternalId: Bytes | null;
}

export interface SealedEnvelope {
  readonly sealed: Bytes;
  readonly statement: Bytes | null;
}

/** What an attempt came to, and what becomes of its message and lane. */
export interface AttemptOutcome extends AttemptKey {
  readonly outcome:
    'accepted' | 'sent' | 'delivered' | 'displayed' | 'failed' | 'not-sent' | 'withdrawn' | 'unknown' | 'unconfirmed';
  /** The message's new state; null leaves it. */
  readonly state: 'ready' | 'sending' | 'sent' | 'delivered' | 'failed' | 'expired' | 'unconfirmed' | null;
  readonly reason?: string | undefined;
  readonly vendorCode?: string | undefined;
  readonly segments?: number | undefined;
  readonly sealedExternalId?: Bytes | undefined;
  /** The message has no further attempt: it leaves its lane and its envelope goes. */
  readonly leavesLane: boolean;
  /** When to look at this attempt again without news of it; null closes it. */
  readonly lookAgainAt: Date | null;
  /** With the state `ready`: the message is not to be tried before. */
  readonly retryAt?: Date | undefined;
  /** It stays in its lane with its words, since another network may have to carry it, and holds nobody back. */
  readonly isHeld?: boolean | undefined;
  /** With the state `ready`: its lane leaves this network for a while. */
  readonly fallsBack?: { readonly from: string; readonly until: Date } | undefined;
}

export interface Moved {
  readonly sender: DeviceRef;
  readonly lane: LaneId;
  /** The message held others back until now; their lane is due. */
  readonly hasLeftLane: boolean;
}

/** Attempts on clear networks: written before the carrier is called, so that a crash leaves a trace. */
export class AttemptStore {
  constructor(private readonly database: Database) {}

  async envelope(ref: TransitId): Promise<SealedEnvelope | undefined> {
    const rows = await this.database.query<SealedEnvelope>(
      'SELECT sealed, statement FROM transit.envelope WHERE purge_hour = $1 AND id = $2',
      PartitionHours.of(ref),
      ref,
    );
    return rows[0];
  }

  /**
   * Claims attempt n of a message. Only the caller that inserted the row may call the carrier. The single use of
   * the statement is recorded in the same transaction: for this message again, never for another.
   */
  async begin(
    input: AttemptKey & {
      readonly network: string;
      readonly isSimulated: boolean;
      readonly bridgeNumberId: string;
      readonly startedAt: Date;
      readonly callBefore: Date;
      readonly statement: { readonly tenant: TenantId; readonly id: string; readonly use: string };
    },
  ): Promise<'begun' | 'taken' | 'statement-used' | 'statement-revoked'> {
    const rows = await this.database.query<{ isOurs: boolean; isRevoked: boolean; isBegun: boolean }>(
      BEGIN,
      PartitionHours.of(input.ref),
      input.ref,
      input.attempt,
      input.network,
      input.isSimulated,
      input.bridgeNumberId,
      input.startedAt,
      input.callBefore,
      input.statement.tenant,
      input.statement.use,
      input.statement.id,
    );
    if (rows[0]?.isBegun) return 'begun';
    if (rows[0]?.isRevoked) return 'statement-revoked';
    return rows[0]?.isOurs ? 'taken' : 'statement-used';
  }

  /** Records what became of an attempt; tells the sender when the message's state moved. Undefined when a later word was there already. */
  async record(input: AttemptOutcome, now: Date): Promise<Moved | undefined> {
    const { hour, expiresAt } = eventHour(now);
    const rows = await this.database.query<MovedRow>(
      withHour36(RECORD, hour),
      hour,
      expiresAt,
      now,
      PartitionHours.of(input.ref),
      input.ref,
      input.outcome,
      input.reason ?? null,
      input.vendorCode ?? null,
      input.segments ?? null,
      input.sealedExternalId ?? null,
      input.attempt,
      input.state,
      input.leavesLane,
      input.lookAgainAt,
      input.retryAt ?? null,
      input.isHeld ?? false,
      input.fallsBack?.from ?? null,
      input.fallsBack?.until ?? null,
    );
    const [row] = rows;
    return row && movedOf(row);
  }

  /** Ends or returns a message that has no attempt under way: refused by a re-check, or back to its sender. Its envelope goes. */
  async stop(
    ref: TransitId,
    state: { readonly kind: 'failed' | 'waiting-on-sender' | 'expired'; readonly reason: string | null },
    now: Date,
  ): Promise<Moved | undefined> {
    const { hour, expiresAt } = eventHour(now);
    const rows = await this.database.query<MovedRow>(
      withHour36(STOP, hour),
      hour,
      expiresAt,
      now,
      PartitionHours.of(ref),
      ref,
      state.kind,
      state.reason,
    );
    const [row] = rows;
    return row && movedOf(row);
  }

  /** Drops a message without a word: it leaves its lane and loses its words, its state stays, and it expires at its ordinary deadline. */
  async withhold(ref: TransitId, now: Date): Promise<void> {
    await this.database.query(
      `WITH changed AS (SELECT * FROM transit.message WHERE purge_hour = $1 AND id = $2), ${leaveLane('= $1')} SELECT 1`,
      PartitionHours.of(ref),
      ref,
      now,
    );
  }

  /** A head that blocked its lane too long: it keeps its place in time, the lane goes on without it. */
  async stepAside(ref: TransitId, now: Date): Promise<void> {
    await this.database.query(
      'UPDATE transit.message SET is_delayed = true, updated_at = $3 WHERE purge_hour = $1 AND id = $2 AND NOT is_delayed RETURNING 1',
      PartitionHours.of(ref),
      ref,
      now,
    );
  }

  async of(ref: TransitId): Promise<readonly AttemptRow[]> {
    return this.ofMany([ref]);
  }

  async ofMany(refs: readonly TransitId[]): Promise<readonly AttemptRow[]> {
    if (refs.length === 0) return [];
    return this.database.query<AttemptRow>(
      `SELECT message_ref AS ref, attempt, network, is_simulated AS "isSimulated", bridge_number_id AS "bridgeNumberId", started_at AS "startedAt",
         outcome, vendor_code AS "vendorCode", segments, sealed_external_id AS "sealedExternalId"
       FROM transit.attempt WHERE purge_hour = ANY($1::int[]) AND message_ref = ANY($2::text[]) ORDER BY message_ref, attempt`,
      PartitionHours.ofAll(refs),
      refs,
    );
  }

  /** Attempts without a final word whose time to be looked at has come; postponed, so that two edges do not look at once. */
  async takeOpen(
    now: Date,
    input: { readonly postponedTo: Date; readonly limit: number },
  ): Promise<readonly AttemptKey[]> {
    return this.database.query<AttemptKey>(
      `UPDATE transit.open_attempt o SET due_at = $2 FROM (
         SELECT message_ref, attempt FROM transit.open_attempt WHERE due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) d
       WHERE o.message_ref = d.message_ref AND o.attempt = d.attempt RETURNING o.message_ref AS ref, o.attempt`,
      now,
      input.postponedTo,
      input.limit,
    );
  }

  /** Attempts without a final word after the given one, in the order of their keys. */
  async open(after: AttemptKey | undefined, limit: number): Promise<readonly AttemptKey[]> {
    return this.database.query<AttemptKey>(
      `SELECT message_ref AS ref, attempt FROM transit.open_attempt WHERE (message_ref, attempt) > ($1, $2::smallint)
       ORDER BY message_ref, attempt LIMIT $3`,
      after?.ref ?? '',
      after?.attempt ?? 0,
      limit,
    );
  }

  /** Looks at an open attempt again later. */
  async postpone(key: AttemptKey, until: Date): Promise<void> {
    await this.database.query(
      'UPDATE transit.open_attempt SET due_at = $3 WHERE message_ref = $1 AND attempt = $2 RETURNING 1',
      key.ref,
      key.attempt,
      until,
    );
  }

  /** Brings every look that is due after `laterThan` forward to `to`. */
  async hasten(input: { readonly laterThan: Date; readonly to: Date }): Promise<void> {
    await this.database.query(
      'UPDATE transit.open_attempt SET due_at = $2 WHERE due_at > $1 RETURNING 1',
      input.laterThan,
      input.to,
    );
  }

  /** Nothing more is expected of this attempt. */
  async close(key: AttemptKey): Promise<void> {
    await this.database.query(
      'DELETE FROM transit.open_attempt WHERE message_ref = $1 AND attempt = $2 RETURNING 1',
      key.ref,
      key.attempt,
    );
  }

  async message(ref: TransitId): Promise<ClearMessage | undefined> {
    const rows = await this.database.query<ClearMessage>(
      `SELECT id AS ref, tenant_id AS tenant, account_id AS account, conversation_id AS conversation, contact_id AS contact, on_unknown AS "onUnknown", lane_id AS lane, deliver_before AS "deliverBefore", networks, state,
         transit.base64url(message_id) AS "messageId" FROM transit.message WHERE purge_hour = $1 AND id = $2`,
      PartitionHours.of(ref),
      ref,
    );
    return rows[0];
  }
}

type MovedRow = DeviceRef & Omit<Moved, 'sender'>;

const movedOf = ({ tenant, account, device, lane, hasLeftLane }: MovedRow): Moved => ({
  sender: { tenant, account, device },
  lane,
  hasLeftLane,
});

/** What reconciling an attempt needs to know of its message. */
export interface ClearMessage {
  readonly ref: TransitId;
  readonly messageId: MessageId;
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly conversation: ConversationId;
  readonly contact: ContactId | null;
  readonly onUnknown: 'report' | 'resend';
  readonly lane: LaneId;
  readonly deliverBefore: Date;
  readonly networks: readonly string[];
  readonly state: string;
}
