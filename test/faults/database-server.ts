import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedDatabase } from '@causeway/embedded-database';
import { SILENT_LOGGER } from '@causeway/platform';
import { DatabaseAccess } from '../support/database-access.js';

/** A PostgreSQL of the run's own, durable as an operator's is, whose processes can be killed and frozen. */
export class DatabaseServer {
  private constructor(
    private database: EmbeddedDatabase,
    private readonly options: { readonly folder: string; readonly port: number },
    private readonly dataFolder: string,
  ) {}

  static async start(options: { readonly folder: string; readonly port: number }): Promise<DatabaseServer> {
    const database = await EmbeddedDatabase.start({ ...options, log: SILENT_LOGGER });
    const access = await DatabaseAccess.open(database.url);
    const [place] = await access.rows('SHOW data_directory').finally(() => access.close());
    return new DatabaseServer(database, options, String(place?.['data_directory']));
  }

  get url(): string {
    return this.database.url;
  }

  /** `kill -9` of the server and every process of it, at once. */
  kill(): void {
    for (const pid of this.pids()) signal(pid, 'SIGKILL');
  }

  /** As an operator's service would: recovery from the log, on the same port. */
  async restart(): Promise<void> {
    await this.database.stop();
    this.database = await EmbeddedDatabase.start({ ...this.options, log: SILENT_LOGGER });
  }

  freeze(): void {
    for (const pid of this.pids()) signal(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.pids()) signal(pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.database.stop();
  }

  private pids(): readonly number[] {
    const [first = ''] = readFileSync(join(this.dataFolder, 'postmaster.pid'), 'utf8').split('\n');
    const postmaster = Number(first);
    return [postmaster, ...childrenOf(postmaster)];
  }
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0; // ended meanwhile
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (thrown) {
    // one that ended meanwhile is as wanted
    if (Reflect.get(Object(thrown), 'code') !== 'ESRCH') throw thrown;
  }
}
