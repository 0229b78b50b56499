import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartupProblem } from '@causeway/platform';
import { z } from 'zod';
import { readTombstoneHeads, type TombstoneHead, type TombstoneHeads } from './tombstone-heads.js';
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
  /** The random name of the writer that began it. */
  readonly id: string;
  /** Whether it goes as far as was remembered beside it; `unknown` where nothing was, as of a copy. */
  readonly end: 'whole' | 'unknown';
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

/** What became of a file. */
export type TombstoneReading =
  | { readonly kind: 'sound'; readonly file: TombstoneFile }
  | { readonly kind: 'absent' }
  /** It is something else, or a line of it was changed, dropped or moved. */
  | { readonly kind: 'unreadable'; readonly cause: unknown }
  /** So many lines are missing at its end that were on the disk. */
  | { readonly kind: 'cut-short'; readonly missing: number; readonly database: string };

/**
 * Lines of one writer, each with a digest over itself and the line before: a line that was changed, dropped or moved is found. A cut end
 * shows by the head, which is remembered beside the file.
 */
export class TombstoneLines {
  #chain = '';
  #count = 0;

  /** `writer` is random, so that two processes may add to one file. */
  constructor(readonly writer: string) {}

  /** How far it has come. */
  get head(): TombstoneHead {
    return { lines: this.#count, digest: this.#chain };
  }

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
    this.#count += 1;
    return `${JSON.stringify([this.writer, this.#chain, said])}\n`;
  }
}

/** `undefined` when there is no such file; throws `StartupProblem` when it is something else, was changed, or is cut short. */
export async function readTombstoneFile(path: string): Promise<TombstoneFile | undefined> {
  const reading = await examineTombstoneFile(path);
  switch (reading.kind) {
    case 'sound':
      return reading.file;
    case 'absent':
      return undefined;
    case 'unreadable':
      throw new StartupProblem(
        `${path} cannot be read as a list of what was taken back, or was changed.`,
        'Restore it, or move it away.',
        { cause: reading.cause },
      );
    case 'cut-short':
      throw new StartupProblem(
        `${path} is cut short: ${reading.missing} lines at its end are missing that were there.`,
        'Take a newer copy. To go without them, copy it to another folder and name it with --tombstones.',
      );
  }
}

/** Reads a file and holds it against the heads that are remembered beside it. */
export async function examineTombstoneFile(path: string): Promise<TombstoneReading> {
  // before the file: what is added meanwhile is more than was remembered
  const remembered = Object.values(await readTombstoneHeads(dirname(path)));
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return { kind: 'absent' };
  try {
    return readLines(text, remembered);
  } catch (cause) {
    return { kind: 'unreadable', cause };
  }
}

/** What follows the last end of a line was being written when the process died: nobody was told that it is there. */
function readLines(text: string, remembered: readonly TombstoneHeads[]): TombstoneReading {
  const whole = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((each) => each !== '');
  const writers = new Map<string, TombstoneHead>();
  const graves = new Map<string, TombstoneRow>();
  let heads: TombstoneHeads | undefined;
  let first: { readonly id: string; readonly beganAt: string; readonly database: string } | undefined;
  let writtenAt = '';
  for (const each of whole) {
    const [writer, digest, raw] = line.parse(JSON.parse(each));
    const before = writers.get(writer);
    const said = entry.parse(raw);
    if (digestOf(before?.digest ?? '', raw) !== digest || (before === undefined) !== 'format' in said)
      throw new Error('a line does not follow from the one before');
    const head = { lines: (before?.lines ?? 0) + 1, digest };
    writers.set(writer, head);
    if (!first) heads = remembered.find(({ id }) => id === writer);
    if ('format' in said) first ??= { id: writer, ...said };
    else if ('buried' in said) graves.set(graveOf(said.buried), newer(graves.get(graveOf(said.buried)), said.buried));
    else graves.delete(said.lifted.join(' '));
    const known = heads?.writers[writer];
    if (known?.lines === head.lines && known.digest !== digest) throw new Error('a line is not the one that was there');
    writtenAt = 'notedAt' in said ? said.notedAt : said.beganAt;
  }
  if (!first) throw new Error('it has no beginning');
  const { id, beganAt, database } = first;
  const missing = missingOf(writers, heads);
  if (missing > 0) return { kind: 'cut-short', missing, database };
  const tombstones = [...graves.values()];
  const end = heads ? 'whole' : 'unknown';
  return { kind: 'sound', file: { id, end, writtenAt, beganAt, database, tombstones, lineCount: whole.length } };
}

function missingOf(there: ReadonlyMap<string, TombstoneHead>, heads: TombstoneHeads | undefined): number {
  let missing = 0;
  for (const [writer, { lines }] of Object.entries(heads?.writers ?? {}))
    missing += Math.max(0, lines - (there.get(writer)?.lines ?? 0));
  return missing;
}

const newer = (known: TombstoneRow | undefined, row: TombstoneRow): TombstoneRow =>
  known && known.at > row.at ? known : row;

const digestOf = (before: string, said: unknown): string =>
  createHash('sha256')
    .update(`${before}\n${JSON.stringify(said)}`)
    .digest('base64url');
