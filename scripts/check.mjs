#!/usr/bin/env node
// `npm run check`: everything that judges the tree without booting it, side by side where that is quicker. Under a minute.
import { spawn } from 'node:child_process';
import './ready.mjs';

const bin = (name) => [process.execPath, `node_modules/${name}`];
const CHECKS = [
  ['format', [...bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.']],
  ['lint', [...bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings']],
  ['types', [...bin('typescript/bin/tsc'), '--noEmit']],
  [
    'boundaries',
    [
      ...bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      'dependency-cruiser.mjs',
      'apps',
      'libs',
      'test',
    ],
  ],
  ['documents', [process.execPath, 'scripts/generate-docs.mjs', '--check']],
  ['unit tests', [process.execPath, 'scripts/test.mjs', '--unit']],
];

function check([name, [command, ...args]]) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n${code === 0 ? '' : output}`);
      resolve(code === 0);
    });
  });
}

// the tests measure time here and there: they run alone, after the others
const results = await Promise.all(CHECKS.slice(0, -1).map(check));
if (!process.argv.includes('--without-tests')) results.push(await check(CHECKS.at(-1)));
process.exit(results.every(Boolean) ? 0 : 1);
