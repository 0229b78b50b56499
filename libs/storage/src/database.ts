import { PrismaPg } from '@prisma/adapter-pg';
import { CausewayError } from '@causeway/message-model';
import pg from 'pg';
import { COLUMN_TYPES } from './column-types.js';
import { PrismaClient, type Prisma } from './generated/client.js';
import { Statements, type PartitionHours } from './statements.js';

/** Values of one SQL statement. Batches travel as one JSON text, so a statement has few parameters however many rows it moves. */
export type SqlValue =
  | string
  | number
  | boolean
  | bigint
  | Date
  | Uint8Array
  | null
  | readonly string[]
  | readonly number[]
  | PartitionHours;

/** A transaction of several statements, for the few places where one statement cannot do. */
export type Transaction = Prisma.TransactionClient;

/** Failures that PostgreSQL asks to be tried again: serialization failure and deadlock. */
const TRY_AGAIN = new Set(['40001', '40P01']);
const MAX_TRIES = 4;
/** Waiting for a connection of the pool, milliseconds: a database that hangs must not hang every request with it. */
const CONNECT_WITHIN_MS = 5_000;
/** Connections are renewed, and with them go the plans of statements that name an hour which is past. */
const RENEW_CONNECTIONS_S = 3_600;
/**
 * A plan is made once per statement and connection, for any values, perhaps while its tables are empty: it may not rest on their size, so
 * there is no reading a table from end to end where an index is. Compiling a plan takes longer than running it.
 */
const SESSION_OPTIONS = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off';
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
  private readonly pool: pg.Pool;
  private readonly statements = new Statements({
    forgetAfterMs: RENEW_CONNECTIONS_S * 1000,
    nowMs: () => performance.now(),
  });

  constructor(private readonly options: DatabaseOptions) {
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.maxConnections ?? 10,
      maxLifetimeSeconds: RENEW_CONNECTIONS_S,
      options: SESSION_OPTIONS,
      types: COLUMN_TYPES,
      ...patience(options),
    });
    // an idle connection that breaks is replaced when the next statement asks for one
    this.pool.on('error', () => undefined);
    this.prisma = new PrismaClient({ adapter: new PrismaPg(this.pool), errorFormat: 'minimal' });
  }

  /**
   * One statement, one round trip, one transaction; parsed and planned once per connection, so its text must be one of few: partitions are
   * named with {@link PartitionHours}. A statement PostgreSQL gave up on for a deadlock is tried again. Throws
   * `CausewayError('unavailable')` when the database is away (a retry helps, and the statement may have been committed), `DatabaseError`
   * otherwise.
   */
  async query<Row>(sql: string, ...values: readonly SqlValue[]): Promise<Row[]> {
    const { name, text, values: parameters } = this.statements.prepare(sql, values);
    const statement = { ...(name !== undefined && { name }), text, values: [...parameters] };
    const { rows } = await settled(() => this.pool.query<Row & pg.QueryResultRow>(statement));
    return rows;
  }

  async execute(sql: string): Promise<void> {
    await settled(() => this.pool.query(sql));
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
    await this.pool.end();
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

/** Words for a database that cannot be reached or has no connection left, and the SQLSTATE classes for the same. */
const AWAY_WORDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'P2024',
  'P2028',
  'P2037',
  'no-answer',
]);
const isAway = (code: string): boolean => AWAY_WORDS.has(code) || /^(08|57P0|53300)/.test(code);

/** What the driver says of a connection it lost or could not get in time: plain errors that carry no code. */
const LOST_CONNECTION =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;
/** What the driver says of a statement that ran out of time, and all it says: there is no code. */
const NO_ANSWER = 'Query read timeout';

/** The SQLSTATE where there is one, else the driver's own word. */
function codeOf(thrown: unknown): string {
  if (member(thrown, 'message') === NO_ANSWER) return 'no-answer';
  const cause = member(member(member(thrown, 'meta'), 'driverAdapterError'), 'cause');
  const words = [member(cause, 'originalCode'), member(cause, 'kind'), member(thrown, 'code')];
  const word = words.find((candidate) => typeof candidate === 'string');
  if (typeof word === 'string') return word;
  return thrown instanceof Error && LOST_CONNECTION.test(thrown.message) ? 'ConnectionClosed' : 'unknown';
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
