#!/usr/bin/env node
// Writes the documents that are made from tables in the code; with `--check` says which differ and how, and fails.
import './ready.mjs';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { spawnSync } from 'node:child_process';

await import('./typescript/register.mjs');
const { generators } = await import('./documents/index.mjs');
const isCheck = process.argv.includes('--check');
let differing = 0;

for (const { file, generate } of generators) {
  const wanted = await generate();
  if (wanted === undefined) continue;
  const current = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (current === wanted) continue;
  differing += 1;
  if (isCheck) showDifference(file, wanted);
  else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, wanted);
    process.stdout.write(`wrote ${file}\n`);
  }
}
if (isCheck && differing > 0) {
  process.stdout.write('Run `npm run docs` and commit the result.\n');
  process.exit(1);
}

function showDifference(file, wanted) {
  const { stdout } = spawnSync(
    'diff',
    ['-u', '--label', file, '--label', 'generated', existsSync(file) ? file : '/dev/null', '-'],
    { input: wanted, encoding: 'utf8' },
  );
  process.stdout.write(stdout || `${file} is not what the code says.\n`);
}
