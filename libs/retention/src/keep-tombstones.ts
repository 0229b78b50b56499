import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@causeway/platform';
import type { Events } from '@causeway/platform/server';
import {
  examineTombstoneFile,
  graveOf,
  rememberTombstoneHead,
  renameTombstoneHeads,
  TombstoneLines,
  type TombstoneFile,
  type TombstoneReading,
  type TombstoneRow,
  type TombstoneStore,
} from '@causeway/storage';

const DAY_MS = 24 * 3_600_000;
/** A transaction that took long to commit brings rows that are older than ones already written. */
const OVERLAP_MS = 5 * 60_000;
/** So many lines without meaning are carried along before the file is written anew. */
const SPARE_LINES = 1_000;

/** Name of the file in the data folder. */
const TOMBSTONES_FILE = 'tombstones.jsonl';
/** What one becomes whose database was lost, or of which a person may still read something; a restore reads the first kind. */
const SET_ASIDE = /^tombstones-\d+(\.damaged)?\.jsonl$/;
const READ_BY_RESTORE = /^tombstones(-\d+)?\.jsonl$/;

/** Files of a data folder that say what was taken back: the one that is kept, and those of databases that were there before. */
export async function tombstoneFilesOf(dataFolder: string): Promise<readonly string[]> {
  const names = await readdir(dataFolder).catch(() => []);
  return names.filter((name) => READ_BY_RESTORE.test(name)).map((name) => join(dataFolder, name));
}

/** What this process knows to be in the file. */
interface Kept {
  /** Tells the file at the path from another one that took its place. */
  readonly inode: number;
  /** See `TombstoneFile.id`. */
  readonly fileId: string;
  /** It never has fewer bytes than this: lines are only added. */
  sizeBytes: number;
  readonly lines: TombstoneLines;
  readonly beganAtMs: number;
  /** Grave -> since when. */
  readonly graves: Map<string, Pick<TombstoneRow, 'table_name' | 'key' | 'at'>>;
  lineCount: number;
}

/**
 * Keeps a copy of what was taken back beside the database, so that the loss of the database does not bring it back to life: a restored backup
 * is corrected with it. Each change is a line added to the file, down to the disk. Once a day, or when it has grown beyond twice what it says,
 * it is written anew without what was lifted or is older than any backup that may be restored. Several processes may keep one file. How far
 * each has come is remembered beside it, so that an end that was cut off is missed. The file of another database is set aside, not written
 * over: it may be all that is known when that database was lost. So is one that is damaged, and what the database knows is written anew.
 */
export class KeepTombstones {
  #kept: Kept | undefined;
  #written: string | undefined;
  #seenTo: Date | undefined;

  constructor(
    private readonly tombstones: TombstoneStore,
    private readonly clock: Clock,
    private readonly events: Pick<Events, 'tombstonesSetAside'>,
    private readonly config: { readonly dataFolder: string; readonly backupDays: number },
  ) {}

  async execute(): Promise<void> {
    await this.tombstones.forgetBefore(new Date(this.clock.nowMs() - this.config.backupDays * DAY_MS));
    const { count, revision } = await this.tombstones.revision();
    const there = await this.#stillThere();
    if (there && revision === this.#written && !this.#isWorn(there)) return;
    const kept = there ?? (await this.#join());
    this.#kept = kept;
    const isCaughtUp = this.#seenTo !== undefined && (await this.#addNews(kept, count));
    if (!isCaughtUp || this.#isWorn(kept)) await this.#addAll(kept);
    this.#written = revision;
  }

  /** Undefined when another file took its place, or it is shorter than it was. */
  async #stillThere(): Promise<Kept | undefined> {
    const found = await placeOf(this.#path);
    if (!this.#kept || this.#kept.inode !== found?.inode || found.sizeBytes < this.#kept.sizeBytes) return undefined;
    this.#kept.sizeBytes = found.sizeBytes;
    return this.#kept;
  }

  get #path(): string {
    return join(this.config.dataFolder, TOMBSTONES_FILE);
  }

  /** False when something was lifted meanwhile, which only a look at all of them tells. */
  async #addNews(kept: Kept, count: number): Promise<boolean> {
    const since = new Date((this.#seenTo?.getTime() ?? 0) - OVERLAP_MS);
    const rows = await this.tombstones.changedSince(since);
    await this.#add(kept, { buried: rows, lifted: [] });
    return kept.graves.size === count;
  }

  async #addAll(kept: Kept): Promise<void> {
    const rows = await this.tombstones.all();
    if (this.#isWorn(kept)) {
      this.#kept = await this.#writeAnew(rows);
      return;
    }
    const there = new Set(rows.map(graveOf));
    const lifted = [...kept.graves.values()].filter((grave) => !there.has(graveOf(grave)));
    await this.#add(kept, { buried: rows, lifted });
  }

  async #add(kept: Kept, news: { buried: readonly TombstoneRow[]; lifted: readonly Grave[] }): Promise<void> {
    const now = this.clock.now();
    const buried = news.buried.filter((row) => kept.graves.get(graveOf(row))?.at !== row.at);
    const added = [
      ...news.lifted.map((grave) => kept.lines.lifted(grave, now)),
      ...buried.map((row) => kept.lines.buried(row, now)),
    ];
    if (added.length > 0) {
      kept.sizeBytes += await appendDurably(this.#path, added.join(''));
      await this.#remember(kept);
    }
    for (const grave of news.lifted) kept.graves.delete(graveOf(grave));
    for (const { table_name, key, at } of buried)
      kept.graves.set(graveOf({ table_name, key }), { table_name, key, at });
    kept.lineCount += added.length;
    for (const { at } of buried) this.#seenTo = later(this.#seenTo, new Date(at));
  }

  /** The file as it is, to which this process adds lines of its own; written anew when there is none, or none that can be read. */
  async #join(): Promise<Kept> {
    this.#seenTo = undefined;
    const found = await placeOf(this.#path);
    const reading = await examineTombstoneFile(this.#path);
    const database = await this.tombstones.database();
    const isOurs = databaseOf(reading) === database;
    if (reading.kind !== 'absent' && !isOurs)
      await this.#setAside(reading.kind === 'sound' ? 'another-database' : reading.kind);
    else if (reading.kind === 'cut-short') await this.#setAside('cut-short', '.damaged');
    else if (reading.kind === 'sound' && found && (await endsWithLine(this.#path))) {
      const lines = newLines();
      const began = await appendDurably(this.#path, lines.begin(database, this.clock.now()));
      const kept = { ...found, sizeBytes: found.sizeBytes + began, lines, ...keptOf(reading.file) };
      await this.#remember(kept);
      return kept;
    }
    // also in place of one with an end that was being written when a process died: it would spoil the line that is added to it
    return this.#writeAnew(await this.tombstones.all());
  }

  /** Once its lines are on the disk. */
  async #remember({ fileId, lines: { writer, head } }: Kept): Promise<void> {
    await rememberTombstoneHead(this.config.dataFolder, { name: TOMBSTONES_FILE, fileId, writer, head });
  }

  /** Under a name that a restore reads, and stops at when it is damaged, unless the database still knows all that was in it. */
  async #setAside(reason: 'another-database' | 'unreadable' | 'cut-short', mark = ''): Promise<void> {
    const name = `tombstones-${this.clock.nowMs()}${mark}.jsonl`;
    await rename(this.#path, join(this.config.dataFolder, name));
    await renameTombstoneHeads(this.config.dataFolder, TOMBSTONES_FILE, name);
    this.events.tombstonesSetAside({ reason });
  }

  /** As old as a backup that nobody may restore any more. */
  async #forgetSetAside(): Promise<void> {
    const before = this.clock.nowMs() - this.config.backupDays * DAY_MS;
    for (const name of (await readdir(this.config.dataFolder)).filter((each) => SET_ASIDE.test(each)))
      if (Number(/\d+/.exec(name)?.[0]) < before) await rm(join(this.config.dataFolder, name));
  }

  async #writeAnew(rows: readonly TombstoneRow[]): Promise<Kept> {
    await this.#forgetSetAside();
    const now = this.clock.now();
    const lines = newLines();
    const begin = lines.begin(await this.tombstones.database(), now);
    const text = [begin, ...rows.map((row) => lines.buried(row, now))].join('');
    const draft = `${this.#path}.${process.pid}.draft`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    const { ino: inode, size: sizeBytes } = await stat(draft);
    await rename(draft, this.#path);
    for (const { at } of rows) this.#seenTo = later(this.#seenTo, new Date(at));
    const graves = new Map(
      rows.map(({ table_name, key, at }) => [graveOf({ table_name, key }), { table_name, key, at }]),
    );
    const beganAtMs = now.getTime();
    const kept = { inode, fileId: lines.writer, sizeBytes, lines, beganAtMs, graves, lineCount: rows.length + 1 };
    await this.#remember(kept);
    return kept;
  }

  /** What was lifted or is past stays in the file until it is written anew: a day at most. */
  #isWorn({ graves, lineCount, beganAtMs }: Kept): boolean {
    const spare = lineCount - graves.size - 1;
    return spare > graves.size + SPARE_LINES || (spare > 0 && this.clock.nowMs() - beganAtMs >= DAY_MS);
  }
}

function databaseOf(reading: TombstoneReading): string | undefined {
  if (reading.kind === 'sound') return reading.file.database;
  return reading.kind === 'cut-short' ? reading.database : undefined;
}

type Grave = Pick<TombstoneRow, 'table_name' | 'key'>;

const newLines = (): TombstoneLines => new TombstoneLines(randomBytes(6).toString('base64url'));

const later = (one: Date | undefined, other: Date): Date => (one && one > other ? one : other);

function keptOf({
  id,
  tombstones,
  lineCount,
  beganAt,
}: TombstoneFile): Pick<Kept, 'fileId' | 'graves' | 'lineCount' | 'beganAtMs'> {
  const graves = new Map(
    tombstones.map(({ table_name, key, at }) => [graveOf({ table_name, key }), { table_name, key, at }]),
  );
  return { fileId: id, graves, lineCount: lineCount + 1, beganAtMs: Date.parse(beganAt) };
}

const placeOf = (path: string): Promise<Pick<Kept, 'inode' | 'sizeBytes'> | undefined> =>
  stat(path).then(
    ({ ino, size }) => ({ inode: ino, sizeBytes: size }),
    () => undefined,
  );

async function endsWithLine(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    return buffer.toString('utf8') === '\n';
  } finally {
    await file.close();
  }
}

/** Only to a file that is there: one that was moved away meanwhile is made anew by the next run. Answers how many bytes that were. */
async function appendDurably(path: string, text: string): Promise<number> {
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
  try {
    await file.writeFile(text);
    await file.sync();
    return Buffer.byteLength(text);
  } finally {
    await file.close();
  }
}
