// Tests about Redis need a real `redis-server`.
import { spawnSync } from 'node:child_process';

const INSTALL_WITHIN_MS = 240_000;
const succeeds = (program, ...args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0;
const isThere = () => succeeds('redis-server', '--version');

/**
 * True when it is there, or could be installed, which is tried as root on Debian. Otherwise says so loudly and returns false;
 * `CAUSEWAY_REQUIRE_REDIS=1` makes that the end.
 */
export function obtainRedisServer() {
  if (isThere() || install()) return true;
  const reason = 'there is no redis-server, and it could not be installed (Debian: apt-get install redis-server)';
  if (process.env.CAUSEWAY_REQUIRE_REDIS === '1')
    throw new Error(`${reason}; CAUSEWAY_REQUIRE_REDIS=1 forbids skipping`);
  process.stderr.write(`\n*** SKIPPED: all tests on Redis, because ${reason} ***\n\n`);
  return false;
}

function install() {
  if (process.getuid?.() !== 0 || !succeeds('apt-get', '--version')) return false;
  process.stderr.write('causeway: Installing redis-server for the tests ...\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: INSTALL_WITHIN_MS };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], options);
  return isThere();
}
