import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { StartupProblem } from '@causeway/platform';
import { z } from 'zod';
import { tombstoneRow, type TombstoneRow } from './tombstones.js';

const FORMAT = 'causeway-tombstones-v2';

/** What one line of the file says: that a writer began, that something was taken back, or that it may live again or is past its time. */
const entry = z.union([
  z.object({ format: z.literal(FORMAT), database: z.string(), beganAt: z.iso.datetime() }),
  z.object({ buried: tombstoneRow, notedAt: z.iso.datetime() }),
  z.object({ lifted: z.tuple([z.string(), z.string()]), notedAt: z.iso.datetime() }),
]);
type Entry = z.infer<typeof entry>;
const line = z.tuple([z.string(), z.string(), z.unknown()]);

/** What the file says as a whole. */
export interface TombstoneFile {
  /** When it was last written to. */
  readonly writtenAt: string;
  /** When it was last written anew; every line since was added. */
  readonly beganAt: string;
  /** Of which database, see `TombstoneStore.database`. */
  readonly database: string;
  readonly tombstones: readonly TombstoneRow[];
  readonly lineCount: number;
}

/** Names one tombstone. */
export const graveOf = ({ table_name, key }: Pick<TombstoneRow, 'table_name' | 'key'>): string =>
  `${table_name} ${key}`;

/**
 * Lines of one writer, each with a digest over itself and the line before: a line that was changed, dropped or moved is found. A cut end is
 * not, as of any file.
 */
export class TombstoneLines {
  #chain = '';

  /** `writer` is random, so that two processes may add to one file. */
  constructor(private readonly writer: string) {}

  begin(database: string, now: Date): string {
    return this.#next({ format: FORMAT, database, beganAt: now.toISOString() });
  }

  buried(row: TombstoneRow, now: Date): string {
    return this.#next({ buried: row, notedAt: now.toISOString() });
  }

  lifted({ table_name, key }: Pick<TombstoneRow, 'table_name' | 'key'>, now: Date): string {
    return this.#next({ lifted: [table_name, key], notedAt: now.toISOString() });
  }

  #next(said: Entry): string {
    this.#chain = digestOf(this.#chain, said);
    return `${JSON.stringify([this.writer, this.#chain, said])}\n`;
  }
}

/** `undefined` when there is no such file; throws `StartupProblem` when it is something else, or was changed. */
export async function readTombstoneFile(path: string): Promise<TombstoneFile | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return readLines(text);
  } catch (cause) {
    throw new StartupProblem(
      `${path} cannot be read as a list of what was taken back, or was changed.`,
      'Restore it, or move it away.',
      { cause },
    );
  }
}

/** What follows the last end of a line was being written when the process died: nobody was told that it is there. */
function readLines(text: string): TombstoneFile {
  const whole = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((each) => each !== '');
  const chains = new Map<string, string>();
  const graves = new Map<string, TombstoneRow>();
  let first: { readonly beganAt: string; readonly database: string } | undefined;
  let writtenAt = '';
  for (const each of whole) {
    const [writer, digest, raw] = line.parse(JSON.parse(each));
    const before = chains.get(writer);
    const said = entry.parse(raw);
    if (digestOf(before ?? '', raw) !== digest || (before === undefined) !== 'format' in said)
      throw new Error('a line does not follow from the one before');
    chains.set(writer, digest);
    if ('format' in said) first ??= said;
    else if ('buried' in said) graves.set(graveOf(said.buried), newer(graves.get(graveOf(said.buried)), said.buried));
    else graves.delete(said.lifted.join(' '));
    writtenAt = 'notedAt' in said ? said.notedAt : said.beganAt;
  }
  if (!first) throw new Error('it has no beginning');
  const { beganAt, database } = first;
  return { writtenAt, beganAt, database, tombstones: [...graves.values()], lineCount: whole.length };
}

const newer = (known: TombstoneRow | undefined, row: TombstoneRow): TombstoneRow =>
  known && known.at > row.at ? known : row;

const digestOf = (before: string, said: unknown): string =>
  createHash('sha256')
    .update(`${before}\n${JSON.stringify(said)}`)
    .digest('base64url');
