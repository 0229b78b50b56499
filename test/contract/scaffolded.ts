import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scaffoldAdapter } from '../../apps/cli/src/adapter/scaffold-adapter.js';
import type { AdapterPlace } from './adapters.js';

/** Runs something with a newly scaffolded adapter in a folder elsewhere, as an author would have it. */
export async function withScaffold<Result>(use: (scaffold: AdapterPlace) => Promise<Result>): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), 'cw-scaffold-'));
  try {
    const folder = join(scratch, 'adapter-scaffolded');
    await scaffoldAdapter('scaffolded', folder);
    return await use({ name: 'scaffolded', folder });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
