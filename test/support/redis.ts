import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestRedis {
  /** Where it keeps its files. */
  readonly folder: string;
  readonly url: string;
  readonly pid: number | undefined;
  /** `kill -9`; what it kept stays. */
  kill(): Promise<void>;
  /** Again, on the same port and folder. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Whether tests on Redis can run here. Without `redis-server` they are skipped and the reason is printed;
 * `CAUSEWAY_REQUIRE_REDIS=1` turns the skip into a failure.
 */
export function canRunRedis(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true;
  const reason = 'redis-server is not installed (Debian: apt-get install redis-server)';
  if (process.env['CAUSEWAY_REQUIRE_REDIS'] === '1')
    throw new Error(`${reason}, and CAUSEWAY_REQUIRE_REDIS=1 forbids skipping`);
  process.stderr.write(`\n*** SKIPPED: tests on Redis, because ${reason} ***\n\n`);
  return false;
}

/** A Redis of the caller's own on a free port; by default with AOF, as Causeway asks for. */
export async function startRedis(options: readonly string[] = ['--appendonly', 'yes']): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-redis-'));
  const port = await freePort();
  const fixed = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--maxmemory-policy',
    'noeviction',
  ];
  const run = (): ChildProcess => spawn('redis-server', [...fixed, ...options], { stdio: 'ignore' });
  let server = run();
  await untilAnswers(port);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    folder,
    get pid() {
      return server.pid;
    },
    kill,
    start: async () => {
      server = run();
      await untilAnswers(port);
    },
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

async function untilAnswers(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`redis-server did not answer on port ${port}`);
}
