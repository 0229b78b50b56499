import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';
import { run } from './run.mjs';
import { hashOf, readStamp, writeStamp } from './stamp.mjs';

const SCHEMA = 'prisma/schema.prisma';

/** Generates the Prisma client when the schema or Prisma changed, or the client is not there. */
export async function prismaClient(say) {
  if (!existsSync(SCHEMA)) return say('There is no prisma/schema.prisma yet: no client generated.');
  const schema = readFileSync(SCHEMA, 'utf8');
  const output = /^\s*output\s*=\s*"([^"]+)"/m.exec(schema)?.[1];
  const { version } = JSON.parse(readFileSync('node_modules/prisma/package.json', 'utf8'));
  const stamp = hashOf(schema, version);
  if (readStamp('prisma') === stamp && (!output || existsSync(join('prisma', output)))) return;
  say('Generating the database client ...');
  const { code, output: words } = await run(
    process.execPath,
    ['node_modules/prisma/build/index.js', 'generate', '--schema', SCHEMA],
    {
      show: false,
      // generating needs no engine, but without a path to one the command line tool downloads it
      env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
    },
  );
  if (code !== 0) throw new Problem(`prisma generate failed:\n${words}`);
  writeStamp('prisma', stamp);
}
