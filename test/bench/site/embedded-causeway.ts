import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from '@causeway/platform';
import { freePorts } from '../../support/free-ports.js';
import { reachableFolder } from '../../support/reachable-folder.js';

const READY = 'Causeway is up.';
const READY_WITHIN_MS = 60_000;

/** `causeway up` as it comes: gateway and worker in one process, the edge as its child, PostgreSQL from npm. */
export async function withEmbeddedCauseway<Result>(work: (pid: number) => Promise<Result>): Promise<Result> {
  const folder = await reachableFolder('cw-up-');
  const [http, edge] = await freePorts(2);
  const causeway = spawn(process.execPath, ['dist/apps/cli/src/main.js', 'up'], {
    env: childEnvironment({
      CAUSEWAY_DATA_FOLDER: join(folder, 'data'),
      CAUSEWAY_HTTP_PORT: `${http}`,
      CAUSEWAY_EDGE_HTTP_PORT: `${edge}`,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => causeway.once('exit', resolve));
  let words = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(new Error(`causeway up did not start:\n${words}`));
      const timer = setTimeout(fail, READY_WITHIN_MS);
      causeway.once('exit', fail);
      for (const stream of [causeway.stdout, causeway.stderr])
        stream.on('data', (chunk: Buffer) => {
          words += chunk.toString('utf8');
          if (!words.includes(READY)) return;
          clearTimeout(timer);
          resolve();
        });
    });
    return await work(causeway.pid ?? 0);
  } finally {
    causeway.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}
