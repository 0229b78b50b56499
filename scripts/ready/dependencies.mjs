import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { Problem, explain } from './problem.mjs';
import { run } from './run.mjs';
import { hashOf, readStamp, writeStamp } from './stamp.mjs';

const NEEDED_BYTES = 1.5 * 1024 ** 3;
const INSTALLED_LOCK = 'node_modules/.package-lock.json';

/** Installs exactly what package-lock.json names, when node_modules does not hold it already. */
export async function dependencies(say) {
  const lock = readFileSync('package-lock.json', 'utf8');
  const stamp = hashOf(lock);
  if (readStamp('lock') === stamp && existsSync(INSTALLED_LOCK)) return;
  if (!holds(lock)) await install(say);
  writeStamp('lock', stamp);
}

function holds(lock) {
  if (!existsSync(INSTALLED_LOCK)) return false;
  const installed = JSON.parse(readFileSync(INSTALLED_LOCK, 'utf8')).packages;
  return Object.entries(JSON.parse(lock).packages).every(
    ([path, { version, optional, devOptional, peer }]) =>
      path === '' || optional || devOptional || peer || installed[path]?.version === version,
  );
}

async function install(say) {
  const { bavail, bsize } = statfsSync('.');
  if (bavail * bsize < NEEDED_BYTES)
    throw new Problem('There is less than 1.5 GB free on this disk; the dependencies need about that.');
  say('Installing the dependencies of package-lock.json (a minute or two) ...');
  const [command, ...first] = npm();
  // dev dependencies hold the compiler; an inherited NODE_ENV=production would leave them out
  const { code, output } = await run(command, [
    ...first,
    'ci',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]).catch((error) => {
    if (error.code === 'ENOENT') throw new Problem('npm was not found. It comes with Node.js: https://nodejs.org');
    throw error;
  });
  if (code !== 0) throw new Problem(explain(output, 'npm ci failed; its own words are above.'));
}

const npm = () => (process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']);
