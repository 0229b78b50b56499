import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseFolder } from './database-folder.js';
import { giveTo } from './server-user.js';

export interface ServerChoices {
  readonly port: number;
  /** `false` only for tests: a crash of the machine then loses what was committed. */
  readonly isDurable: boolean;
}

/** The whole of postgresql.conf: what is not here has PostgreSQL's own default. */
const settingsFor = ({ port, isDurable }: ServerChoices): Readonly<Record<string, string | number | boolean>> => ({
  listen_addresses: '127.0.0.1',
  port,
  // one way in, with a password: a socket file would be a second
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: 100,
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',

  fsync: isDurable,
  synchronous_commit: isDurable,
  full_page_writes: isDurable,
  // no replicas here; less of every row in the log, and no old segments kept to be written over
  wal_level: 'minimal',
  max_wal_senders: 0,
  wal_recycle: false,
  // to fill each new segment with zeros would hold up every commit for that long, once for every 16 MB of log
  wal_init_zero: false,
  max_wal_size: '256MB',
  min_wal_size: '32MB',

  // statements, parameters and the DETAIL of a failed constraint carry rows: none of them enters the log
  log_statement: 'none',
  log_min_error_statement: 'panic',
  log_min_duration_statement: -1,
  log_error_verbosity: 'terse',
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  // above `error`: the first line of an error quotes the value it could not read
  log_min_messages: 'log',
  log_checkpoints: false,
  log_line_prefix: '%m [%p] ',
});

export async function writeServerSettings(folder: DatabaseFolder, choices: ServerChoices): Promise<void> {
  const file = join(folder.dataFolder, 'postgresql.conf');
  const lines = Object.entries(settingsFor(choices)).map(([name, value]) => `${name} = ${asText(value)}`);
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  await giveTo(file, folder.user);
}

function asText(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
