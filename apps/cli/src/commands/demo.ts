import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Env, Invocation } from '../command.js';
import { runDemo } from '../demo/run-demo.js';
import { freePorts } from '../embedded/free-ports.js';
import { inForeground } from '../embedded/in-foreground.js';
import { simulatedCarrierSettings } from '../embedded/simulated-carrier.js';

const FOLDER = '.causeway-demo';
/** Those of `causeway up`, where they are free. */
const PORTS = [7400, 7401, 7402];

/** `causeway demo`: everything for real on this machine, but for the carrier. */
export async function demo(invocation: Invocation): Promise<void> {
  const isOnce = invocation.has('once');
  const folder = isOnce ? await mkdtemp(join(tmpdir(), 'causeway-demo-')) : resolve(FOLDER);
  const env = await demoSettings(invocation.env, folder, isOnce);
  const hasWorked = await inForeground(env, async (foreground) => {
    const { teardown } = foreground;
    if (isOnce) teardown.add('folder', () => rm(folder, { recursive: true, force: true }));
    const hasWorked = await runDemo(foreground, { folder, staysUp: !isOnce });
    if (isOnce || !hasWorked) await teardown.run();
    return hasWorked;
  });
  if (hasWorked === undefined) return;
  if (!hasWorked) process.exit(1);
  if (isOnce) process.exit(0);
}

/** The embedded default, whatever else this machine has configured. */
async function demoSettings(env: Env, folder: string, isOnce: boolean): Promise<Env> {
  const [http, edge, simulator = 0] = await freePorts(isOnce ? [0, 0, 0] : PORTS);
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('CAUSEWAY_'))),
    CAUSEWAY_LOG_LEVEL: env['CAUSEWAY_LOG_LEVEL'] || 'error',
    CAUSEWAY_DATA_FOLDER: folder,
    CAUSEWAY_HTTP_PORT: String(http),
    CAUSEWAY_EDGE_HTTP_PORT: String(edge),
    ...simulatedCarrierSettings(simulator),
  };
}
