import { setTimeout } from 'node:timers/promises';
import { errorFields, type Logger } from '@causeway/platform';
import type { Env } from '../command.js';
import { startChild, type Child } from './child-process.js';

const RESTART_PAUSE_MS = 1_000;

export interface KeptEdge {
  stop(): Promise<void>;
}

/** Starts the edge, and starts it again when it dies: what it was doing is in the database. */
export async function keepEdge(options: {
  readonly env: Env;
  readonly log: Logger;
  readonly signal: AbortSignal;
}): Promise<KeptEdge> {
  const { log } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  let child = await startChild('edge', { env: options.env, signal });
  let restarting: Promise<void> | undefined;
  const watch = (started: Child): void => {
    child = started;
    started.process.once('exit', () => {
      if (stopping.signal.aborted) return;
      log.warn('edge.restarted');
      restarting = restart();
    });
  };
  const restart = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        return watch(await startChild('edge', { env: options.env, signal }));
      } catch (thrown) {
        if (signal.aborted) return;
        log.error('edge.restart-failed', errorFields(thrown));
        await setTimeout(RESTART_PAUSE_MS);
      }
    }
  };
  watch(child);
  return {
    stop: async () => {
      stopping.abort();
      await restarting;
      await child.stop();
    },
  };
}
