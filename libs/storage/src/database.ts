import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.js';

/** Values of one SQL statement. Batches travel as one JSON text, so a statement has few parameters however many rows it moves. */
export type SqlValue = string | number | boolean | bigint | Date | Uint8Array | null | readonly string[] | readonly number[];

/** Failures that PostgreSQL asks to be tried again: serialization failure and deadlock. */
const TRY_AGAIN = new Set(['40001', '40P01']);
const MAX_TRIES = 4;

/** One PostgreSQL database through one pool. Stores share it; nothing else in Causeway speaks SQL. */
export class Database {
  readonly prisma: PrismaClient;

  constructor(options: { readonly url: string; readonly maxConnections?: number }) {
    const adapter = new PrismaPg({ connectionString: options.url, max: options.maxConnections ?? 10 });
    this.prisma = new PrismaClient({ adapter, errorFormat: 'minimal' });
  }

  /** One statement, one round trip, one transaction. A statement PostgreSQL gave up on for a deadlock is tried again. */
  async query<Row>(sql: string, ...values: readonly SqlValue[]): Promise<Row[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.prisma.$queryRawUnsafe<Row[]>(sql, ...values);
      } catch (error) {
        if (tries >= MAX_TRIES || !TRY_AGAIN.has(sqlStateOf(error))) throw new DatabaseError(sqlStateOf(error));
      }
    }
  }

  async execute(sql: string): Promise<void> {
    await this.prisma.$executeRawUnsafe(sql);
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect();
  }
}

/** Carries the SQLSTATE and nothing else: messages of a database quote the values that offended it. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';

  constructor(readonly sqlState: string) {
    super(`database error ${sqlState}`);
  }
}

function sqlStateOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  const meta = 'meta' in error && typeof error.meta === 'object' && error.meta !== null ? error.meta : {};
  if ('code' in meta && typeof meta.code === 'string') return meta.code;
  if ('driverAdapterError' in meta) {
    const found = /"?(?:originalCode|code)"?:\s*"?([0-9A-Z]{5})/.exec(JSON.stringify(meta));
    if (found?.[1]) return found[1];
  }
  return 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
