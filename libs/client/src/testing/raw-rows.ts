import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';

/** Every sealed row of a device folder as it lies there. Looks at a copy: the folder may be in use. */
export async function rowsOf(folder: string): Promise<readonly Buffer[]> {
  const copy = await mkdtemp(join(tmpdir(), 'causeway-rows-'));
  try {
    await cp(join(folder, 'store'), copy, { recursive: true, filter: (path) => !path.endsWith('LOCK') });
    const level = new ClassicLevel<string, Uint8Array>(copy, { valueEncoding: 'view' });
    const rows: Buffer[] = [];
    for await (const sealed of level.values()) rows.push(Buffer.from(sealed));
    await level.close();
    return rows;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Long enough to be found nowhere by chance, short enough to lie in one block of a file. */
const PIECE_BYTES = 28;

/** Which of these rows are in any file of the folder, byte for byte. */
export async function rawIn(folder: string, rows: readonly Buffer[]): Promise<readonly Buffer[]> {
  const files = await filesOf(folder);
  return rows.filter((row) => files.some((bytes) => bytes.includes(row.subarray(-PIECE_BYTES))));
}

/** All anew when one went meanwhile: what was in it may be in one that was not listed yet. */
async function filesOf(folder: string): Promise<readonly Buffer[]> {
  for (;;) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    try {
      return await Promise.all(paths.map((path) => readFile(path)));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}
