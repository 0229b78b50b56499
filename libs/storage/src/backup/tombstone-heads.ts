import { open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const FORMAT = 'causeway-tombstone-heads-v1';
const HEADS_FILE = 'tombstones.heads.json';

/** How many lines of a writer are on the disk, and the digest of the last of them. */
const head = z.object({ lines: z.int().min(1), digest: z.string() });
export type TombstoneHead = z.infer<typeof head>;

/** Of one file: who began it, which tells it from another one of its name, and the heads of its writers. */
const headsOfFile = z.object({ id: z.string(), writers: z.record(z.string(), head) });
export type TombstoneHeads = z.infer<typeof headsOfFile>;

const heads = z.object({ format: z.literal(FORMAT), files: z.record(z.string(), headsOfFile) });
type ByName = Readonly<Record<string, TombstoneHeads>>;

/** What is known of the files of a folder, by their names; nothing where that was never written or cannot be read. */
export async function readTombstoneHeads(folder: string): Promise<ByName> {
  const text = await readFile(join(folder, HEADS_FILE), 'utf8').catch(() => '');
  return heads.safeParse(jsonIn(text)).data?.files ?? {};
}

/**
 * Remembers that a writer has come so far, beside the file, once its lines are on the disk: a file that ends before it was cut. Of two
 * processes that do so at once one may not be remembered until its next line, so what is remembered is never too much.
 */
export async function rememberTombstoneHead(
  folder: string,
  at: { readonly name: string; readonly fileId: string; readonly writer: string; readonly head: TombstoneHead },
): Promise<void> {
  const known = await readTombstoneHeads(folder);
  const before = known[at.name];
  const writers = { ...(before?.id === at.fileId ? before.writers : {}), [at.writer]: at.head };
  await write(folder, { ...known, [at.name]: { id: at.fileId, writers } });
}

/** What was remembered of a file goes along with its new name. */
export async function renameTombstoneHeads(folder: string, from: string, to: string): Promise<void> {
  const { [from]: moved, ...others } = await readTombstoneHeads(folder);
  if (moved) await write(folder, { ...others, [to]: moved });
}

/** Without those of files that are gone. */
async function write(folder: string, known: ByName): Promise<void> {
  const there = new Set(await readdir(folder));
  const files = Object.fromEntries(Object.entries(known).filter(([name]) => there.has(name)));
  const path = join(folder, HEADS_FILE);
  const draft = `${path}.${process.pid}.draft`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ format: FORMAT, files })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
