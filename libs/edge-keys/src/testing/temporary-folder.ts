import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs work in a new folder that is removed afterwards. */
export async function withTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'causeway-edge-keys-'));
  try {
    await work(join(parent, 'keys'));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}
