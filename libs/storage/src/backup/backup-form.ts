import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { StartupProblem } from '@causeway/platform';
import { z } from 'zod';

/** Tables of the registry that a backup leaves out, each with the reason; everything else of the registry is in it. */
export const NOT_BACKED_UP: Readonly<Record<string, string>> = {
  one_time_key: 'handed out once: restored it would be handed out again. Devices upload new ones by themselves',
  invite: 'used once: restored it could be used again. Make new ones',
  cell: 'the database it is restored into has a region of its own, which must be the same',
  number_key_wish: 'an order to the edge, obeyed within a minute',
  held_message: 'copies of metadata that leave with their hold',
};

/** The first line of a backup. */
export const backupHeader = z.object({
  format: z.literal('causeway-registry-backup-v1'),
  takenAt: z.iso.datetime(),
  region: z.string(),
  migrations: z.array(z.string()),
});
export type BackupHeader = z.infer<typeof backupHeader>;

const row = z.tuple([z.string(), z.record(z.string(), z.unknown())]);
const trailer = z.object({ rows: z.int(), sha256: z.string() });

/** A row of a table of the registry, by column. */
export type BackupRow = z.infer<typeof row>;

export interface Backup {
  readonly header: BackupHeader;
  readonly rows: readonly BackupRow[];
}

/** Reads a backup and checks that it is whole. Throws `StartupProblem` when it is none or was damaged. */
export async function readBackup(path: string): Promise<Backup> {
  try {
    const lines: string[] = [];
    const stream = createReadStream(path).pipe(createGunzip());
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) lines.push(line);
    const [first = '', last = ''] = [lines[0], lines.at(-1)];
    const header = backupHeader.parse(JSON.parse(first));
    const end = trailer.parse(JSON.parse(last));
    const body = lines.slice(1, -1);
    if (body.length !== end.rows || digestOf([first, ...body]) !== end.sha256) throw new Error('it is not whole');
    return { header, rows: body.map((line) => row.parse(JSON.parse(line))) };
  } catch (cause) {
    throw new StartupProblem(`${path} is no backup of a registry, or was damaged.`, 'Take another one.', { cause });
  }
}

export function digestOf(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('hex');
}
