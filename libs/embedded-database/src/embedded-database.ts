import { StartupProblem, SYSTEM_CLOCK, type Logger } from '@causeway/platform';
import pg from 'pg';
import { findBinaries } from './binaries.js';
import { SUPERUSER, hasDatabase, openDatabaseFolder, type DatabaseFolder } from './database-folder.js';
import { FolderOwner } from './folder-owner.js';
import { freePort, isFree } from './free-port.js';
import { Postmaster } from './postmaster.js';
import { writeServerSettings } from './server-settings.js';
import { keepServerLogShort } from './server-log.js';
import { serverUser } from './server-user.js';

export interface EmbeddedDatabaseOptions {
  /** Where the database lives; made when it is not there. Nothing else may be in it. */
  readonly folder: string;
  /** On the loopback address. A free one is chosen when it is absent or 0. */
  readonly port?: number;
  readonly log: Logger;
  /** `false` only for tests: faster, and lost when the machine stops. */
  readonly isDurable?: boolean;
}

const DATABASE = 'causeway';

/**
 * A real PostgreSQL from npm, so that Causeway needs nothing installed but Node. UTF-8, C collation, reached over the loopback
 * address with a generated password, and writing no row, statement or parameter into its log.
 */
export class EmbeddedDatabase {
  private constructor(
    /** `postgres://` with the password in it: hand it to drivers, never to a log. */
    readonly url: string,
    private readonly postmaster: Postmaster,
    private readonly owner: FolderOwner,
    private readonly log: Logger,
    private readonly stopLooking: () => void,
  ) {}

  /**
   * Makes the database on the first start; takes over a server that outlived a killed process; starts one otherwise.
   * Throws `StartupProblem` when the port is taken, the folder is of something else, of another version, or in use.
   */
  static async start(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
    const user = await serverUser();
    const binaries = await findBinaries(user);
    const folder = await openDatabaseFolder(options.folder, binaries, user);
    const owner = await FolderOwner.take(folder.path);
    const postmaster = new Postmaster(folder, binaries);
    try {
      const port = await startOrAdopt(postmaster, folder, options);
      await makeDatabase(urlOf(folder, port, 'postgres'));
      const stopLooking = keepServerLogShort(folder.serverLog, {
        clock: SYSTEM_CLOCK,
        failed: () => options.log.warn('database.log-not-shortened'),
      });
      return new EmbeddedDatabase(urlOf(folder, port, DATABASE), postmaster, owner, options.log, stopLooking);
    } catch (problem) {
      // one that started and cannot be used, or was too slow to say so
      if ((await postmaster.runningPort()) !== undefined) await postmaster.stop();
      await owner.release();
      throw problem;
    }
  }

  /** Where the server of a folder answers that another process of ours runs; `undefined` when none does. Starts and makes nothing. */
  static async runningUrl(path: string): Promise<string | undefined> {
    if (!(await hasDatabase(path))) return undefined;
    const user = await serverUser();
    const binaries = await findBinaries(user);
    const folder = await openDatabaseFolder(path, binaries, user);
    const port = await new Postmaster(folder, binaries).runningPort();
    return port === undefined ? undefined : urlOf(folder, port, DATABASE);
  }

  /** Stops the server and waits for it. Close the pools first: connections that are still open get five seconds. */
  async stop(): Promise<void> {
    this.stopLooking();
    const wasDrained = await this.postmaster.stop();
    await this.owner.release();
    if (!wasDrained) this.log.warn('database.stopped-with-open-connections');
  }
}

async function startOrAdopt(
  postmaster: Postmaster,
  folder: DatabaseFolder,
  options: EmbeddedDatabaseOptions,
): Promise<number> {
  const wanted = options.port ?? 0;
  const running = await postmaster.runningPort();
  if (running !== undefined && (wanted === 0 || wanted === running)) {
    options.log.info('database.adopted', { port: running });
    return running;
  }
  if (running !== undefined) await postmaster.stop();
  if (wanted !== 0 && !(await isFree(wanted))) {
    throw new StartupProblem(
      `Port ${wanted} of this machine is taken.`,
      'Set CAUSEWAY_DATABASE_PORT to another one, or to 0.',
    );
  }
  const port = wanted === 0 ? await freePort() : wanted;
  await writeServerSettings(folder, { port, isDurable: options.isDurable ?? true });
  await postmaster.start();
  options.log.info('database.started', { port });
  return port;
}

async function makeDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

const urlOf = (folder: DatabaseFolder, port: number, database: string): string =>
  `postgres://${SUPERUSER}:${folder.password}@127.0.0.1:${port}/${database}`;
