import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { World } from './world.js';

/** Runs the program of a document as it stands there, against the world; what it prints. */
export async function runDocumented(world: World, program: string): Promise<string> {
  const own = program
    .replaceAll('http://127.0.0.1:7400', world.gatewayUrl)
    .replaceAll('http://127.0.0.1:7402', world.carrier.url)
    .replaceAll("'./", `'${world.folder}/`);
  const file = join(world.folder, 'program.ts');
  await writeFile(file, own);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', './scripts/typescript/register.mjs', file],
    { timeout: 90_000 },
  );
  return stdout;
}
