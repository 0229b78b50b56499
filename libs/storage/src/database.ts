import { PrismaPg } from '@prisma/adapter-pg';
import { CausewayError } from '@causeway/message-model';
import pg from 'pg';
import { PrismaClient, type Prisma } from './generated/client.js';

/** Values of one SQL statement. Batches travel as one JSON text, so a statement has few parameters however many rows it moves. */
export type SqlValue =
  string | number | boolean | bigint | Date | Uint8Array | null | readonly string[] | readonly number[];

/** A transaction of several statements, for the few places where one statement cannot do. */
export type Transaction = Prisma.TransactionClient;

/** Failures that PostgreSQL asks to be tried again: serialization failure and deadlock. */
const TRY_AGAIN = new Set(['40001', '40P01']);
const MAX_TRIES = 4;
/** Waiting for a connection of the pool, milliseconds: a database that hangs must not hang every request with it. */
const CONNECT_WITHIN_MS = 5_000;
/**
 * Waiting for an answer, milliseconds. A connection whose other end vanished without a word never answers, and whoever waits for it would do
 * nothing else for as long as the process lives. Every statement of ours is done in a fraction of this.
 */
const ANSWER_WITHIN_MS = 10_000;

export interface DatabaseOptions {
  readonly url: string;
  readonly maxConnections?: number;
  /** Milliseconds until a statement without an answer counts as `unavailable`; 10 s unless a test says otherwise. */
  readonly answerWithinMs?: number;
}

const patience = ({ answerWithinMs = ANSWER_WITHIN_MS }: DatabaseOptions) => ({
  connectionTimeoutMillis: CONNECT_WITHIN_MS,
  query_timeout: answerWithinMs,
  keepAlive: true,
});

/** One PostgreSQL database through one pool. Stores share it; nothing else in Causeway speaks SQL. */
export class Database {
  readonly prisma: PrismaClient;

  constructor(private readonly options: DatabaseOptions) {
    const { url: connectionString, maxConnections: max = 10 } = options;
    const adapter = new PrismaPg({ connectionString, max, ...patience(options) });
    this.prisma = new PrismaClient({ adapter, errorFormat: 'minimal' });
  }

  /**
   * One statement, one round trip, one transaction. A statement PostgreSQL gave up on for a deadlock is tried again.
   * Throws `CausewayError('unavailable')` when the database is away (a retry helps, and the statement may have been
   * committed), `DatabaseError` otherwise.
   */
  query<Row>(sql: string, ...values: readonly SqlValue[]): Promise<Row[]> {
    return settled(() => this.prisma.$queryRawUnsafe<Row[]>(sql, ...values));
  }

  async execute(sql: string): Promise<void> {
    await settled(() => this.prisma.$executeRawUnsafe(sql));
  }

  /** `work` runs again, from its beginning, after a deadlock: it changes nothing but the database. Throws as `query` does. */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return settled(() => this.prisma.$transaction(work));
  }

  /** A connection of its own, for statements that need a session: settings, session locks, and what may not run in a transaction. */
  async session<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    const client = new pg.Client({ connectionString: this.options.url, ...patience(this.options) });
    // a connection that breaks between two statements is told by the next one
    client.on('error', () => undefined);
    await settled(() => client.connect());
    try {
      return await work(new Session(client));
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect();
  }
}

/** Statements on one connection, one after the other. */
export class Session {
  constructor(private readonly client: pg.Client) {}

  async query<Row extends object>(sql: string): Promise<Row[]> {
    const { rows } = await settled(() => this.client.query<Row>(sql));
    return rows;
  }
}

/** Carries the SQLSTATE and nothing else: messages of a database quote the values that offended it. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';

  constructor(readonly code: string) {
    super(`database error ${code}`);
  }
}

async function settled<Result>(act: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (thrown) {
      // what a transaction's own work refused
      if (thrown instanceof CausewayError || thrown instanceof DatabaseError) throw thrown;
      const code = codeOf(thrown);
      if (isAway(code)) throw new CausewayError('unavailable', { detail: 'The database does not answer' });
      if (tries >= MAX_TRIES || !TRY_AGAIN.has(code)) throw new DatabaseError(code);
    }
  }
}

/** Words of the driver for a database that cannot be reached or has no connection left, and the SQLSTATE classes for the same. */
const AWAY_WORDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'P2024',
  'P2028',
  'P2037',
  'no-answer',
]);
const isAway = (code: string): boolean => AWAY_WORDS.has(code) || /^(08|57P0|53300)/.test(code);

/** What the driver says of a statement that ran out of time, and all it says: there is no code. */
const NO_ANSWER = 'Query read timeout';

/** The SQLSTATE where there is one, else the driver's own word. */
function codeOf(thrown: unknown): string {
  if (member(thrown, 'message') === NO_ANSWER) return 'no-answer';
  const cause = member(member(member(thrown, 'meta'), 'driverAdapterError'), 'cause');
  const words = [member(cause, 'originalCode'), member(cause, 'kind'), member(thrown, 'code')];
  return words.find((word) => typeof word === 'string') ?? 'unknown';
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
