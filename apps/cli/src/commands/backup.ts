import { resolve } from 'node:path';
import { loadConfig, StartupProblem, SYSTEM_CLOCK } from '@causeway/platform';
import { NOT_BACKED_UP, writeBackup } from '@causeway/storage';
import type { Invocation } from '../command.js';
import { withDatabase } from '../embedded/with-database.js';
import { Terminal } from '../terminal.js';

/** `causeway backup`: the registry as it is at one moment, while everything runs. */
export async function backup(invocation: Invocation): Promise<void> {
  const to = invocation.option('to');
  if (to === undefined) throw new StartupProblem('Where to?', 'causeway backup --to <file>');
  const path = resolve(to);
  const config = loadConfig(invocation.env);
  const { header, rowsOf, sizeBytes } = await withDatabase(config, { isShared: true }, (url) =>
    writeBackup({ url, path, now: SYSTEM_CLOCK.now() }),
  );
  const terminal = new Terminal();
  terminal.row('backup', `${path} (${sizeBytes} bytes, mode 600)`);
  terminal.row('taken', header.takenAt);
  for (const [table, rows] of rowsOf) if (rows > 0) terminal.row(table, `${rows} rows`);
  for (const [table, reason] of Object.entries(NOT_BACKED_UP)) terminal.row('not in it', `${table}: ${reason}`);
  terminal.row('not in it', 'keys of the edge: keep the key folder by itself, or its numbers stay sealed for good');
  terminal.row(
    'good for',
    `${config.backupDays} days; a restore also needs tombstones.jsonl of a worker's data folder`,
  );
}
