import type { AdapterHarness } from './adapter-harness.js';

const PATIENCE_MS = 5_000;

/** When a law stops waiting for what must come, milliseconds since the epoch by the system's clock. */
export const deadlineOf = ({ patienceMs }: AdapterHarness): number => Date.now() + (patienceMs ?? PATIENCE_MS);

/** Looks again until there is a value; fails when the patience of the harness is over. */
export async function until<Value>(harness: AdapterHarness, look: () => Promise<Value | undefined>): Promise<Value> {
  const giveUpAt = deadlineOf(harness);
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > giveUpAt) throw new Error('what must happen did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
