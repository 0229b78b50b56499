import { setTimeout as pause } from 'node:timers/promises';

/**
 * What `work` comes to, but not before `leastMs`: for an answer whose work is not the same for everybody, and that is not to tell by its time
 * for whom it was more. Holds as long as the work is done by then.
 */
export async function noSooner<Result>(leastMs: number, work: Promise<Result>): Promise<Result> {
  const [outcome] = await Promise.allSettled([work, pause(leastMs)]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
