#!/usr/bin/env node
// Makes one package of the client: the libs it is written on come along, compiled, with relative imports.
// Prints the path of the tarball. Usage: node scripts/pack-client.mjs [folder]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

const LIBS = ['message-model', 'api-contract', 'privacy-pass', 'signal-protocol', 'client'];
const target = resolve(process.argv[2] ?? '.');
const root = mkdtempSync(join(tmpdir(), 'causeway-client-'));
const folder = join(root, 'package');

const run = (command, args, cwd) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
};

function* filesOf(where) {
  for (const entry of readdirSync(where, { withFileTypes: true })) {
    const path = join(where, entry.name);
    if (entry.isDirectory()) yield* filesOf(path);
    else yield path;
  }
}

try {
  mkdirSync(folder);
  const settings = {
    extends: resolve('tsconfig.json'),
    compilerOptions: {
      rootDir: resolve('libs'),
      outDir: join(folder, 'dist'),
      noEmit: false,
      declaration: true,
      sourceMap: false,
      incremental: false,
      typeRoots: [resolve('node_modules/@types')],
      paths: { '@causeway/*': [resolve('libs/*/src/index.ts')] },
    },
    include: LIBS.map((lib) => resolve('libs', lib, 'src')),
    exclude: ['**/*.spec.ts', '**/testing/**'].map((glob) => resolve('libs', glob)),
  };
  writeFileSync(join(root, 'tsconfig.json'), JSON.stringify(settings));
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', join(root, 'tsconfig.json')], process.cwd());
  for (const path of filesOf(join(folder, 'dist'))) {
    const text = readFileSync(path, 'utf8').replaceAll(/(['"])@causeway\/([a-z-]+)\1/g, (_, quote, lib) => {
      const from = relative(join(path, '..'), join(folder, 'dist', lib, 'src', 'index.js'))
        .split('\\')
        .join('/');
      return `${quote}${from.startsWith('.') ? from : `./${from}`}${quote}`;
    });
    writeFileSync(path, text);
  }
  const { dependencies: versions } = JSON.parse(readFileSync('package.json', 'utf8'));
  const own = JSON.parse(readFileSync('libs/client/package.json', 'utf8'));
  const dependencies = Object.fromEntries(Object.keys(own.dependencies).map((name) => [name, versions[name]]));
  const missing = Object.entries(dependencies).filter(([, version]) => version === undefined);
  if (missing.length > 0) throw new Error(`not pinned in package.json: ${missing.map(([name]) => name).join(', ')}`);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...own, dependencies }, null, 2)}\n`);
  for (const file of ['libs/client/README.md', 'LICENSE']) cpSync(file, join(folder, file.split('/').at(-1)));
  mkdirSync(target, { recursive: true });
  const packed = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', target], folder));
  process.stdout.write(`${join(target, packed[0].filename)}\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
