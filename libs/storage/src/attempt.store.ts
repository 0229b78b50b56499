import type { TransitId } from '@causeway/message-model';
import type { Database } from './database.js';
import { BEGIN, RECORD, STOP } from './attempt.sql.js';
import { readMaterials, type MaterialQuestion } from './attempt-materials.js';
import {
  begunOf,
  movedOf,
  namesOfNew,
  newJson,
  namesOfWord,
  recordedOf,
  wordJson,
  type MovedRow,
  type RecordedRow,
} from './attempt-rows.js';
import type {
  AttemptKey,
  AttemptMaterial,
  AttemptRow,
  AttemptWord,
  Begun,
  ClearMessage,
  Moved,
  NewAttempt,
  Recorded,
  SealedEnvelope,
} from './attempt-words.js';
import { inWaves, wavesOf } from './in-waves.js';
import { PartitionHours } from './statements.js';
import { eventHour, leaveLane, withHour36 } from './state-events.js';

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

  /** What calls for these messages are made from, as it stands now, in their order. */
  materials(questions: readonly MaterialQuestion[]): Promise<readonly AttemptMaterial[]> {
    return readMaterials(this.database, questions);
  }

  /**
   * Claims attempt n of each message, in one round trip. Only the caller that inserted the row may call the carrier. The single use of
   * the statement is recorded in the same transaction: for this message again, never for another. When two of them are of one message or name
   * one statement, the second is `taken`, for now.
   */
  async begin(attempts: readonly NewAttempt[]): Promise<readonly Begun[]> {
    const [wave = []] = wavesOf(attempts, namesOfNew);
    const asked = wave.flatMap((index) => attempts.slice(index, index + 1));
    const refs = asked.map(({ ref }) => ref);
    const rows = await this.database.query<{ isOurs: boolean; isRevoked: boolean; isBegun: boolean }>(
      BEGIN,
      JSON.stringify(asked.map(newJson)),
      PartitionHours.ofAll(refs),
      refs,
    );
    const begun = attempts.map((): Begun => 'taken');
    rows.forEach((row, place) => {
      begun[wave[place] ?? -1] = begunOf(row);
    });
    return begun;
  }

  /**
   * Records what became of attempts; tells a sender when the message's state moved. One round trip, unless a message or an external id is
   * there twice: then one after the other, in their order.
   */
  async record(words: readonly AttemptWord[], now: Date): Promise<readonly Recorded[]> {
    const { hour, expiresAt } = eventHour(now);
    return inWaves(words, namesOfWord, async (wave) => {
      const rows = await this.database.query<RecordedRow>(
        withHour36(RECORD, hour),
        hour,
        expiresAt,
        now,
        JSON.stringify(wave.map(wordJson)),
        PartitionHours.ofAll(wave.map(({ ref }) => ref)),
      );
      const found = new Map(rows.map((row) => [row.ref, row]));
      return wave.map(({ ref }) => recordedOf(found.get(ref)));
    });
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

  /** Notes that one part of what an attempt sent arrived; true once all of them have. The same part again changes nothing. */
  async partArrived(
    { ref, attempt }: AttemptKey,
    part: { readonly number: number; readonly count: number },
  ): Promise<boolean> {
    const rows = await this.database.query<{ isWhole: boolean }>(
      `UPDATE transit.attempt
       SET parts_arrived = CASE WHEN $4::smallint = ANY(parts_arrived) THEN parts_arrived ELSE parts_arrived || $4::smallint END
       WHERE purge_hour = $1 AND message_ref = $2 AND attempt = $3::smallint RETURNING cardinality(parts_arrived) >= $5::int AS "isWhole"`,
      PartitionHours.of(ref),
      ref,
      attempt,
      part.number,
      part.count,
    );
    return rows[0]?.isWhole ?? false;
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
         transit.base64url(message_id) AS "messageId", EXISTS (
           SELECT FROM registry.contact c WHERE c.tenant_id = m.tenant_id AND c.id = m.contact_id AND c.unknown_since IS NOT NULL) AS "isContactUnknown"
       FROM transit.message m WHERE purge_hour = $1 AND id = $2`,
      PartitionHours.of(ref),
      ref,
    );
    return rows[0];
  }
}
