#!/usr/bin/env node
// Compiles everything once with the Nest CLI and makes one file of each server, when something changed since the last time.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import './ready.mjs';

const { hashOf, readStamp, writeStamp } = await import('./ready/stamp.mjs');
const { bundleServers, SERVER_FILES } = await import('./bundle-servers.mjs');
const OUTPUTS = ['dist/apps/cli/src/main.js', ...SERVER_FILES];
const SETTINGS = [
  'package-lock.json',
  'scripts/bundle-servers.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
];

const isCompiled = ({ name }) => name.endsWith('.ts') && !name.endsWith('.spec.ts');

function* sourcesIn(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourcesIn(path);
    else if (isCompiled(entry)) yield path;
  }
}

const fingerprint = () =>
  hashOf(
    ...SETTINGS.map((file) => readFileSync(file)),
    ...[...sourcesIn('apps'), ...sourcesIn('libs')].sort().map((path) => {
      const { size, mtimeMs } = statSync(path);
      return `${path} ${size} ${mtimeMs}`;
    }),
  );

const stamp = fingerprint();
if (readStamp('build') !== stamp || !OUTPUTS.every(existsSync)) {
  process.stderr.write('causeway: Compiling ...\n');
  const { status } = spawnSync(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build', 'cli'], {
    stdio: 'inherit',
  });
  if (status !== 0 || !existsSync(OUTPUTS[0])) {
    process.stderr.write('causeway: The build failed; the compiler says above where.\n');
    process.exit(1);
  }
  await bundleServers();
  writeStamp('build', stamp);
}
