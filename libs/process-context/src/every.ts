import type { Events } from '@causeway/platform/server';

/** Something that runs again and again, never twice at once. */
export interface Repeating {
  /** Lets the run that is under way end. */
  stop(): Promise<void>;
}

/** Runs `task` now and then `intervalMs` after each run ended. A failure is told and does not end the series: the next run is the retry. */
export function every(
  intervalMs: number,
  task: { readonly name: string; readonly run: () => Promise<void> },
  events: Events,
): Repeating {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const once = async (): Promise<void> => {
    try {
      await task.run();
    } catch (thrown) {
      events.bugCaught({ component: task.name, thrown });
    }
    if (!isStopped) timer = setTimeout(() => (underWay = once()), intervalMs);
  };
  let underWay = once();
  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
