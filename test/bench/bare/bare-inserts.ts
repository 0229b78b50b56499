import { randomBytes } from 'node:crypto';
import pg from 'pg';

const CONNECTIONS = 16;
const BATCH = 100;
const BATCHES_UNDER_WAY = 2;
/** About what a sealed box is. */
const ROW_BYTES = 350;

/** Rows committed one by one, and by the hundred, into a table with nothing but its key. */
export class BareInserts {
  private constructor(private readonly pool: pg.Pool) {}

  static async open(databaseUrl: string): Promise<BareInserts> {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
    await pool.query('CREATE TABLE IF NOT EXISTS bare_row (id uuid PRIMARY KEY, body bytea NOT NULL)');
    return new BareInserts(pool);
  }

  singly(forMs: number): Promise<number> {
    const body = randomBytes(ROW_BYTES);
    return this.repeat(forMs, CONNECTIONS, 1, () =>
      this.pool.query('INSERT INTO bare_row VALUES (gen_random_uuid(), $1)', [body]),
    );
  }

  inBatches(forMs: number): Promise<number> {
    const bodies = Array.from({ length: BATCH }, () => randomBytes(ROW_BYTES));
    return this.repeat(forMs, BATCHES_UNDER_WAY, BATCH, () =>
      this.pool.query('INSERT INTO bare_row SELECT gen_random_uuid(), body FROM unnest($1::bytea[]) AS t(body)', [
        bodies,
      ]),
    );
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async repeat(forMs: number, atOnce: number, rows: number, act: () => Promise<unknown>): Promise<number> {
    const endMs = performance.now() + forMs;
    const one = async (): Promise<number> => {
      let inserted = 0;
      for (; performance.now() < endMs; inserted += rows) await act();
      return inserted;
    };
    const each = await Promise.all(Array.from({ length: atOnce }, one));
    return each.reduce((total, inserted) => total + inserted, 0);
  }
}
