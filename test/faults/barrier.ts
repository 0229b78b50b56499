import { setTimeout as pause } from 'node:timers/promises';

/** How long a barrier waits for a call to come by. */
const CALL_WITHIN_MS = 20_000;
const LOOK_MS = 10;

/** There was nothing to strike. */
export class NobodyCame extends Error {}

/** Resolves when a call stands where it was waited for; throws {@link NobodyCame} when none does in time. */
export async function reached(isThere: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + CALL_WITHIN_MS;
  while (!(await isThere())) {
    if (Date.now() > endMs) throw new NobodyCame('no call came to the barrier');
    await pause(LOOK_MS);
  }
}
