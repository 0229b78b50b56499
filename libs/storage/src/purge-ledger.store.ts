import type { Bytes } from '@causeway/message-model';
import { DatabaseError, type Database } from './database.js';

export interface LedgerRow {
  readonly sequence: number;
  readonly entry: Bytes;
  readonly hash: Bytes;
  readonly signature: Bytes;
  readonly publicKey: Bytes;
}

/** Something that is gone and not yet in the ledger. */
export interface PurgeNote {
  readonly class: string;
  readonly keyId: string;
  readonly rows: number;
  readonly sizeBytes: number;
  readonly keyCheck: string | null;
  readonly droppedAt: Date | null;
  readonly destroyedAt: Date | null;
  readonly scan: string | null;
}

/** A key that is about to be destroyed, or was. */
export interface KeyNote {
  readonly track: string;
  readonly keyId: string;
  readonly keyCheck: string;
}

const ROW = 'sequence::int AS sequence, entry, hash, signature, public_key AS "publicKey"';
const NOTE = `class, key_id AS "keyId", row_count::float8 AS rows, byte_count::float8 AS "sizeBytes", key_check AS "keyCheck",
  dropped_at AS "droppedAt", destroyed_at AS "destroyedAt", scan`;
const UNIQUE_VIOLATION = '23505';

/** The ledger's rows, and the notes that become entries. Rows are added, never changed. */
export class PurgeLedgerStore {
  constructor(private readonly database: Database) {}

  async head(): Promise<LedgerRow | undefined> {
    const rows = await this.database.query<LedgerRow>(
      `SELECT ${ROW} FROM registry.purge_ledger ORDER BY sequence DESC LIMIT 1`,
    );
    return rows[0];
  }

  /** In order, after `sequence`. */
  async after(sequence: number, limit: number): Promise<readonly LedgerRow[]> {
    return this.database.query<LedgerRow>(
      `SELECT ${ROW} FROM registry.purge_ledger WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
      sequence,
      limit,
    );
  }

  /** What is gone and waits for its entry, in the order in which it went. */
  async due(limit: number): Promise<readonly PurgeNote[]> {
    return this.database.query<PurgeNote>(
      `SELECT ${NOTE} FROM registry.purge_note WHERE dropped_at IS NOT NULL OR destroyed_at IS NOT NULL
       ORDER BY coalesce(dropped_at, destroyed_at), class, key_id LIMIT $1`,
      limit,
    );
  }

  /** Adds the entry and forgets its note, both or neither. False when somebody else was faster: read the head again. */
  async append(row: LedgerRow, note: Pick<PurgeNote, 'class' | 'keyId'>): Promise<boolean> {
    try {
      const rows = await this.database.query(
        `WITH taken AS (DELETE FROM registry.purge_note WHERE class = $1 AND key_id = $2 RETURNING 1)
         INSERT INTO registry.purge_ledger (sequence, entry, hash, signature, public_key)
         SELECT $3::int, $4, $5, $6, $7 FROM taken RETURNING 1`,
        note.class,
        note.keyId,
        row.sequence,
        row.entry,
        row.hash,
        row.signature,
        row.publicKey,
      );
      return rows.length === 1;
    } catch (thrown) {
      if (thrown instanceof DatabaseError && thrown.code === UNIQUE_VIOLATION) return false;
      throw thrown;
    }
  }

  /** Something else that everyone may see: an entry follows. Noting it again changes nothing. */
  async note({
    class: name,
    keyId,
    at,
  }: {
    readonly class: string;
    readonly keyId: string;
    readonly at: Date;
  }): Promise<void> {
    await this.database.query(
      `INSERT INTO registry.purge_note (class, key_id, row_count, byte_count, noted_at, dropped_at) VALUES ($1, $2, 1, 0, $3, $3)
       ON CONFLICT DO NOTHING RETURNING 1`,
      name,
      keyId,
      at,
    );
  }

  /** Before keys go: what was noted is not lost by a crash in between. */
  async noteKeys(keys: readonly KeyNote[], now: Date): Promise<void> {
    await this.database.query(
      `INSERT INTO registry.purge_note (class, key_id, row_count, byte_count, key_check, noted_at)
       SELECT 'key-' || k.track, k."keyId", 1, 0, k."keyCheck", $2 FROM jsonb_to_recordset($1::jsonb) AS k(track text, "keyId" text, "keyCheck" text)
       ON CONFLICT DO NOTHING RETURNING 1`,
      JSON.stringify(keys),
      now,
    );
  }

  /** Every noted key that is not among the living is gone. */
  async markDestroyed(living: readonly string[], now: Date): Promise<void> {
    await this.database.query(
      `UPDATE registry.purge_note SET destroyed_at = $2 WHERE class LIKE 'key-%' AND destroyed_at IS NULL AND NOT (key_id = ANY($1)) RETURNING 1`,
      living,
      now,
    );
  }
}
