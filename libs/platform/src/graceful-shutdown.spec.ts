import { afterEach, describe, expect, it } from '@jest/globals';
import { gracefulShutdown, type ShutdownStep } from './graceful-shutdown.js';
import { SILENT_LOGGER } from './logger.js';

describe('a shutdown', () => {
  afterEach(() => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.removeAllListeners(signal);
  });

  function prepare(steps: readonly ShutdownStep[], limitSeconds = 5) {
    const statuses: number[] = [];
    const end = gracefulShutdown({
      log: SILENT_LOGGER,
      steps,
      limitSeconds,
      exit: (status) => void statuses.push(status),
    });
    return { end, statuses };
  }

  it('runs its steps in order, once, and leaves with status 0', async () => {
    const ran: string[] = [];
    const step = (name: string): ShutdownStep => ({ name, run: async () => void ran.push(name) });
    const { end, statuses } = prepare([step('listener'), step('queue'), step('database')]);
    await Promise.all([end('test'), end('test')]);
    expect(ran).toEqual(['listener', 'queue', 'database']);
    expect(statuses).toEqual([0]);
  });

  it('goes on after a step that fails, and says so with its status', async () => {
    let isDatabaseStopped = false;
    const { end, statuses } = prepare([
      { name: 'queue', run: () => Promise.reject(new Error('x')) },
      { name: 'database', run: async () => void (isDatabaseStopped = true) },
    ]);
    await end('test');
    expect(isDatabaseStopped).toBe(true);
    expect(statuses).toEqual([1]);
  });

  it('leaves when a step takes too long', async () => {
    const { end, statuses } = prepare([{ name: 'stuck', run: () => new Promise(() => undefined) }], 0.02);
    void end('test');
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(statuses).toEqual([1]);
  });
});
